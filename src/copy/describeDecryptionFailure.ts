import type { OldKeys } from "@/domain/oldKeys";
import { formatCount } from "./formatNumber";

const FROM_BEFORE: ReadonlySet<string | null> = new Set([
  "HISTORICAL_MESSAGE_NO_KEY_BACKUP",
  "HISTORICAL_MESSAGE_BACKUP_UNCONFIGURED",
  "HISTORICAL_MESSAGE_WORKING_BACKUP",
]);

/** Is it a message from before this device, whose key could come from the backup? */
export function isFromBefore(code: string | null): boolean {
  return FROM_BEFORE.has(code);
}

/**
 * Short words for why messages cannot be read, by the SDK's DecryptionFailureCode (a string here:
 * only src/matrix knows the SDK). Unknown codes are passed on as they are. What the SDK saw of the
 * backup when it tried may have changed: `oldKeys` is what holds now.
 */
export function describeDecryptionFailure(
  code: string | null,
  count = 1,
  oldKeys: OldKeys = "unknown",
): string {
  const one = count === 1;
  switch (code) {
    case "MEGOLM_UNKNOWN_INBOUND_SESSION_ID":
      return one
        ? "The key for this message is not on this device."
        : "The keys for them are not on this device.";
    case "OLM_UNKNOWN_MESSAGE_INDEX":
      return "The key held here only opens later messages of this conversation.";
    case "MEGOLM_KEY_WITHHELD":
      return one
        ? "The sender’s device did not share the key for this message."
        : "The sender’s device did not share the keys for them.";
    case "MEGOLM_KEY_WITHHELD_FOR_UNVERIFIED_DEVICE":
      return "The sender only shares keys with verified devices; this one was not verified.";
    case "HISTORICAL_MESSAGE_NO_KEY_BACKUP":
    case "HISTORICAL_MESSAGE_BACKUP_UNCONFIGURED":
    case "HISTORICAL_MESSAGE_WORKING_BACKUP":
      return `Sent before this device signed in${oldKeyWords(oldKeys, one)}`;
    case "HISTORICAL_MESSAGE_USER_NOT_JOINED":
      return "Sent before you joined this room.";
    case "SENDER_IDENTITY_PREVIOUSLY_VERIFIED":
      return "The sender’s identity has changed since you verified it.";
    case "UNSIGNED_SENDER_DEVICE":
      return "Sent from a device that its owner has not verified.";
    case "UNKNOWN_SENDER_DEVICE":
      return "Sent from a device that is unknown or deleted.";
    case "UNKNOWN_ERROR":
    case null:
      return one
        ? "This message could not be decrypted."
        : "These messages could not be decrypted.";
    default:
      return one
        ? `This message could not be decrypted (${code}).`
        : `These messages could not be decrypted (${code}).`;
  }
}

/** The same with how many there are: "3 messages cannot be read. Sent before you joined this room." */
export function describeUnreadable(
  code: string | null,
  count: number,
  oldKeys: OldKeys = "unknown",
): string {
  const head = count === 1 ? "Cannot be read." : `${formatCount(count, "message")} cannot be read.`;
  return `${head} ${describeDecryptionFailure(code, count, oldKeys)}`;
}

function oldKeyWords(oldKeys: OldKeys, one: boolean): string {
  const [its, is] = one ? ["its key", "is"] : ["their keys", "are"];
  switch (oldKeys) {
    case "no_backup":
      return `, and there is no backup to take ${its} from.`;
    case "locked":
      return `, and the backup that may hold ${its} is not open on this device.`;
    case "restore":
      return `, and ${its} ${is} not restored from the backup yet.`;
    case "all_here":
      return `, and ${its} ${is} not in the backup, or could not be restored from there.`;
    case "unknown":
      return `, and ${its} ${is} not on this device.`;
  }
}
