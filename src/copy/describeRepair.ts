import type { RepairFault, RepairFaultKind } from "@/domain/repair";

/** One fault: what is wrong, what holds once it is mended, and what the repair would do. */
export function describeFault({ kind, remedy }: RepairFault): {
  title: string;
  mended: string;
  meaning: string;
  repair: string;
} {
  return { ...FAULTS[kind], repair: repairWords(kind, remedy) };
}

const FAULTS: Readonly<
  Record<RepairFaultKind, { title: string; mended: string; meaning: string }>
> = {
  backup_unusable: {
    title: "The backup’s algorithm or public key cannot be used",
    mended: "The backup can be used now.",
    meaning: "Nothing can be uploaded to it or restored from it by this app. It is left as it is.",
  },
  no_secret_storage: {
    title: "There is no recovery key",
    mended: "Your account has a recovery key now.",
    meaning: "Nothing is stored that a recovery key could open.",
  },
  default_key_broken: {
    title: "Secret storage has no usable key",
    mended: "Secret storage has a usable key again.",
    meaning:
      "The account names a key for secret storage, and its description is missing, blanked or of an unknown kind. So no recovery key is accepted.",
  },
  default_key_lost: {
    title: "Your account no longer says which recovery key is the right one",
    mended: "Your account says again which recovery key is the right one.",
    meaning:
      "Secrets are still stored behind a recovery key, and the account does not name it. So other apps do not ask for it.",
  },
  decryption_key_mismatch: {
    title: "The backup key on this device is for another backup",
    mended: "This device holds the key of the backup that is in use.",
    meaning: "This device cannot open the backup that the server has now.",
  },
  decryption_key_absent: {
    title: "The backup key is not on this device",
    mended: "This device holds the backup’s key now.",
    meaning: "New keys can be uploaded where the backup is trusted; old ones cannot be restored.",
  },
  no_identity: {
    title: "The account has no identity",
    mended: "Your account has an identity now.",
    meaning: "Nothing can sign the backup or your devices.",
  },
  device_not_verified: {
    title: "This device is not verified",
    mended: "This device is verified now.",
    meaning:
      "It does not trust what your identity has signed, and your other devices do not trust it.",
  },
  cross_signing_keys_not_here: {
    title: "The identity’s keys are not on this device",
    mended: "The identity’s keys are on this device now.",
    meaning: "This device can neither verify others nor sign a backup.",
  },
  cross_signing_keys_not_stored: {
    title: "The identity’s keys are not all in secret storage",
    mended: "The identity’s keys are stored behind your recovery key.",
    meaning: "The recovery key alone cannot verify a new device.",
  },
  backup_key_not_stored: {
    title: "The backup’s key is not in secret storage",
    mended: "The backup’s key is stored behind your recovery key.",
    meaning: "The recovery key does not open the backup.",
  },
  stored_backup_key_differs: {
    title: "Secret storage holds the key of another backup",
    mended: "Your recovery key opens the backup that is in use.",
    meaning: "Your recovery key is right, but it opens an older backup, not the one in use.",
  },
  stored_backup_key_damaged: {
    title: "What secret storage holds as the backup’s key is no key",
    mended: "Your recovery key opens the backup again.",
    meaning: "Your recovery key is right, but it does not open the backup.",
  },
  stored_backup_key_unreadable: {
    title: "What secret storage holds as the backup’s key cannot be decrypted",
    mended: "Your recovery key opens the backup again.",
    meaning: "Your recovery key is right, and what was stored under it is damaged.",
  },
  backup_unsigned: {
    title: "The backup is not signed by you",
    mended: "The backup is signed by you.",
    meaning:
      "This device holds its key, so it is used. Your other devices trust it only by a signature.",
  },
  keys_missing_on_server: {
    title: "The server counts fewer keys than it was given",
    mended: "The server counts every key that it was given.",
    meaning: "Every key of this device was uploaded, and some are not on the server.",
  },
};

function repairWords(kind: RepairFaultKind, remedy: RepairFault["remedy"]): string {
  switch (remedy) {
    case "recovery_key":
      return WITH_RECOVERY_KEY[kind] ?? "With your recovery key this can be put in order.";
    case "automatic":
      return "This device and your identity will sign it. Its key and everything in it stay as they are.";
    case "set_up":
      return kind === "no_identity"
        ? "Set-up makes what is missing, and leaves what is there as it is."
        : "Everything that belongs behind a recovery key is on this device. Set-up makes a new recovery key for it; what is stored now stays where it is.";
    case "other_device":
      return "What is needed is not on this device. Open this page, or another Matrix app, on the device that set the backup up, and keep that device signed in.";
    case "export_and_replace":
      return kind === "keys_missing_on_server"
        ? "They are not sent to the same backup a second time. A new backup gets all keys of this device. Export your room keys to a file first; then the backup can be replaced."
        : "This cannot be repaired. Export your room keys to a file first; then the backup can be replaced by a new one.";
    case "nothing":
      return "It is not overwritten, as it could be what another app needs. A change of the recovery key stores everything anew.";
  }
}

const WITH_RECOVERY_KEY: Partial<Record<RepairFaultKind, string>> = {
  default_key_lost:
    "If you saved a recovery key, enter it. If it is the one that opens what is stored, the account will name it again.",
  default_key_broken:
    "Another key is in secret storage. If your recovery key is that one, it becomes the default key again.",
  decryption_key_mismatch:
    "Your recovery key opens secret storage. If the right key is there, this device will keep it.",
  decryption_key_absent:
    "Your recovery key opens secret storage. If the right key is there, this device will keep it.",
  device_not_verified:
    "Your recovery key opens the identity’s keys, and they will sign this device.",
  cross_signing_keys_not_here:
    "Your recovery key opens the identity’s keys, and this device will keep them.",
  cross_signing_keys_not_stored:
    "This device has the identity’s keys. They will be stored behind your recovery key and read back.",
  backup_key_not_stored:
    "This device has the backup’s key. It will be stored behind your recovery key and read back.",
  stored_backup_key_differs:
    "This device has the right key. It will take the place of the other one, and be read back.",
  stored_backup_key_damaged:
    "This device has the right key. It will take the place of what is there, and be read back.",
};

/** The key that a repair needs was entered a moment ago. */
export const KEY_IS_AT_HAND =
  "The key you have just entered can repair this at once. It is kept on this page until you do so or leave, and no longer.";
