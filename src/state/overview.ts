import type { BackupInfo, BackupVersion, RoomKeyCounts } from "@/domain/backup";
import { lastValue, type Reading, readingError } from "@/domain/reading";
import type { AppState, UploadError } from "./appStore";
import { POLL_MS } from "./queries";

/**
 * Keys held here and not yet on the server; null when not known. Without a fresh count of the store
 * it is not: a report of the upload may be older than any key, and wins only where it is newer than
 * such a count. The store counts against the version it uploads to, so
 * while it uploads nowhere only the extremes are known: no keys here, or no backup there.
 */
export function pendingKeys(
  roomKeys: Reading<RoomKeyCounts>,
  uploadRemaining: AppState["uploadRemaining"],
  backup: Reading<BackupInfo | null>,
  activeVersion: Reading<BackupVersion | null>,
): number | null {
  if (roomKeys.status !== "known") return null;
  if (lastValue(activeVersion) === null) {
    const { total } = roomKeys.value;
    return total === 0 || (backup.status === "known" && backup.value === null) ? total : null;
  }
  if (uploadRemaining !== null && uploadRemaining.at > roomKeys.at) return uploadRemaining.count;
  return waiting(roomKeys.value);
}

/** An upload error that the store's later count has not outlived. */
export function currentUploadError(
  uploadError: UploadError | null,
  roomKeys: Reading<RoomKeyCounts>,
): UploadError | null {
  if (uploadError === null || roomKeys.status !== "known") return uploadError;
  const { total } = roomKeys.value;
  const caughtUp = total > 0 && waiting(roomKeys.value) === 0;
  return caughtUp && roomKeys.at > uploadError.at ? null : uploadError;
}

/** For this long a server that does not answer is taken for a hiccup. */
const DOUBT_AFTER_MS = 2 * POLL_MS;

/**
 * A reading that is taken again only after an event. Events come from the server, so while the
 * backup, which is polled, has been out of reach for longer than a poll, what was read before may
 * have changed unseen: it is stale. `triedAt` is the newest attempt to read the backup.
 */
export function doubtWithout<T>(
  backup: Reading<unknown>,
  triedAt: number,
  reading: Reading<T>,
): Reading<T> {
  const error = readingError(backup);
  if (error === null || reading.status !== "known" || backup.status === "unread") return reading;
  const since = triedAt - DOUBT_AFTER_MS;
  return backup.at < since && reading.at < since ? { ...reading, status: "stale", error } : reading;
}

function waiting({ total, backedUp }: RoomKeyCounts): number {
  return Math.max(0, total - backedUp);
}
