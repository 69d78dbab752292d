import { BACKUP_ALGORITHM, type BackupInfo, type BackupVersion } from "./backup";

/** Something changed about the backup that this device did not do. Said neutrally: it was maybe you. */
export type BackupNotice =
  | { readonly kind: "disappeared"; readonly version: BackupVersion }
  | { readonly kind: "replaced"; readonly from: BackupVersion; readonly to: BackupVersion }
  /** The same version now carries another public key. */
  | { readonly kind: "key_swapped"; readonly version: BackupVersion };

/** The backup this user last saw and accepted on this device. */
export interface BackupSeen {
  readonly version: BackupVersion;
  readonly publicKey: string | null;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * Compares a fresh read with the backup seen before. `keyMatches`: does the decryption key held
 * here belong to the new one? Then the change is ours or already accepted. A new version with the
 * same public key is no alarm either (Client-Server API, "Server-side key backups": the key is
 * what decides who can read).
 */
export function compareBackups(
  seen: BackupSeen | null,
  current: BackupInfo | null,
  keyMatches: boolean,
): BackupNotice | null {
  if (seen === null) return null;
  if (current === null) return { kind: "disappeared", version: seen.version };
  if (keyMatches || (seen.publicKey !== null && seen.publicKey === current.publicKey)) return null;
  if (seen.version !== current.version) {
    return { kind: "replaced", from: seen.version, to: current.version };
  }
  // Of another kind of backup nothing is known about its key; its kind is the finding.
  return seen.publicKey === current.publicKey || current.algorithm !== BACKUP_ALGORITHM
    ? null
    : { kind: "key_swapped", version: current.version };
}
