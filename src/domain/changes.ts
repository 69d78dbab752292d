import type { BackupVersion } from "./backup";
import type { JournalEntry } from "./changeJournal";
import type { AppError } from "./errors";
import type { RecoveryKey } from "./recoveryKey";
import type { Result } from "./result";

/** The changes of several steps to a backup and its recovery key, and what is left of one. */
export interface ChangesPort {
  readonly replace: ReplacePort;
  readonly recoveryKey: ChangeKeyPort;
  /** The change that was begun on this device and not ended, or null. Reads this device only. */
  readUnfinished(): Promise<Result<JournalEntry | null, AppError>>;
}

/** The steps of a replacement, in this order. Each one is idempotent. */
export type ReplaceStep =
  | "checking"
  | "stage"
  | "create"
  | "secret"
  | "enable"
  | "upload"
  | "proof";

export type ReplacePlan =
  /** Nothing to replace. */
  | { readonly kind: "no_backup" }
  /** There is no usable recovery key the new backup could be opened with. */
  | { readonly kind: "no_recovery"; readonly defaultKey: "absent" | "broken" }
  | ReplaceOffer
  /** A replacement was begun, here or (without a journal) on another device or in lost storage. */
  | { readonly kind: "unfinished"; readonly entry: JournalEntry; readonly here: boolean };

/** What replacing would do now. All numbers are fresh. */
export interface ReplaceOffer {
  readonly kind: "ready";
  readonly version: BackupVersion;
  /** Keys in the backup. */
  readonly count: number;
  /** Room keys on this device. */
  readonly held: number;
  /**
   * Keys of the backup that are not on this device, or only from a later message on, by comparing
   * them one by one; null: unknown.
   */
  readonly onlyInBackup: number | null;
  /** `maybe_stored`: a secret is behind the recovery key; whether it fits shows when it is opened. */
  readonly oldKey: "here" | "maybe_stored" | "nowhere";
}

/** Keys taken by the server, and how many there are on this device. */
export interface UploadProgress {
  readonly done: number;
  readonly total: number;
}

/** By reading everything back. "Replaced" is said only with it in hand. */
export interface ReplaceProof {
  readonly version: BackupVersion;
  /** Of the key of secret storage that opens it. */
  readonly keyId: string;
  readonly count: number;
  readonly signedByDevice: boolean;
  readonly signedByIdentity: boolean;
  readonly old: { readonly version: BackupVersion; readonly keyKept: boolean };
}

/** A version that an earlier replacement left on the server, with its key behind the recovery key. */
export interface OldBackup {
  readonly version: BackupVersion;
  readonly count: number;
}

/** What comparing an old version with the current one, entry by entry, has shown. */
export interface OldBackupReport {
  readonly old: OldBackup & { readonly etag: string; readonly publicKey: string };
  readonly current: OldBackup;
  /** Entries that even the old version's own key does not open: nobody can read them. */
  readonly unreadable: number;
}

export type ReplaceUndo =
  /** The old backup is the current one again, and its key is where it was. */
  | { readonly kind: "undone"; readonly version: BackupVersion }
  /** Another device has made something else meanwhile: nothing was touched, and every key is kept. */
  | { readonly kind: "left"; readonly version: BackupVersion | null };

export interface ReplacePort {
  /** Reads only. The comparison downloads the backup; `signal` ends it. */
  plan(signal: AbortSignal): Promise<Result<ReplacePlan, AppError>>;
  /**
   * Makes a new version, puts its key behind the recovery key, and uploads every key held here.
   * Deletes nothing: the old version and its key stay. Goes on with a replacement that was begun
   * before. `confirmed` is the version the person saw; another one is `backup_changed`. When the
   * old version's key is neither here nor behind the recovery key: `decryption_key`, unless
   * `withoutOldKey` says that the person knows. The key's bytes are copied.
   */
  run(
    key: RecoveryKey,
    options: {
      readonly confirmed: BackupVersion;
      readonly withoutOldKey: boolean;
      readonly onStep: (step: ReplaceStep) => void;
      readonly onUpload: (progress: UploadProgress) => void;
    },
  ): Promise<Result<ReplaceProof, AppError>>;
  /**
   * Goes back to the old version. Keys that only the new one has are brought to this device first,
   * and go to the old version from there; only then is the new version deleted.
   */
  undo(key: RecoveryKey): Promise<Result<ReplaceUndo, AppError>>;
  /** Old versions whose keys are kept, as far as they are on the server. Fresh. */
  listOld(): Promise<Result<readonly OldBackup[], AppError>>;
  /**
   * Finds out whether every key of an old version is in the current one. What is missing there is
   * brought over by way of this device. `keys_at_risk` when some stay missing.
   */
  checkOld(
    key: RecoveryKey,
    version: BackupVersion,
    options: { readonly onUpload: (progress: UploadProgress) => void },
  ): Promise<Result<OldBackupReport, AppError>>;
  /** Deletes the old version of a report, if everything is still as the report says. */
  deleteOld(key: RecoveryKey, report: OldBackupReport): Promise<Result<void, AppError>>;
}

/** The steps of a change of the recovery key, in this order. Each one is idempotent. */
export type ChangeKeyStep = "checking" | "describe" | "encrypt" | "point" | "proof";

export type ChangeKeyPlan =
  | { readonly kind: "no_recovery"; readonly defaultKey: "absent" | "broken" }
  | ChangeKeyOffer
  | { readonly kind: "unfinished"; readonly entry: JournalEntry; readonly switched: boolean };

export interface ChangeKeyOffer {
  readonly kind: "ready";
  /** Secrets that are stored under the present key. */
  readonly secrets: number;
  /** Whether this device holds the identity's keys and the backup's: then the old key may be lost. */
  readonly canWithoutOldKey: boolean;
  /** Secrets beyond these; without the old key they stay locked with it. */
  readonly others: number;
}

export interface ChangeKeyProof {
  /** Of the new key. */
  readonly keyId: string;
  /** Secrets that the new key opens, each compared with what the old key opens. */
  readonly secrets: number;
  /** Stored under the old key and not readable with it: left as they are. */
  readonly left: number;
}

export type ChangeKeyUndo = { readonly kind: "undone" | "left" };

export interface ChangeKeyPort {
  /** Reads only. */
  plan(): Promise<Result<ChangeKeyPlan, AppError>>;
  /** Makes a recovery key in memory; nothing is sent. */
  generateRecoveryKey(): RecoveryKey;
  /**
   * Adds the new key beside the old one: its description, a copy of every secret, each read back
   * and compared, and only then the pointer. The old key goes on working. With `oldKey` null the
   * secrets come from this device. Goes on with a change that was begun before. Bytes are copied.
   */
  run(
    newKey: RecoveryKey,
    oldKey: RecoveryKey | null,
    options: { readonly onStep: (step: ChangeKeyStep) => void },
  ): Promise<Result<ChangeKeyProof, AppError>>;
  /** Takes the old key's copies away, after proving once more that the new key opens everything. */
  finish(newKey: RecoveryKey): Promise<Result<ChangeKeyProof, AppError>>;
  /**
   * Goes back to the old key and takes the new one's copies away. Once the pointer was moved the
   * old key is needed, to prove that it still opens everything: without it `recovery_key`. When what
   * it opens is out of date, as far as the server or the new key can tell: `changed_meanwhile`.
   */
  undo(
    oldKey: RecoveryKey | null,
    newKey?: RecoveryKey | null,
  ): Promise<Result<ChangeKeyUndo, AppError>>;
}

/** One entry of a backup as the server gives it. The ids are the server's word. */
export interface BackupEntry {
  readonly roomId: string;
  readonly sessionId: string;
  readonly firstMessageIndex: number | null;
  /** Null when the entry has not the shape of one. */
  readonly sealed: {
    readonly ephemeral: string;
    readonly mac: string;
    readonly ciphertext: string;
  } | null;
}

/** An entry on which the decryption key of its version was tried. */
export interface OpenedEntry extends BackupEntry {
  /** The SessionData inside, sound by the spec; null when none came out. Secret. */
  readonly sessionData: Readonly<Record<string, unknown>> | null;
}

/** Reads the entries of a backup version without holding it in memory whole. */
export interface BackupEntries {
  /** Hands out every entry once; ok only when the answer was whole. Rejects when aborted. */
  read(
    version: BackupVersion,
    take: (entries: readonly BackupEntry[]) => Promise<void>,
    signal: AbortSignal,
  ): Promise<Result<void, AppError>>;
  /** As `read`, with every entry opened, on another thread where there is one. The key is copied. */
  readOpened(
    version: BackupVersion,
    backupKey: Uint8Array,
    take: (entries: readonly OpenedEntry[]) => Promise<void>,
    signal: AbortSignal,
  ): Promise<Result<void, AppError>>;
}
