/** What can be done to the key backup, each under its own verb; the names are a contract. */
export type ManageAction =
  | "set_up"
  | "verify"
  | "test_key"
  | "change_key"
  | "replace"
  | "key_file"
  | "turn_off_here"
  | "turn_on_here"
  | "delete_backup"
  | "delete_key_storage"
  | "reset_identity";

/** The button's name and the one sentence beside it. */
export function describeManageAction(action: ManageAction): { name: string; body: string } {
  switch (action) {
    case "set_up":
      return {
        name: "Set up backup",
        body: "Makes a backup for an account that has none. Nothing is deleted.",
      };
    case "verify":
      return {
        name: "Verify with another device",
        body: "Confirms that this device and another one are both yours. A new one then gets the backup’s key without a recovery key.",
      };
    case "test_key":
      return {
        name: "Test recovery key",
        body: "Proves that the key you have saved still opens your backup. Nothing is changed.",
      };
    case "change_key":
      return {
        name: "Change recovery key",
        body: "Makes a new recovery key for the same backup. The old one works until the new one is proven.",
      };
    case "replace":
      return {
        name: "Replace backup",
        body: "Makes a new backup with a new key and uploads your room keys to it. The old one stays until you delete it; old ones that are kept are listed there.",
      };
    case "key_file":
      return {
        name: "Key file",
        body: "Writes the room keys of this device into a file with a passphrase, or reads such a file in.",
      };
    case "turn_off_here":
      return {
        name: "Turn off on this device",
        body: "Stops the upload of new room keys from this device alone. Nothing on the server is deleted, and your other devices go on.",
      };
    case "turn_on_here":
      return {
        name: "Turn on",
        body: "The upload is turned off on this device. Turning it on also uploads the room keys that have waited meanwhile.",
      };
    case "delete_backup":
      return {
        name: "Delete backup",
        body: "Deletes the backup and the room keys in it from the server, for all your devices. Your recovery key and the keys on your devices stay.",
      };
    case "delete_key_storage":
      return {
        name: "Delete key storage",
        body: "Deletes the backup and everything behind your recovery key from the server. The recovery key then opens nothing any more.",
      };
    case "reset_identity":
      return {
        name: "Reset identity",
        body: "The last resort when no device and no recovery key can verify this device. Your other devices have to be verified again.",
      };
  }
}

/** Why some changes are not offered; null where all are. */
export function describeNothingToManage({
  hasBackup,
  hasRecoveryKey,
}: {
  readonly hasBackup: boolean;
  readonly hasRecoveryKey: boolean;
}): string | null {
  if (hasBackup && hasRecoveryKey) return null;
  const missing = [hasBackup ? null : "backup", hasRecoveryKey ? null : "recovery key"];
  const what = missing.filter((part) => part !== null).join(" and no ");
  return `Your account has no ${what}, so what would change ${hasBackup || hasRecoveryKey ? "it" : "them"} is not offered.`;
}

/** The upload was switched, and that could not be stored: what the next visit will find. */
export function describeUnstoredSwitch(isOff: boolean): { title: string; body: string } {
  return isOff
    ? {
        title: "The upload is off until this page is closed",
        body: "That you turned it off could not be stored in this browser. When this page is opened again, this device uploads room keys again.",
      }
    : {
        title: "The upload is on until this page is closed",
        body: "That you turned it on could not be stored in this browser. When this page is opened again, it is off until you turn it on.",
      };
}
