import { needsKeyNext, type BackupNotice } from "@/domain/backupNotice";
import type { KeyBackupOverview } from "@/state/hooks";

/**
 * The change made elsewhere that the headline itself tells of: where the account is in order and only
 * this device lacks the new key, two boxes would say the same thing and look like two troubles.
 */
export function noticeInHeadline({
  deviceState,
  notice,
}: Pick<KeyBackupOverview, "deviceState" | "notice">): BackupNotice | null {
  return deviceState === "backup_replaced" && notice !== null && needsKeyNext(notice)
    ? notice
    : null;
}
