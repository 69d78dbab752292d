import type { AppError } from "./errors";
import type { UnlockReport } from "./ports";
import { lastValue, type Reading } from "./reading";
import type { RecoveryKey } from "./recoveryKey";
import type { Result } from "./result";

/** What a person enters to open the backup. Secret: closures and refs only. */
export type KeyEntry =
  | { readonly kind: "recovery_key"; readonly key: RecoveryKey }
  | { readonly kind: "passphrase"; readonly passphrase: string };

/** What an entry turned out to be. No key material. */
export type OpenedBy =
  | {
      readonly kind: "storage_key";
      readonly keyId: string;
      /** As the client that made it named it; unauthenticated text. Null when it has no name. */
      readonly name: string | null;
      /** Whether it is the key that secret storage names as its default. */
      readonly isDefault: boolean;
    }
  /** The backup's own decryption key: it opens the backup, and nothing else. */
  | { readonly kind: "decryption_key" };

/** Which ways in the account has, by fresh reads. */
export interface KeyEntryOptions {
  /** Whether some key of secret storage is made from a passphrase. */
  readonly recoveryPassphrase: boolean;
  /** Whether the backup's own key is made from a passphrase, as old clients did it. */
  readonly backupPassphrase: boolean;
}

/** Whether to offer a passphrase: where the account has one, and where that cannot be found out. */
export function mayTakePassphrase(options: Reading<KeyEntryOptions>): boolean {
  const known = lastValue(options);
  if (known === undefined) return options.status === "failed";
  return known.recoveryPassphrase || known.backupPassphrase;
}

/** Ways to the decryption key beside the recovery key. */
export interface KeyEntryPort {
  readOptions(): Promise<Result<KeyEntryOptions, AppError>>;
  /**
   * Derives keys from the passphrase and does what `KeyBackupPort.unlock` does with the one that
   * fits. Aborting ends it with `closed` while nothing has been changed.
   */
  unlockWithPassphrase(
    passphrase: string,
    signal: AbortSignal,
  ): Promise<Result<UnlockReport, AppError>>;
  /**
   * Keeps the 32 bytes as the backup's decryption key on this device, if their public key is the
   * backup's. Another key changes nothing. The bytes are copied: the caller may wipe them at once.
   */
  setDecryptionKey(bytes: Uint8Array): Promise<Result<UnlockReport, AppError>>;
}

/** What a text in the recovery key field looks like when it is not one. */
export type EntryLook = "nothing" | "recovery_key" | "phrase" | "password";

/** Groups of four are how keys are written; a phrase of that many short words is no phrase. */
const GROUP = 4;
const GROUPS_OF_A_KEY = 6;

/**
 * A guess for words that help: several words are a passphrase, one that does not begin as recovery
 * keys do is a password. Nothing is decided by it.
 */
export function lookOfEntry(text: string): EntryLook {
  const visible = text.replace(/[\p{Cf}\p{Cc}]/gu, (character) =>
    /\s/.test(character) ? " " : "",
  );
  const words = visible.split(/\s+/u).filter((word) => word !== "");
  if (words.length === 0) return "nothing";
  if (words.join("").startsWith("Es")) return "recovery_key";
  const inGroups = words.length >= GROUPS_OF_A_KEY && words.every((word) => word.length <= GROUP);
  if (inGroups) return "recovery_key";
  if (words.length > 1) return "phrase";
  return (words[0] ?? "").length >= 40 ? "recovery_key" : "password";
}
