import type { BackupVersion } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import type { LiveSession } from "@/domain/ports";
import type { RestoreOutcome } from "@/domain/restore";
import type { Clock } from "@/lib/clock";
import type { ProgressDisplay } from "./showProgress";
import { unexpected } from "./withoutThrowing";

/** Rooms that come before all others without being asked for: about what a person looks at first. */
const MOST_FIRST_ROOMS = 50;
/** A list that is not there by then does not hold the restore up; it is a comfort. */
const FIRST_ROOMS_WITHIN_MS = 300;

export interface RestoreRun {
  readonly session: LiveSession;
  readonly version: BackupVersion;
  readonly signal: AbortSignal;
  readonly progress: ProgressDisplay;
  readonly clock: Clock;
  readonly onRoomReady: (roomId: string) => void;
  /** Called when the engine runs; returns the rooms asked for until then, the first wish first. */
  readonly takeAskedRooms: () => readonly string[];
}

/** Asks for the backup anew and for the rooms used last, then runs the engine. Never throws. */
export async function runRestore(run: RestoreRun): Promise<RestoreOutcome> {
  const { session, version, signal, progress, clock, onRoomReady } = run;
  const failed = (error: AppError): RestoreOutcome =>
    signal.aborted
      ? { kind: "interrupted", report: { tally: progress.tally(), failures: [] } }
      : { kind: "failed", report: { tally: progress.tally(), failures: [] }, error };
  try {
    const lastUsed = withinTime(clock, listLastUsed(session));
    const fresh = await session.keyBackup.fetchBackupInfo(signal);
    if (!fresh.ok) return failed(fresh.error);
    if (fresh.value === null) return failed({ kind: "no_backup" });
    const { version: actual, count: expected, etag } = fresh.value;
    if (actual !== version) return failed({ kind: "backup_changed", expected: version, actual });
    const rooms = await lastUsed;
    if (signal.aborted) return failed({ kind: "closed" });
    const running = session.restore.run(
      { version, expected, etag, firstRooms: rooms.slice(0, MOST_FIRST_ROOMS) },
      { signal, onProgress: progress.onProgress, onRoomReady },
    );
    for (const roomId of run.takeAskedRooms()) session.restore.bringForward(roomId);
    return await running;
  } catch (error) {
    return failed(unexpected(error));
  }
}

/** Empty when they cannot be listed, as before the first sync: then no room comes first. */
async function listLastUsed(session: LiveSession): Promise<readonly string[]> {
  try {
    const listed = await session.rooms.listLastUsed();
    return listed.ok ? listed.value.map(({ roomId }) => roomId) : [];
  } catch {
    return [];
  }
}

function withinTime(clock: Clock, listed: Promise<readonly string[]>): Promise<readonly string[]> {
  return new Promise((resolve) => {
    const cancel = clock.startTimer(FIRST_ROOMS_WITHIN_MS, () => {
      resolve([]);
    });
    void listed.then((rooms) => {
      cancel();
      resolve(rooms);
    });
  });
}
