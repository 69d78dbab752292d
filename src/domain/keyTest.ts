import type { BackupInfo, BackupVersion, CrossSigningStatus, SecretStorageStatus } from "./backup";
import type { AppError } from "./errors";
import type { KeyEntry, OpenedBy } from "./keyEntry";
import type { RoomKeySource } from "./ports";
import { lastValue, type Reading } from "./reading";
import type { RestoreFailureReason } from "./restore";
import type { Result } from "./result";

/** Entries that a sample looks at, and the rooms it takes them from: the ones used last. */
export const SAMPLE_ENTRIES = 50;
export const SAMPLE_ROOMS = 3;

/** How far a test has come: entries of the backup. */
export interface EntryTestProgress {
  readonly tested: number;
  readonly opened: number;
  readonly failed: number;
}

/** What became of the entries that were looked at. `tested = opened + all of failed`. */
export interface EntryTest {
  readonly scope: "sample" | "all";
  /** Keys on the server, by the read the test began with. */
  readonly expected: number;
  readonly tested: number;
  readonly opened: number;
  readonly failed: Readonly<Partial<Record<RestoreFailureReason, number>>>;
  /** Rooms that tested entries belong to. */
  readonly rooms: number;
  /** Why it ended early: an error, or the person stopped it. Null when it did not. */
  readonly endedBy: AppError | "stopped" | null;
}

/** Decrypts entries of a backup with a key that is lent to it. Stores nothing, asks by GET only. */
export interface BackupSampler {
  /**
   * `rooms`: looked at in this order until there are enough entries, then the whole backup from its
   * start. `key`: 32 bytes, copied, the caller's to zero. An abort of `signal` is `stopped`.
   */
  test(request: {
    readonly source: RoomKeySource;
    readonly version: BackupVersion;
    readonly expected: number;
    readonly scope: EntryTest["scope"];
    readonly rooms: readonly string[];
    readonly key: Uint8Array;
    readonly signal: AbortSignal;
    readonly onProgress: (progress: EntryTestProgress) => void;
  }): Promise<EntryTest>;
}

/** Whether the key leads to the current backup. */
export type BackupProof =
  | { readonly kind: "fits"; readonly version: BackupVersion }
  | { readonly kind: "no_backup" }
  /** `error` says which way it does not. */
  | { readonly kind: "does_not_fit"; readonly version: BackupVersion; readonly error: AppError };

/** Whether the key leads to the account's identity, with which it verifies devices. */
export type IdentityProof =
  /** All three private keys decrypt, and the master key is that of the published identity. */
  | "matches"
  /** All three decrypt; this browser cannot compare them. */
  | "decrypts"
  /** The master key belongs to another identity than the published one. */
  | "differs"
  | "missing"
  | "unreadable"
  /** The account has published none. */
  | "no_identity"
  /** A backup's decryption key leads to no identity. */
  | "not_reached";

/** What the account had when a key was tested: the default key's id and the public master key. */
export interface TestedAgainst {
  readonly keyId: string | null;
  readonly masterKey: string | null;
}

/** A recovery key or passphrase that was seen to open a version: the id of its key of secret storage. */
export interface ProvenKey {
  readonly version: BackupVersion;
  readonly keyId: string;
}

/** Exactly what a test has proven. No key material. */
export interface KeyTestReport {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly openedBy: OpenedBy;
  readonly backup: BackupProof;
  readonly identity: IdentityProof;
  readonly against: TestedAgainst;
  /** Null where the key does not open the backup. */
  readonly entries: EntryTest | null;
}

/**
 * `works`: everything that the key is for. `partly`: it opens something, and something else not.
 * `fails`: it is a key of the account and does not open its backup.
 */
export type KeyTestResult = "works" | "partly" | "fails";

/** What is remembered of a test. */
export interface LastKeyTest {
  readonly at: number;
  /** Null when the server had no backup. */
  readonly version: BackupVersion | null;
  readonly result: KeyTestResult;
  /** Null in records of earlier builds. */
  readonly against: TestedAgainst | null;
}

/**
 * What takes a remembered test its force: the backup, the recovery key or the identity is another one
 * now. `unknown`: that cannot be told, or not yet.
 */
export type KeyTestDoubt = "backup" | "recovery_key" | "identity" | "unknown";

/** Whether the last test still says something, by what was read of the account. Null: it does. */
export function doubtKeyTest(
  { version, against }: LastKeyTest,
  facts: {
    readonly backup: Reading<BackupInfo | null>;
    readonly secretStorage: Reading<SecretStorageStatus>;
    readonly crossSigning: Reading<CrossSigningStatus>;
  },
): KeyTestDoubt | null {
  const backup = lastValue(facts.backup);
  const keyId = lastValue(facts.secretStorage)?.keyId;
  const masterKey = lastValue(facts.crossSigning)?.masterKey;
  if (backup !== undefined && (backup?.version ?? null) !== version) return "backup";
  if (against === null) return "unknown";
  // A key that is only no longer named opens what it did open.
  if (typeof keyId === "string" && keyId !== against.keyId) return "recovery_key";
  if (masterKey !== undefined && masterKey !== against.masterKey) return "identity";
  const isRead = backup !== undefined && keyId !== undefined && masterKey !== undefined;
  return isRead ? null : "unknown";
}

/** Proves that a saved key still works, and changes nothing on the server or on this device. */
export interface KeyTestPort {
  /**
   * Fails when the entry fits nothing of the account, or when that could not be found out; a key
   * that opens something is a report. `stop` ends the look at the entries and keeps what was found;
   * `signal` ends everything with `closed`.
   */
  run(
    entry: KeyEntry,
    options: {
      readonly scope: EntryTest["scope"];
      readonly signal: AbortSignal;
      readonly stop: AbortSignal;
      readonly onProgress: (progress: EntryTestProgress) => void;
    },
  ): Promise<Result<KeyTestReport, AppError>>;
}

export function failedEntries({ failed }: Pick<EntryTest, "failed">): number {
  return Object.values(failed).reduce((sum, count) => sum + count, 0);
}

/** Entries that the server counted and a test of all did not get to see; 0 for a sample. */
export function unseenEntries({ scope, expected, tested }: EntryTest): number {
  return scope === "all" ? Math.max(0, expected - tested) : 0;
}

/** The one word for a report. A sample that found nothing to look at in a backup of keys proves too little. */
export function resultOfKeyTest({ backup, identity, entries }: KeyTestReport): KeyTestResult {
  if (backup.kind === "does_not_fit") return "fails";
  if (backup.kind === "no_backup" || entries === null) return "partly";
  const sawAll =
    entries.endedBy === null && failedEntries(entries) === 0 && unseenEntries(entries) === 0;
  const sawSome = entries.tested > 0 || entries.expected === 0;
  const hasIdentity =
    identity === "matches" || identity === "decrypts" || identity === "no_identity";
  return sawAll && sawSome && hasIdentity ? "works" : "partly";
}

export function rememberKeyTest(report: KeyTestReport): LastKeyTest {
  const version = report.backup.kind === "no_backup" ? null : report.backup.version;
  return { at: report.at, version, result: resultOfKeyTest(report), against: report.against };
}
