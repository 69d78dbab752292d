import { isNothingBackedUp, type DeviceStateContext } from "@/copy/describeDeviceState";
import type { DeviceState } from "@/domain/deviceState";
import { lastValue } from "@/domain/reading";
import type { KeyBackupOverview } from "@/state/hooks";

export type HeadlineTone = "good" | "todo" | "bad" | "neutral" | "unknown" | "busy";

/** Does the server count at least what this device holds? */
export function isAgreed({ backup, roomKeys }: KeyBackupOverview): boolean {
  const onServer = lastValue(backup)?.count ?? 0;
  return onServer >= (lastValue(roomKeys)?.total ?? Infinity);
}

/** Green only when nothing waits for its upload any more, and the server's own count says so, too. */
export function toneOf(state: DeviceState, context: DeviceStateContext): HeadlineTone {
  switch (state) {
    case "ok":
      if (isNothingBackedUp(context)) return "neutral";
      return context.pending === 0 && context.agreed ? "good" : "busy";
    case "checking":
    case "signed_out":
      return "busy";
    case "unknown":
      return "unknown";
    case "backup_turned_off":
    case "turned_off_here":
      return "neutral";
    case "verify_this_device":
    case "default_key_lost":
    case "set_up_recovery":
    case "turn_on_key_storage":
    case "backup_untrusted":
    case "needs_recovery_key":
    case "backup_replaced":
    case "restore_available":
      return "todo";
    case "identity_needs_reset":
    case "unsupported_backup":
    case "key_storage_out_of_sync":
    case "upload_failing":
      return "bad";
  }
}
