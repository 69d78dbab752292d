import type { BackupTrustInfo } from "matrix-js-sdk/lib/crypto-api/index.js";
import type { ServerBackup } from "./matrixApiTypes.ts";

/** Who signs in, where. */
export interface OtherDeviceOptions {
  readonly homeserverUrl: string;
  readonly username: string;
  readonly password: string;
  readonly deviceName?: string;
  /**
   * Rest this long before each `/sync` after the first, so that one answer brings many events.
   * For filling a server fast; 0 unless told.
   */
  readonly syncPauseMs?: number;
}

/** What `setUpBackup` made. */
export interface BackupSetUp {
  /** As shown to people: base58 in groups of four. */
  readonly recoveryKey: string;
  /** The same key as 32 bytes: the secret storage key. */
  readonly secretStorageKey: Uint8Array<ArrayBuffer>;
  readonly secretStorageKeyId: string;
  readonly version: string;
  /** Unpadded base64, from the backup's auth data. */
  readonly backupPublicKey: string;
  /** The 32 bytes that decrypt the backup. */
  readonly backupDecryptionKey: Uint8Array;
}

/** What this device believes about itself and the backup. */
export interface OtherDeviceStatus {
  readonly crossSigningReady: boolean;
  readonly secretStorageReady: boolean;
  /** This device is signed by its owner's identity. */
  readonly verified: boolean;
  /** The version it uploads to. */
  readonly activeVersion: string | null;
  readonly holdsDecryptionKey: boolean;
  readonly backup: ServerBackup | null;
  readonly trust: BackupTrustInfo | null;
}

/** One message as this device reads it. */
export interface ReadMessage {
  readonly eventId: string;
  readonly sender: string;
  readonly sessionId: string | null;
  /** Null when it could not be decrypted; `failure` then says why. */
  readonly body: string | null;
  readonly failure: string | null;
}
