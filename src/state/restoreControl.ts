import type { BackupInfo, BackupVersion } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import type { LiveSession } from "@/domain/ports";
import { lastValue } from "@/domain/reading";
import { emptyTally, type RestoreOutcome, type RestoreTally, settledCount } from "@/domain/restore";
import {
  type InterruptedRestore,
  isResumable,
  type RestoreJobEvent,
  restoreJobReducer,
  summariseRestore,
} from "@/domain/restoreJob";
import { addSample, readRate, type RestoreRate, startRateMeter } from "@/domain/restoreRate";
import { type Clock, systemClock } from "@/lib/clock";
import type { QueryClient } from "@tanstack/react-query";
import type { AppStore } from "./appStore";
import { readAgain } from "./invalidate";
import type { Memory } from "./memory";
import { queriesOf, toReading } from "./queries";
import type { RestoreControl } from "./StoreContext";
import { unexpected } from "./withoutThrowing";

/** How often the screen hears of progress, and how often of the rate, which should stand still to be read. */
const TALLY_EVERY_MS = 200;
const RATE_EVERY_MS = 1000;

interface RestoreDeps {
  readonly store: AppStore;
  readonly queryClient: QueryClient;
  readonly memory: Memory;
  /** The open session, or null. */
  readonly session: () => LiveSession | null;
  readonly clock?: Clock;
}

export interface RestoreJobControl extends RestoreControl {
  /** Stops a running restore and resolves when it has stopped; what it did is kept as paused. */
  readonly stop: () => Promise<void>;
}

interface Run {
  readonly abort: AbortController;
  /** What a stop means. */
  intent: "pause" | "cancel";
  done: Promise<void>;
}

/** Runs the page's one restore. It belongs to no component and survives navigation. */
export function createRestoreControl(deps: RestoreDeps): RestoreJobControl {
  const { store } = deps;
  let current: Run | null = null;

  const dispatch = (event: RestoreJobEvent): void => {
    store.setState(({ restoreJob }) => ({ restoreJob: restoreJobReducer(restoreJob, event) }));
  };

  /** Kept over a reload or a crash: the next visit can then offer to go on. */
  const remember = (session: LiveSession | null, interrupted: InterruptedRestore | null): void => {
    if (session !== null) deps.memory.write(session.user.userId, { interrupted });
  };

  store.subscribe(
    ({ phase }) => phase,
    (phase) => {
      if (phase.kind !== "active") return;
      const { interrupted } = deps.memory.read(phase.user.userId);
      // What came in went to the store of that device; another one knows nothing of it.
      if (interrupted === null || interrupted.deviceId !== phase.user.deviceId) return;
      dispatch({ type: "recalled", version: interrupted.version });
    },
  );

  function dismiss(): void {
    remember(deps.session(), null);
    dispatch({ type: "dismissed" });
  }

  function begin(): void {
    const session = deps.session();
    if (session === null || current !== null) return;
    const { queryKey } = queriesOf(session).backup;
    const info = lastValue(
      toReading<BackupInfo | null>({ data: deps.queryClient.getQueryData(queryKey) }),
    );
    if (info === undefined || info === null) return;
    const { version, count: expected } = info;
    const run: Run = { abort: new AbortController(), intent: "pause", done: Promise.resolve() };
    current = run;
    remember(session, { version, deviceId: session.user.deviceId });
    dispatch({ type: "started", version, expected, at: Date.now() });
    run.done = runRestore(session, version, expected, run);
  }

  async function runRestore(
    session: LiveSession,
    version: BackupVersion,
    lastCount: number,
    run: Run,
  ): Promise<void> {
    const progress = showProgress(deps.clock ?? systemClock, lastCount, dispatch);
    const outcome = await restoreAll(session, version, run.abort.signal, progress);
    progress.stop();
    current = null;
    const { report } = outcome;
    if (outcome.kind === "completed") {
      const lastRestore = summariseRestore(version, report, Date.now());
      deps.memory.write(session.user.userId, { lastRestore, interrupted: null });
      store.setState({ lastRestore });
      dispatch({ type: "finished", report });
    } else if (outcome.kind === "failed") {
      const { kind } = outcome.error;
      // That backup is gone: there is nothing to go on with.
      if (kind === "no_backup" || kind === "backup_changed") remember(session, null);
      dispatch({ type: "failed", report, error: outcome.error });
    } else if (run.intent === "cancel") {
      remember(session, null);
      dispatch({ type: "dismissed" });
    } else {
      dispatch({ type: "paused", report });
    }
    void readAgain(deps.queryClient, session.id, ["roomKeys", "rooms", "roomKeyCounts", "backup"]);
  }

  async function stopWith(intent: Run["intent"]): Promise<void> {
    if (current === null) return;
    current.intent = intent;
    current.abort.abort();
    await current.done;
  }

  return {
    start: begin,
    resume() {
      if (isResumable(store.getState().restoreJob)) begin();
    },
    pause: () => void stopWith("pause"),
    cancel() {
      if (current === null) dismiss();
      else void stopWith("cancel");
    },
    dismiss() {
      if (current === null) dismiss();
    },
    stop: () => stopWith("pause"),
  };
}

/** Asks for the count anew, then runs the engine. Never throws. */
async function restoreAll(
  session: LiveSession,
  version: BackupVersion,
  signal: AbortSignal,
  progress: ProgressDisplay,
): Promise<RestoreOutcome> {
  const failed = (error: AppError): RestoreOutcome =>
    signal.aborted
      ? { kind: "interrupted", report: { tally: progress.tally(), failures: [] } }
      : { kind: "failed", report: { tally: progress.tally(), failures: [] }, error };
  try {
    const fresh = await session.keyBackup.fetchBackupInfo(signal);
    if (!fresh.ok) return failed(fresh.error);
    if (fresh.value === null) return failed({ kind: "no_backup" });
    const { version: actual, count: expected, etag } = fresh.value;
    if (actual !== version) return failed({ kind: "backup_changed", expected: version, actual });
    if (signal.aborted) return failed({ kind: "closed" });
    return await session.restore.run(
      { version, expected, etag, firstRooms: [] },
      { signal, onProgress: progress.onProgress, onRoomReady: () => undefined },
    );
  } catch (error) {
    return failed(unexpected(error));
  }
}

interface ProgressDisplay {
  readonly onProgress: (tally: RestoreTally) => void;
  /** The newest tally. */
  readonly tally: () => RestoreTally;
  readonly stop: () => void;
}

/** Passes the newest tally on a few times a second, also in a stall, in which the rate sinks. */
function showProgress(
  clock: Clock,
  expected: number,
  dispatch: (event: RestoreJobEvent) => void,
): ProgressDisplay {
  let newest = emptyTally(expected);
  let meter = startRateMeter(clock.now());
  let rate: RestoreRate = { keysPerSecond: null, secondsLeft: null };
  let rateAt = clock.now();
  let cancel = clock.startTimer(TALLY_EVERY_MS, show);
  function show(): void {
    const now = clock.now();
    const done = settledCount(newest);
    meter = addSample(meter, now, done);
    if (rate.keysPerSecond === null || now - rateAt >= RATE_EVERY_MS) {
      rate = readRate(meter, newest.expected - done);
      rateAt = now;
    }
    dispatch({ type: "progressed", tally: newest, rate });
    cancel = clock.startTimer(TALLY_EVERY_MS, show);
  }
  return {
    onProgress(tally) {
      newest = tally;
    },
    tally: () => newest,
    stop: () => {
      cancel();
    },
  };
}
