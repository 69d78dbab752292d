import type { KeyBackupOverview } from "@/state/hooks";

/**
 * Whether room keys of this device may be nowhere else: some are not in the backup, or that could
 * not be found out. While the very first count is under way there is nothing to warn of yet.
 */
export function isOnlyHere({
  roomKeys,
  pendingKeys,
}: Pick<KeyBackupOverview, "roomKeys" | "pendingKeys">): boolean {
  if (roomKeys.status === "unread") return false;
  if (roomKeys.status === "known" && roomKeys.value.total === 0) return false;
  return pendingKeys !== 0;
}
