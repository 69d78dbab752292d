import type { ConfirmElsewhere } from "./confirmation";
import type { BackupVersion } from "./backup";
import type { OldBackup } from "./changes";
import type { AppError } from "./errors";
import type { BackupSurvey, BackupWish, ConfirmedDeletion } from "./removal";
import type { Result } from "./result";

/** What came of deleting a backup version, alone or with the older ones below it. */
export type DeletedBackup =
  /** Read afterwards: the server has no backup. `unsaid`: `m.key_backup` could not be written. */
  | { readonly kind: "none_left"; readonly unsaid: AppError | null }
  /** An older version is the current one now; the person decides about it. */
  | { readonly kind: "older_revealed"; readonly older: BackupSurvey }
  /** Gone, but what the server has now could not be read. */
  | { readonly kind: "unchecked"; readonly error: AppError }
  /** It was not deleted: more would have been lost than was said. `olderGone`: these were before. */
  | {
      readonly kind: "numbers_changed";
      readonly survey: BackupSurvey;
      readonly olderGone?: readonly BackupVersion[];
    }
  /** Nothing was deleted: the older ones are not what was said. */
  | { readonly kind: "older_changed" }
  /** These older ones are gone, then it stopped. Whether more is gone shows when one looks again. */
  | {
      readonly kind: "stopped";
      readonly olderGone: readonly BackupVersion[];
      readonly error: AppError;
    };

/** The upload was switched. `unstored`: why this browser will have forgotten it at the next visit. */
export interface SwitchedUpload {
  readonly unstored: AppError | null;
}

/** Backup, secret storage and dehydrated device as far as the server keeps them. */
export interface KeyStorageSurvey {
  readonly backup: BackupSurvey | null;
  /** The key of secret storage, by its id; null when there is none (any more). */
  readonly keyId: string | null;
  /** Any secret is stored for the account, under whatever key. */
  readonly anythingStored: boolean;
  /** The identity's private keys are on this device. */
  readonly identityHere: boolean;
  /** The identity's private keys are in secret storage and not on this device. */
  readonly identityOnlyStored: boolean;
  /** The backup's key is in secret storage and not on this device. */
  readonly backupKeyOnlyStored: boolean;
}

export interface ConfirmedKeyStorage {
  readonly backup: ConfirmedDeletion | null;
  readonly keyId: string | null;
  readonly identityOnlyStored: boolean;
}

/** In this order; each is idempotent. */
export type KeyStorageStep = "backup" | "secret_storage" | "dehydrated_device" | "proof";

export type DeletedKeyStorage =
  | { readonly kind: "deleted" }
  /** An older backup came to light and was kept; secret storage was not touched. */
  | { readonly kind: "older_kept"; readonly version: BackupVersion }
  | { readonly kind: "numbers_changed"; readonly survey: KeyStorageSurvey };

/** What a reset of the identity finds. */
export interface IdentitySurvey {
  /** The published master key that would be replaced, or null: then there is nothing to reset. */
  readonly published: string | null;
  /** Its private keys are on this device: a reset is not what is needed. */
  readonly keysHere: boolean;
  /** Its private keys are behind the recovery key. */
  readonly keysStored: boolean;
  readonly backup: BackupSurvey | null;
}

export type IdentityStep = "checking" | "publish" | "adopt" | "backup" | "recovery" | "proof";

/** How the new identity stands to the backup. */
export type ResetBackup =
  | { readonly kind: "none" }
  /** The same version and the same key, signed by the new identity. */
  | { readonly kind: "kept"; readonly version: BackupVersion }
  /** Its key is not here: a new version was made, and `old` is still on the server. */
  | { readonly kind: "made"; readonly version: BackupVersion; readonly old: BackupVersion }
  /** It could not be signed, and making a new one could have cost a key: left as it is. */
  | { readonly kind: "left"; readonly version: BackupVersion };

/** A change of this file that a crash or a lost connection has left half done. */
export type UnfinishedRemoval =
  | { readonly change: "delete_backups"; readonly startedAt: number }
  | { readonly change: "delete_key_storage"; readonly startedAt: number }
  | {
      readonly change: "reset_identity";
      readonly startedAt: number;
      /** The new identity is published and its keys are not here: a further one takes its place. */
      readonly needsPassword: boolean;
    };

/**
 * Everything that takes something away from the account, each under its own name. Whatever is
 * deleted was read right before, and is what the person confirmed; else nothing is done.
 */
export interface RemovalPort {
  readBackupWish(): Promise<Result<BackupWish, AppError>>;
  /** The current backup by fresh reads of the server and of this device's store; null: there is none. */
  surveyBackup(): Promise<Result<BackupSurvey | null, AppError>>;
  /**
   * Deletes this one version (`DELETE /room_keys/version/{version}`) and looks what is there
   * afterwards. Errors: `backup_changed` when the current one is not the confirmed one,
   * `change_unfinished`, `still_there`. Secret storage and the decryption key here stay.
   * `older`: versions of `ReplacePort.listOld` that go, too, and before it: whatever interrupts this,
   * the newest backup is what is left. Journaled then; running it again goes on.
   */
  deleteBackup(
    confirmed: ConfirmedDeletion,
    older: readonly OldBackup[],
  ): Promise<Result<DeletedBackup, AppError>>;
  /** Whether the person turned the upload off on this device. */
  isUploadOff(): boolean;
  /** Starts or stops the upload of this device alone; nothing on the server changes. */
  switchUpload(on: boolean): Promise<Result<SwitchedUpload, AppError>>;
  surveyKeyStorage(): Promise<Result<KeyStorageSurvey, AppError>>;
  /**
   * Deletes the backup, then blanks secret storage and removes the dehydrated device. Journaled;
   * running it again goes on. `confirmOlder` is asked about each older version that comes to light.
   */
  deleteKeyStorage(
    confirmed: ConfirmedKeyStorage,
    options: {
      readonly onStep: (step: KeyStorageStep) => void;
      readonly confirmOlder: (older: BackupSurvey) => Promise<boolean>;
    },
  ): Promise<Result<DeletedKeyStorage, AppError>>;
  surveyIdentity(): Promise<Result<IdentitySurvey, AppError>>;
  /**
   * Replaces the identity. Until the server has taken the new public keys nothing here or there is
   * changed, so a cancelled confirmation or a wrong password leaves the account as it was. Then: the private keys
   * come to this device, the backup is signed anew, and the old recovery key is retired. Journaled;
   * running it again goes on. Errors: `identity` (`password_cancelled`, `not_confirmed`, `auth_unsupported`,
   * `changed_meanwhile`), `change_unfinished`.
   */
  resetIdentity(
    confirmed: { readonly published: string },
    options: {
      readonly onStep: (step: IdentityStep) => void;
      readonly askPassword: (why: "needed" | "wrong") => Promise<string | null>;
      /** As for the set-up: for a homeserver that wants it confirmed on a page of its own. */
      readonly confirmElsewhere?: ConfirmElsewhere;
    },
  ): Promise<Result<ResetBackup, AppError>>;
  readUnfinished(): Promise<Result<UnfinishedRemoval | null, AppError>>;
  /** Leaves an unfinished deletion as it is. Does nothing about a reset. */
  leaveUnfinished(): Promise<Result<void, AppError>>;
}
