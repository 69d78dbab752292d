import type { Finding, OutOfSyncReason } from "@/domain/deviceState";
import type { Route } from "@/lib/route";

/** The one action of a headline. The labels are a contract with users and tests. */
export type DeviceStateAction =
  | { readonly kind: "go"; readonly label: string; readonly to: Route }
  | { readonly kind: "restore"; readonly label: string }
  | { readonly kind: "check"; readonly label: string }
  | { readonly kind: "turn_on"; readonly label: string }
  | { readonly kind: "none" };

const SET_UP: DeviceStateAction = { kind: "go", label: "Set up backup", to: "set-up" };
const UNLOCK: DeviceStateAction = { kind: "go", label: "Enter recovery key", to: "unlock" };
const VERIFY: DeviceStateAction = {
  kind: "go",
  label: "Verify with another device",
  to: "verify",
};
const REPAIR: DeviceStateAction = { kind: "go", label: "Repair", to: "repair" };
const MANAGE: DeviceStateAction = { kind: "go", label: "Manage backup", to: "manage" };
const REPLACE: DeviceStateAction = { kind: "go", label: "Replace backup", to: "replace" };
const TURN_ON: DeviceStateAction = { kind: "turn_on", label: "Turn on" };
const CHECK: DeviceStateAction = { kind: "check", label: "Check again" };
const NONE: DeviceStateAction = { kind: "none" };

/**
 * What to offer for a headline. Never set-up while something is unknown, and never an action that
 * cannot help: where only another device can, checking again is all that is left to do here.
 */
export function deviceStateAction(finding: Finding): DeviceStateAction {
  switch (finding.state) {
    case "signed_out":
    case "checking":
    case "ok":
      return NONE;
    case "identity_needs_reset":
      return VERIFY;
    case "default_key_lost":
      return finding.allHere ? REPAIR : UNLOCK;
    case "unknown":
      return CHECK;
    case "unsupported_backup":
      return REPAIR;
    case "upload_failing":
      return finding.reason === "server_short" ? REPAIR : CHECK;
    case "verify_this_device":
      return finding.keysInSecretStorage ? UNLOCK : VERIFY;
    case "set_up_recovery":
    case "turn_on_key_storage":
    case "backup_turned_off":
      return SET_UP;
    case "turned_off_here":
      return TURN_ON;
    case "backup_untrusted":
    case "needs_recovery_key":
    case "backup_replaced":
      return UNLOCK;
    case "key_storage_out_of_sync":
      return finding.reasons.includes("no_identity") ? SET_UP : REPAIR;
    case "restore_available":
      return { kind: "restore", label: "Restore history" };
  }
}

/** What a device that holds it can send. */
const SENT_BY_OTHER_DEVICES: ReadonlySet<OutOfSyncReason> = new Set([
  "decryption_key_mismatch",
  "cross_signing_keys_not_here",
]);

/** Where there is a second way: a device that holds what is missing here, or a change under Manage. */
export function otherWay(finding: Finding): DeviceStateAction {
  switch (finding.state) {
    case "identity_needs_reset":
      // If no device has the keys any more: that is where the identity can be reset.
      return MANAGE;
    case "turned_off_here":
      return MANAGE;
    case "unsupported_backup":
      return REPLACE;
    case "upload_failing":
      return finding.reason === "server_short" ? REPLACE : NONE;
    case "verify_this_device":
      return finding.keysInSecretStorage ? VERIFY : NONE;
    case "backup_untrusted":
    case "needs_recovery_key":
    case "backup_replaced":
      return VERIFY;
    case "default_key_lost":
      return finding.allHere ? NONE : VERIFY;
    case "key_storage_out_of_sync":
      return finding.reasons.some((reason) => SENT_BY_OTHER_DEVICES.has(reason)) ? VERIFY : NONE;
    default:
      return NONE;
  }
}
