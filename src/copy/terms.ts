/** The app's own name, in the header and in document titles. */
export const PRODUCT_NAME = "Key Backup";

/** What a recovery key is, for people who see the words for the first time. */
export const RECOVERY_KEY_IS =
  "Your recovery key opens your encrypted message history on a new device, or when you have lost all the others. It is not your password, and nobody can give it back to you once it is lost.";

/** Below the field of a recovery key. */
export const RECOVERY_KEY_HINT =
  "48 characters, in 12 groups of 4. It starts with “Es”. Spaces do not matter, upper and lower case do.";

/** What key backup does, in one sentence. */
export const BACKUP_IS =
  "A key backup keeps the keys to your encrypted messages on your homeserver, locked so that only you can open them.";
