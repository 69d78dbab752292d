/** A backup version as the server names it. A string in the spec, never a number or an "id". */
export type BackupVersion = string & { readonly __brand: "BackupVersion" };

/** The one algorithm the spec defines: Client-Server API, "Server-side key backups". */
export const BACKUP_ALGORITHM = "m.megolm_backup.v1.curve25519-aes-sha2";

/** The current backup as `GET /_matrix/client/v3/room_keys/version` describes it. */
export interface BackupInfo {
  readonly version: BackupVersion;
  readonly algorithm: string;
  /** The curve25519 public key (unpadded base64), or null when absent or malformed. */
  readonly publicKey: string | null;
  /** Keys on the server, by this read. */
  readonly count: number;
  readonly etag: string;
  /** `auth_data` exactly as received; the signature check needs it whole. */
  readonly authData: Readonly<Record<string, unknown>>;
}

/** Two separate facts; the spec allows a backup to be used when either holds. */
export interface BackupTrust {
  /** Is the backup signed by our own identity or one of our verified devices? */
  readonly signature: "trusted" | "untrusted" | "unknown";
  /** Does the decryption key held on this device belong to this backup? */
  readonly key: "match" | "mismatch" | "absent";
}

export interface CrossSigningStatus {
  /** Has the account published a cross-signing identity? */
  readonly identityExists: boolean;
  readonly privateKeysHere: boolean;
  readonly privateKeysInSecretStorage: boolean;
  /** Is this device signed by the account's own identity? (The SDK's isVerified() says yes always.) */
  readonly deviceVerified: boolean;
  /** The identity's public master key; null without an identity. */
  readonly masterKey?: string | null;
  /** Another identity has taken the place of the one that this device had verified. */
  readonly identityReplaced?: boolean;
}

/**
 * What is known of the way into a backup without a recovery key in hand. `stored`: a backup key is
 * behind the recovery key; whether it fits shows when it is opened. `no_key_named`: the account does
 * not say which recovery key is in use, so nobody can know.
 */
export type BackupRecovery = "stored" | "not_stored" | "no_key_named";

/** To a set-up: a backup exists already. It is used, never replaced. */
export interface ExistingBackup {
  readonly kind: "backup_exists";
  readonly version: BackupVersion;
  readonly recovery: BackupRecovery;
}

export interface SecretStorageStatus {
  /** `broken`: the default key points nowhere, is blanked, or has an unknown algorithm. */
  readonly defaultKey: "absent" | "broken" | "present";
  readonly keyId: string | null;
  readonly backupKeyStored: boolean;
  readonly crossSigningKeysStored: boolean;
  /**
   * There is no usable default key, and secrets are stored under another one that is described: a
   * recovery key that somebody saved may be that one.
   */
  readonly underOtherKey?: boolean;
  /** With that: keys of the identity are among them. */
  readonly identityUnderOtherKey?: boolean;
}

/** Room keys in this device's own store. */
export interface RoomKeyCounts {
  readonly total: number;
  readonly backedUp: number;
}
