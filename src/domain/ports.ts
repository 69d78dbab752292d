import type { AccountDevicesPort } from "./accountDevices";
import type {
  BackupInfo,
  BackupTrust,
  BackupVersion,
  CrossSigningStatus,
  ExistingBackup,
  RoomKeyCounts,
  SecretStorageStatus,
} from "./backup";
import type { ChangesPort } from "./changes";
import type { ConfirmElsewhere } from "./confirmation";
import type { AppError } from "./errors";
import type { KeyEntryPort, OpenedBy } from "./keyEntry";
import type { KeyTestPort } from "./keyTest";
import type { ExportedKeyFile, ExportRequest, KeyExportPort } from "./keyFile";
import type { RecoveryKey } from "./recoveryKey";
import type { RepairPort } from "./repair";
import type { RestoreFailure, RestoreOutcome, RestoreTally } from "./restore";
import type { RemovalPort } from "./removalPorts";
import type { Result } from "./result";
import type { RoomsPort } from "./rooms";
import type { FoundHomeserver, OAuthSession } from "./signIn";
import type { OtherSignIns } from "./signInPorts";
import type {
  CarryOverNews,
  HomeserverTarget,
  SignedInUser,
  StoredUser,
  SyncState,
} from "./session";
import type { VerificationPort } from "./verification";
import type { UploadAttempt, UploadPort } from "./uploadQueue";

export type Unsubscribe = () => void;

/** Finding a homeserver, signing in, and opening the stored session. Lives as long as the page. */
export interface SessionGateway extends OtherSignIns {
  /**
   * Resolves what the person typed to a homeserver that answers as Matrix, and says what it offers
   * for signing in. A username of the form `@name:server` decides by discovery (Client-Server API,
   * "Server discovery"); plain http is refused except on loopback.
   */
  findHomeserver(input: {
    readonly homeserver: string;
    readonly username: string;
  }): Promise<Result<FoundHomeserver, AppError>>;
  /**
   * Signs in and stores the session encrypted. With `deviceId`, renews an expired session. Where
   * an ended session is stored, a new device of the same user is made beside it, and the keys of
   * the ended one are carried over once the new one is open. With `memoryOnly` nothing is stored
   * and nothing stored is touched; see matrix/memorySession.
   */
  signIn(request: {
    readonly target: HomeserverTarget;
    readonly username: string;
    readonly password: string;
    readonly deviceId?: string;
    readonly memoryOnly?: boolean;
  }): Promise<Result<SignedInUser, AppError>>;
  /** The stored session, or null. Reads only. `storage`, `unavailable`: one in memory is possible. */
  readStored(): Promise<Result<StoredUser | null, AppError>>;
  /** Notes that the server ended this user's session for good. Removes nothing. */
  markEnded(user: SignedInUser): Promise<Result<void, AppError>>;
  /** Loads the crypto, opens the store and starts syncing. Resolves before the first sync. */
  open(): Promise<Result<LiveSession, AppError>>;
  /**
   * The room keys of a session that the server ended, and of those ended before it that are kept, in
   * one encrypted file (Client-Server API, "Key exports"). No client may be open.
   */
  exportEnded(request: ExportRequest): Promise<Result<ExportedKeyFile, AppError>>;
  /**
   * Ends the stored session on the server, or the one in memory that was never opened, within a time
   * limit; no crypto is needed, and nothing is removed here. Done where the server has ended it.
   */
  endUnopened(): Promise<Result<void, AppError>>;
  /** Removes the stored session, its crypto store and those of ended ones; or the one in memory alone. */
  forget(): Promise<Result<void, AppError>>;
}

/** What a live session tells. Hints: the truth is read again after each. */
export type SessionEvent =
  | { readonly kind: "sync"; readonly state: SyncState }
  | { readonly kind: "backup_status"; readonly enabled: boolean }
  | { readonly kind: "backup_failed"; readonly code: string }
  | { readonly kind: "upload_remaining"; readonly count: number }
  | { readonly kind: "upload_attempt"; readonly attempt: UploadAttempt }
  | { readonly kind: "decryption_key_cached"; readonly version: BackupVersion }
  | { readonly kind: "identity_changed" }
  | { readonly kind: "secrets_changed" }
  | { readonly kind: "rooms_changed" }
  | ({ readonly kind: "carry_over" } & CarryOverNews)
  | { readonly kind: "signed_out"; readonly soft: boolean };

/** One signed-in device: one SDK client, one crypto store. */
export interface LiveSession {
  /** New at every opening; part of every query key so that late answers are dropped. */
  readonly id: string;
  readonly user: SignedInUser;
  /** Nothing of it is stored: it ends with the page. */
  readonly memoryOnly: boolean;
  /** Null where the homeserver itself signed the person in. */
  readonly oauth: OAuthSession | null;
  readonly keyBackup: KeyBackupPort;
  readonly keyEntry: KeyEntryPort;
  readonly keyTest: KeyTestPort;
  readonly setUp: SetUpPort;
  readonly verification: VerificationPort;
  readonly changes: ChangesPort;
  readonly removal: RemovalPort;
  readonly repair: RepairPort;
  readonly upload: UploadPort;
  readonly keyExport: KeyExportPort;
  readonly accountDevices: AccountDevicesPort;
  readonly rooms: RoomsPort;
  readonly restore: RestoreEngine;
  subscribe(listener: (event: SessionEvent) => void): Unsubscribe;
  /**
   * Ends the session on the server, then removes everything local, in that order; when the server
   * cannot be reached the local part is done all the same and the server's error is returned. A
   * `storage` error says that the server was told and something is left here.
   */
  signOut(): Promise<Result<void, AppError>>;
  /** Stops the client and frees the store; everything stored stays. Safe to call twice. */
  close(): Promise<void>;
}

/** Reads of the backup's state, and the unlock. No method here deletes anything. */
export interface KeyBackupPort {
  /**
   * A fresh `GET /room_keys/version`. `null` only on 404 with M_NOT_FOUND; every other failure is
   * an error, because "could not check" is not "no backup".
   */
  fetchBackupInfo(signal?: AbortSignal): Promise<Result<BackupInfo | null, AppError>>;
  /** Inspects without enabling anything. */
  readTrust(info: BackupInfo): Promise<Result<BackupTrust, AppError>>;
  /** The version this device uploads to, or null when automatic upload is off. */
  readActiveVersion(): Promise<Result<BackupVersion | null, AppError>>;
  readCrossSigning(): Promise<Result<CrossSigningStatus, AppError>>;
  readSecretStorage(): Promise<Result<SecretStorageStatus, AppError>>;
  countRoomKeys(): Promise<Result<RoomKeyCounts, AppError>>;
  /** Makes the SDK look at the server's backup again and enable, switch or stop its upload. */
  recheck(): Promise<Result<void, AppError>>;
  /**
   * Opens secret storage with the recovery key, the default key or any other, verifies this device
   * with the identity found there and caches the backup decryption key, but only after its public
   * key was compared with the backup's. A backup's own decryption key is recognised and does the
   * second alone. A key that does not fit changes nothing.
   */
  unlock(key: RecoveryKey): Promise<Result<UnlockReport, AppError>>;
}

export interface UnlockReport {
  readonly deviceVerified: boolean;
  /** `no_backup`: the key is right, and the server has no backup to open. */
  readonly backup: "ready" | "no_backup";
  readonly version: BackupVersion | null;
  /** What the entered key turned out to be. */
  readonly openedBy: OpenedBy;
}

export type SetUpPlan =
  /** No secret storage yet: a new recovery key will be made. */
  | { readonly kind: "new_recovery_key" }
  /** Secret storage is there: its recovery key is asked for and kept. */
  | { readonly kind: "existing_recovery_key" }
  | ExistingBackup
  | {
      readonly kind: "blocked";
      readonly reason: "identity_held_elsewhere" | "secret_storage_broken";
    };

/** In this order. Each one is idempotent, so a failed run is repeated with the same key. */
export type SetUpStep =
  | "checking"
  | "identity"
  | "secret_storage"
  | "backup_key"
  | "backup"
  | "proof";

/** What the read-back proved; "done" is said only with it in hand. */
export interface SetUpProof {
  readonly version: BackupVersion;
  /** Of the key of secret storage that opens it. */
  readonly keyId: string;
  readonly signedByDevice: boolean;
  readonly signedByIdentity: boolean;
}

export interface SetUpPort {
  /** Waits for runs that are under way: what they make decides what there is to set up. */
  plan(): Promise<Result<SetUpPlan, AppError>>;
  /** Makes a recovery key in memory; nothing is sent. */
  generateRecoveryKey(): RecoveryKey;
  /**
   * Sets up identity, secret storage and backup, in an order in which every interruption leaves
   * the given key able to open whatever exists: the backup's secret is in secret storage and read
   * back before the backup version is made. Deletes nothing.
   * A run with the key of one under way is that one; with another key it waits, then begins anew.
   * The key's bytes are copied: the caller may wipe them at once.
   * `askPassword` is called when the server wants the account password; null cancels.
   * `confirmElsewhere` when it wants a confirmation on a page of its own, which is refused without.
   */
  run(
    key: RecoveryKey,
    options: {
      readonly onStep: (step: SetUpStep) => void;
      readonly askPassword: (why: "needed" | "wrong") => Promise<string | null>;
      readonly confirmElsewhere?: ConfirmElsewhere;
    },
  ): Promise<Result<SetUpProof, AppError>>;
}

export interface RestoreRequest {
  readonly version: BackupVersion;
  /** The server's count at the start. */
  readonly expected: number;
  /** The backup's etag at the start; another one means that the server's keys have changed since. */
  readonly etag: string;
  /** Rooms to restore before all others, the last used one first. */
  readonly firstRooms: readonly string[];
}

/** Restores a backup's keys into this device's store. Pausing is aborting; resuming is running again. */
export interface RestoreEngine {
  run(
    request: RestoreRequest,
    options: {
      readonly signal: AbortSignal;
      readonly onProgress: (tally: RestoreTally) => void;
      /** The backup's keys of a room that was brought forward are in; its messages can be read. */
      readonly onRoomReady: (roomId: string) => void;
    },
  ): Promise<RestoreOutcome>;
  /** Restores this room next, while a run is under way; else it does nothing. */
  bringForward(roomId: string): void;
}

/** An answer whose bytes are still coming. */
export interface RoomKeyDownload {
  readonly body: ReadableStream<Uint8Array>;
  /** Length in bytes where the server says so. */
  readonly byteLength: number | null;
}

export interface RoomKeySource {
  /** The whole backup: `GET /_matrix/client/v3/room_keys/keys?version=…`. */
  open(version: BackupVersion, signal: AbortSignal): Promise<Result<RoomKeyDownload, AppError>>;
  /** One room of it: `GET /_matrix/client/v3/room_keys/keys/{roomId}?version=…`. */
  openRoom(
    version: BackupVersion,
    roomId: string,
    signal: AbortSignal,
  ): Promise<Result<RoomKeyDownload, AppError>>;
}

/** A decrypted SessionData of the spec, with the ids it stood under. Secret. */
export interface DecryptedRoomKey {
  readonly roomId: string;
  readonly sessionId: string;
  readonly sessionData: Readonly<Record<string, unknown>>;
}

export interface ImportOutcome {
  readonly imported: number;
  /** Of `imported`: those that took the place of a worse copy. Null when the store cannot tell. */
  readonly improved: number | null;
  readonly already: number;
  /** Of `imported` and `already`: those that stood under another session id than their own. */
  readonly relabelled?: number;
  readonly failures: readonly RestoreFailure[];
}

/** The store during one restore. */
export interface RoomKeyImport {
  /** Room keys in the store when it was opened. */
  readonly held: number;
  /** Stores keys as already backed up, so that a restore uploads nothing. */
  import(batch: readonly DecryptedRoomKey[]): Promise<Result<ImportOutcome, AppError>>;
  /** Room keys in the store now. */
  count(): Promise<Result<number, AppError>>;
  /** Gives back what the restore took up; the keys stay. Safe to call twice. */
  close(): void;
}

export interface RoomKeySink {
  /** `expected`: how many keys may come. */
  open(version: BackupVersion, expected: number): Promise<Result<RoomKeyImport, AppError>>;
}

/** Hands out the decryption key for the backup, or says why not. The caller zeroes the bytes. */
export interface DecryptionKeySource {
  read(version: BackupVersion): Promise<Result<Uint8Array, AppError>>;
}

/** How far earlier runs came with one backup version, on this device. Holds no key material. */
export interface RestoreProgressRecord {
  /** Seed of the fingerprints. */
  readonly seed: Uint32Array<ArrayBuffer>;
  /** Fingerprints of the entries whose keys are in the store: two words each. */
  readonly settled: readonly Uint32Array<ArrayBuffer>[];
  /** Room keys the store held at least when the newest of them was written. */
  readonly held: number;
  /** The run that found every key of the backup here, or null. */
  readonly completed: { readonly etag: string; readonly count: number } | null;
}

/**
 * Remembers how far a restore came, for the next run. What is written stands for imports that have
 * ended, so a crash at any moment costs work and never a key. Losing it costs work, too.
 */
export interface RestoreCursorStore {
  /** Null when there is nothing, or nothing that can be used. */
  read(version: BackupVersion): Promise<Result<RestoreProgressRecord | null, AppError>>;
  /** Forgets every version and begins this one. */
  begin(version: BackupVersion, seed: Uint32Array<ArrayBuffer>): Promise<Result<void, AppError>>;
  /** Adds fingerprints; `held` as above. Throws nothing away. */
  append(
    version: BackupVersion,
    settled: Uint32Array<ArrayBuffer>,
    held: number,
  ): Promise<Result<void, AppError>>;
  /** Notes that everything with this etag is here. */
  complete(
    version: BackupVersion,
    at: { readonly etag: string; readonly count: number },
  ): Promise<Result<void, AppError>>;
}
