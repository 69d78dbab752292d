import type { BackupInfo, BackupVersion, RoomKeyCounts } from "@/domain/backup";
import type { LiveSession, Unsubscribe } from "@/domain/ports";
import { lastValue, type Reading } from "@/domain/reading";
import type { UploadAttempt } from "@/domain/uploadQueue";
import { type QueryClient, QueryObserver } from "@tanstack/react-query";
import type { AppStore } from "./appStore";
import { readAgain } from "./invalidate";
import { pendingKeys } from "./overview";
import { LARGE_STORE, queriesOf, toReading } from "./queries";

/** Keys that wait this long, in ms, without one being taken are not being uploaded. */
const STALLED_MS = 60_000;
/**
 * Keys that wait this long, in ms, while nothing is even tried: the SDK's loop may have ended without
 * a word. It is started again once, before the wait is called a failure.
 */
const SILENT_MS = 30_000;
/** A try may be this late, in ms: the loop rests up to ten seconds before it begins. */
const LATE_MS = 15_000;
/** A count that is lower than it should be for this long, in ms, is no matter of timing. */
const SHORT_MS = 20_000;
/** With no count for this long the tab or the computer slept, and the time does not count. */
const LONGEST_GAP_MS = 90_000;

/** Whatever came by sync may have brought a key: the store is counted soon, and not all the time. */
const COUNT_SOON_MS = 1_000;
const COUNT_AGAIN_MS = 5_000;

/** Is a try under way, or one to come? An answer takes a minute at most. */
function isTrying(attempt: UploadAttempt | null, now: number): boolean {
  switch (attempt?.kind) {
    case "sending":
      return now < attempt.at + STALLED_MS + LATE_MS;
    case "failed":
      return attempt.nextTryAt !== null && now < attempt.nextTryAt + LATE_MS;
    default:
      return false;
  }
}

interface UploadWatchDeps {
  readonly session: LiveSession;
  readonly queryClient: QueryClient;
  readonly store: AppStore;
}

/** Keys wait: since when their number has not fallen, and what it was when they were counted last. */
interface Wait {
  readonly version: BackupVersion | null | undefined;
  readonly since: number;
  readonly count: number;
  readonly countedAt: number;
}

/**
 * Follows the keys that wait for their upload while a session is open. The SDK tries again without
 * a word when the server fails, so what tells is that their number does not fall. All times are
 * those of counts and reports: what nobody counted has not been waiting in vain.
 */
export function watchUpload({ session, queryClient, store }: UploadWatchDeps): Unsubscribe {
  const queries = queriesOf(session);
  const backup = new QueryObserver(queryClient, queries.backup);
  const activeVersion = new QueryObserver(queryClient, queries.activeVersion);
  const roomKeys = new QueryObserver(queryClient, queries.roomKeys);
  let wait: Wait | null = null;
  let restarted = false;
  /** When the server was first seen to count fewer keys than it was given; null while it does not. */
  let shortSince: number | null = null;
  let counting: ReturnType<typeof setTimeout> | null = null;

  function countSoon(): void {
    const counts = toReading(roomKeys.getCurrentResult());
    if (counting !== null || counts.status !== "known" || counts.value.total >= LARGE_STORE) return;
    const delay = Math.max(COUNT_SOON_MS, counts.at + COUNT_AGAIN_MS - Date.now());
    counting = setTimeout(() => {
      counting = null;
      void readAgain(queryClient, session.id, ["roomKeys"]);
    }, delay);
  }

  function restart(stalled: boolean): void {
    wait = null;
    restarted = false;
    if (store.getState().uploadStalled !== stalled) store.setState({ uploadStalled: stalled });
  }

  function notePeak(waiting: number | null): void {
    if (waiting === null) return;
    const { uploadPeak } = store.getState();
    const peak = waiting === 0 ? null : Math.max(uploadPeak ?? 0, waiting);
    if (peak !== uploadPeak) store.setState({ uploadPeak: peak });
  }

  /**
   * The server's count and ours are read one after the other, so one difference says nothing. Said is
   * only what a second read of the backup, a while later, still shows.
   */
  function noteCount(
    info: Reading<BackupInfo | null>,
    counts: Reading<RoomKeyCounts>,
    version: BackupVersion | null | undefined,
    waiting: number | null,
  ): void {
    const isShort =
      info.status === "known" &&
      counts.status === "known" &&
      info.value !== null &&
      info.value.version === version &&
      waiting === 0 &&
      info.value.count < counts.value.total;
    if (!isShort) shortSince = null;
    else shortSince ??= Math.max(info.at, counts.at);
    const serverShort = isShort && shortSince !== null && info.at > shortSince + SHORT_MS;
    if (serverShort !== store.getState().serverShort) store.setState({ serverShort });
  }

  function look(): void {
    const { sync, uploadRemaining, uploadStalled, uploadAttempt, uploadOff } = store.getState();
    const counts = toReading(roomKeys.getCurrentResult());
    const active = toReading(activeVersion.getCurrentResult());
    const version = lastValue(active);
    const info = toReading(backup.getCurrentResult());
    const waiting = pendingKeys(counts, uploadRemaining, info, active);
    notePeak(waiting);
    noteCount(info, counts, version, waiting);
    // Off, by whomever, is another thing than stalled.
    if (waiting === 0 || version === null || uploadOff) {
      restart(false);
      return;
    }
    if (sync !== "live") {
      // Nothing can be taken now. What was stalled before is not said to work, either.
      restart(uploadStalled);
      return;
    }
    if (waiting === null || counts.status !== "known") return;
    const reportedAt = uploadRemaining?.at ?? 0;
    const countedAt = Math.max(counts.at, reportedAt);
    const first: Wait = { version, since: countedAt, count: waiting, countedAt };
    if (wait === null) {
      wait = first;
    } else if (waiting < wait.count || reportedAt > wait.since || version !== wait.version) {
      // The upload reports only what was taken.
      restart(false);
      wait = first;
    } else if (countedAt - wait.countedAt > LONGEST_GAP_MS) {
      wait = first;
    } else {
      wait = { ...wait, count: waiting, countedAt };
      if (
        countedAt - wait.since >= SILENT_MS &&
        !restarted &&
        !isTrying(uploadAttempt, countedAt)
      ) {
        restarted = true;
        void session.upload.restart();
      }
      if (countedAt - wait.since >= STALLED_MS && !uploadStalled) {
        store.setState({ uploadStalled: true });
      }
    }
  }

  const undo = [
    backup.subscribe(look),
    activeVersion.subscribe(look),
    roomKeys.subscribe(look),
    store.subscribe((state) => state.sync, look),
    store.subscribe((state) => state.uploadRemaining, look),
    store.subscribe((state) => state.uploadOff, look),
    session.subscribe((event) => {
      if (event.kind === "rooms_changed") countSoon();
    }),
    () => {
      if (counting !== null) clearTimeout(counting);
    },
  ];
  look();
  return () => {
    for (const end of undo) end();
  };
}
