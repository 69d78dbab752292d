import type {
  BackupInfo,
  BackupTrust,
  BackupVersion,
  CrossSigningStatus,
  RoomKeyCounts,
  SecretStorageStatus,
} from "./backup";
import type { AppError } from "./errors";
import type { Reading } from "./reading";
import type { BackupWish } from "./removal";
import type { LastRestore } from "./restoreJob";
import type { SyncState } from "./session";

/** The one headline about this device. */
export type DeviceState = Finding["state"];

/** `data-state` of the backup itself. */
export type BackupState =
  | "unknown"
  | "none"
  | "untrusted"
  | "needs-key"
  | "enabled"
  /** In order, and turned off on this device by the person. */
  | "off"
  | "error";

/** The readings a decision rests on; `sync` is the first sync, before which account data is empty. */
export type CheckSubject =
  | "sync"
  | "crossSigning"
  | "backup"
  | "backupWish"
  | "trust"
  | "secretStorage"
  | "activeVersion"
  | "roomKeys";

export type OutOfSyncReason =
  | "decryption_key_mismatch"
  | "default_key_broken"
  | "backup_key_not_stored"
  | "cross_signing_keys_not_stored"
  | "cross_signing_keys_not_here"
  | "no_identity"
  /** The key fits, and nobody this device trusts signed the backup. */
  | "backup_unsigned";

/**
 * `refused`: the last upload ended with an errcode. `stalled`: keys wait, and none was taken for a
 * minute though the server is in reach; the SDK says nothing of a server that fails.
 * `server_short`: all were taken, and the server counts fewer than that.
 */
export type UploadFailure = "refused" | "off" | "other_version" | "stalled" | "server_short";

/** One failed check. The first in decision order is the headline. */
export type Finding =
  | { readonly state: "signed_out" }
  | { readonly state: "checking"; readonly subject: CheckSubject }
  | {
      readonly state: "unknown";
      readonly subject: CheckSubject;
      /** Null when only the first sync is missing. */
      readonly error: AppError | null;
    }
  | {
      readonly state: "verify_this_device";
      readonly keysInSecretStorage: boolean;
      /** It was verified, by an identity that another one has taken the place of since. */
      readonly identityReplaced?: boolean;
    }
  | { readonly state: "identity_needs_reset" }
  /**
   * The account does not name a recovery key that could be used, and secrets are stored under one
   * that somebody may have saved.
   */
  | {
      readonly state: "default_key_lost";
      /** Is everything that belongs behind a recovery key on this device? */
      readonly allHere: boolean;
    }
  | {
      readonly state: "set_up_recovery";
      readonly missing: readonly ("identity" | "secret_storage" | "backup")[];
    }
  | { readonly state: "turn_on_key_storage" }
  /** There is no backup, because the person wanted none. */
  | { readonly state: "backup_turned_off" }
  | {
      readonly state: "unsupported_backup";
      readonly version: BackupVersion;
      readonly algorithm: string;
      readonly reason: "algorithm" | "public_key";
    }
  | { readonly state: "backup_untrusted"; readonly version: BackupVersion }
  | {
      readonly state: "needs_recovery_key";
      readonly version: BackupVersion;
      readonly signatureTrusted: boolean;
    }
  /**
   * The key held here is of another backup. The current one is signed by the person, and its key is
   * stored behind the recovery key: the account is in order, and only this device lacks the key.
   */
  | { readonly state: "backup_replaced"; readonly version: BackupVersion }
  | { readonly state: "key_storage_out_of_sync"; readonly reasons: readonly OutOfSyncReason[] }
  | {
      readonly state: "upload_failing";
      readonly reason: UploadFailure;
      /** The Matrix errcode of a refusal. */
      readonly code: string | null;
      readonly serverVersion: BackupVersion;
      readonly activeVersion: BackupVersion | null;
    }
  /** The person turned the upload off on this device. Nothing is wrong. */
  | { readonly state: "turned_off_here"; readonly version: BackupVersion }
  | {
      readonly state: "restore_available";
      readonly version: BackupVersion;
      readonly onServer: number;
      readonly heldHere: number;
    }
  | { readonly state: "ok" };

export interface DeviceStateInputs {
  readonly signedIn: boolean;
  readonly sync: SyncState;
  /** Has this session had one complete sync? */
  readonly syncedOnce: boolean;
  /** The SDK was told to look at the server's backup again and has not answered yet. */
  readonly rechecking: boolean;
  readonly backup: Reading<BackupInfo | null>;
  /** Said by the account, and believed only where it fits what was read. */
  readonly backupWish: Reading<BackupWish>;
  /** The person turned the upload off on this device. */
  readonly uploadOff: boolean;
  /** Of the backup in `backup`; unread when there is none. */
  readonly trust: Reading<BackupTrust>;
  readonly activeVersion: Reading<BackupVersion | null>;
  readonly crossSigning: Reading<CrossSigningStatus>;
  readonly secretStorage: Reading<SecretStorageStatus>;
  readonly roomKeys: Reading<RoomKeyCounts>;
  readonly uploadError: { readonly code: string; readonly at: number } | null;
  /** Keys have waited for a minute, and none was taken (see `UploadFailure`). */
  readonly uploadStalled: boolean;
  /** Two reads of the backup counted fewer keys than this device has given to it. */
  readonly serverShort: boolean;
  readonly lastRestore: LastRestore | null;
}
