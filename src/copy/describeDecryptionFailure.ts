/**
 * Short words for why a message cannot be read, by the SDK's DecryptionFailureCode (a string here:
 * only src/matrix knows the SDK). Unknown codes are passed on as they are.
 */
export function describeDecryptionFailure(code: string | null): string {
  switch (code) {
    case "MEGOLM_UNKNOWN_INBOUND_SESSION_ID":
      return "The key for this message is not on this device.";
    case "OLM_UNKNOWN_MESSAGE_INDEX":
      return "The key held here only opens later messages of this conversation.";
    case "MEGOLM_KEY_WITHHELD":
      return "The sender’s device did not share the key for this message.";
    case "MEGOLM_KEY_WITHHELD_FOR_UNVERIFIED_DEVICE":
      return "The sender only shares keys with verified devices; this one was not verified.";
    case "HISTORICAL_MESSAGE_NO_KEY_BACKUP":
      return "Sent before this device signed in, and there is no backup to take the key from.";
    case "HISTORICAL_MESSAGE_BACKUP_UNCONFIGURED":
      return "Sent before this device signed in. Enter the recovery key to get its key from the backup.";
    case "HISTORICAL_MESSAGE_WORKING_BACKUP":
      return "Sent before this device signed in, and its key is not in the backup, or not restored yet.";
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
      return "This message could not be decrypted.";
    default:
      return `This message could not be decrypted (${code}).`;
  }
}
