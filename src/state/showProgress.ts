import { emptyTally, type RestoreTally, type RestoreWait } from "@/domain/restore";
import type { RestoreJobEvent } from "@/domain/restoreJob";
import {
  addTally,
  overallSpeed,
  RATE_UNKNOWN,
  readRate,
  startRestoreMeters,
} from "@/domain/restoreRate";
import type { Clock } from "@/lib/clock";

/** How often the screen hears of progress, and how often of what should stand still to be read. */
const TALLY_EVERY_MS = 200;
const RATE_EVERY_MS = 1_000;

export interface ProgressDisplay {
  readonly onProgress: (tally: RestoreTally) => void;
  /** The newest tally. */
  readonly tally: () => RestoreTally;
  /** Keys per second over the whole run, or null when it did too little to tell. */
  readonly speed: () => number | null;
  readonly stop: () => void;
}

/** Passes the newest tally on a few times a second, also in a stall, in which the rate sinks. */
export function showProgress(
  clock: Clock,
  expected: number,
  dispatch: (event: RestoreJobEvent) => void,
): ProgressDisplay {
  let newest = emptyTally(expected);
  let meters = startRestoreMeters(clock.now());
  let rate = RATE_UNKNOWN;
  let room: string | null = null;
  let steadyAt = clock.now();
  let wait: BegunWait | null = null;
  let cancel = clock.startTimer(TALLY_EVERY_MS, show);

  function show(): void {
    const now = clock.now();
    meters = addTally(meters, now, newest);
    if (rate.keysPerSecond === null || now - steadyAt >= RATE_EVERY_MS) {
      rate = readRate(meters, newest);
      room = newest.currentRoomId;
      steadyAt = now;
    }
    dispatch({
      type: "progressed",
      tally: { ...newest, currentRoomId: room },
      rate,
      waitLeftMs: wait === null ? null : Math.max(0, wait.endsAt - now),
    });
    cancel = clock.startTimer(TALLY_EVERY_MS, show);
  }

  return {
    onProgress(tally) {
      newest = tally;
      wait = tally.waiting === null ? null : waitFrom(tally.waiting, wait, clock.now());
    },
    tally: () => newest,
    speed: () => overallSpeed(addTally(meters, clock.now(), newest)),
    stop: () => {
      cancel();
    },
  };
}

interface BegunWait {
  readonly wait: RestoreWait;
  readonly endsAt: number;
}

/** The wait that is told of: the one known, as long as it lasts, or one that begins now. */
function waitFrom(wait: RestoreWait, known: BegunWait | null, now: number): BegunWait {
  const same = known?.wait.ms === wait.ms && known.wait.error.kind === wait.error.kind;
  if (known !== null && (known.wait === wait || (same && now < known.endsAt))) return known;
  return { wait, endsAt: now + wait.ms };
}
