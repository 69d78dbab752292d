import type { Finding, OutOfSyncReason } from "@/domain/deviceState";
import type { Route } from "@/lib/route";

/** The one action of a headline. The labels are a contract with users and tests. */
export type DeviceStateAction =
  | { readonly kind: "go"; readonly label: string; readonly to: Route }
  | { readonly kind: "restore"; readonly label: string }
  | { readonly kind: "check"; readonly label: string }
  | { readonly kind: "none" };

const SET_UP: DeviceStateAction = { kind: "go", label: "Set up backup", to: "set-up" };
const UNLOCK: DeviceStateAction = { kind: "go", label: "Enter recovery key", to: "unlock" };
const MANAGE: DeviceStateAction = { kind: "go", label: "Manage backup", to: "manage" };
const CHECK: DeviceStateAction = { kind: "check", label: "Check again" };
const NONE: DeviceStateAction = { kind: "none" };

/** What entering the recovery key mends; the other reasons are about secret storage itself. */
const OPENED_BY_RECOVERY_KEY: ReadonlySet<OutOfSyncReason> = new Set([
  "decryption_key_mismatch",
  "cross_signing_keys_not_here",
]);

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
    case "unknown":
    case "unsupported_backup":
    case "upload_failing":
      return CHECK;
    case "verify_this_device":
      return finding.keysInSecretStorage ? UNLOCK : CHECK;
    case "set_up_recovery":
    case "turn_on_key_storage":
    case "backup_turned_off":
      return SET_UP;
    case "turned_off_here":
    // The reset itself is offered there, beside what should be tried before.
    case "identity_needs_reset":
      return MANAGE;
    case "backup_untrusted":
    case "needs_recovery_key":
      return UNLOCK;
    case "key_storage_out_of_sync":
      if (finding.reasons.includes("no_identity")) return SET_UP;
      return finding.reasons.some((reason) => OPENED_BY_RECOVERY_KEY.has(reason)) ? UNLOCK : CHECK;
    case "restore_available":
      return { kind: "restore", label: "Restore history" };
  }
}
