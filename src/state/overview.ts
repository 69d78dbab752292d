import type { BackupInfo, BackupVersion, RoomKeyCounts } from "@/domain/backup";
import { lastValue, type Reading } from "@/domain/reading";
import type { AppState, UploadError } from "./appStore";

/**
 * Keys held here and not yet on the server. The newer of the store's own count and the upload's
 * report wins; null when there is neither. The store counts against the version it uploads to, so
 * while it uploads nowhere only the extremes are known: no keys here, or no backup there.
 */
export function pendingKeys(
  roomKeys: Reading<RoomKeyCounts>,
  uploadRemaining: AppState["uploadRemaining"],
  backup: Reading<BackupInfo | null>,
  activeVersion: Reading<BackupVersion | null>,
): number | null {
  if (lastValue(activeVersion) === null) {
    if (roomKeys.status !== "known") return null;
    const { total } = roomKeys.value;
    return total === 0 || (backup.status === "known" && backup.value === null) ? total : null;
  }
  if (roomKeys.status !== "known") return uploadRemaining?.count ?? null;
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

function waiting({ total, backedUp }: RoomKeyCounts): number {
  return Math.max(0, total - backedUp);
}
