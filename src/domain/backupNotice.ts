import { BACKUP_ALGORITHM, type BackupInfo, type BackupTrust, type BackupVersion } from "./backup";

/** A backup as far as a person can compare it. */
export interface BackupFacts {
  readonly version: BackupVersion;
  readonly publicKey: string | null;
  /** Keys on the server when it was read; null where that was not noted. */
  readonly count: number | null;
}

/** The backup this user last saw and accepted on this device. */
export interface BackupSeen extends BackupFacts {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Versions that were accepted before it, oldest first. */
  readonly earlier: readonly BackupVersion[];
  /** The server had no backup at one read since. */
  readonly wasGone?: true;
}

/** Something changed about the backup that this device did not do. Said neutrally: it was maybe you. */
export type BackupNotice =
  | { readonly kind: "disappeared"; readonly before: BackupSeen }
  /**
   * `replaced`: another version. `rolled_back`: one that is older than the one seen, which a server
   * shows again when the newer one is deleted. `key_swapped`: the same version, another public key.
   */
  | {
      readonly kind: "replaced" | "rolled_back" | "key_swapped";
      readonly before: BackupSeen;
      readonly now: BackupFacts;
      /** Signed by the own identity or a verified device: then this device uploads to it. */
      readonly signed: boolean;
      /** The key held here opens it. */
      readonly opened?: true;
    };

/**
 * Compares a fresh read with the backup seen before. `trust`: of the new one, null where it is not
 * known. A newer one that the decryption key held here opens is ours or already accepted, and one
 * with the same public key is no alarm either (Client-Server API, "Server-side key backups": the key
 * is what decides who can read); neither is another count or etag. That a backup was deleted is told
 * all the same: then an older one is back, or there was none for a while.
 */
export function compareBackups(
  seen: BackupSeen | null,
  current: BackupInfo | null,
  trust: BackupTrust | null,
): BackupNotice | null {
  if (seen === null) return null;
  if (current === null) return { kind: "disappeared", before: seen };
  const now = factsOf(current);
  const signed = trust?.signature === "trusted";
  const hasSameKey = seen.publicKey !== null && seen.publicKey === current.publicKey;
  const opened = trust?.key === "match";
  if (seen.version !== current.version) {
    const kind = isOlder(current.version, seen) ? "rolled_back" : "replaced";
    const isDeletion = seen.wasGone === true || (kind === "rolled_back" && !hasSameKey);
    if ((opened || hasSameKey) && !isDeletion) return null;
    return { kind, before: seen, now, signed, ...(opened ? { opened } : {}) };
  }
  if (opened || hasSameKey) return null;
  // Of another kind of backup nothing is known about its key; its kind is the finding.
  return seen.publicKey === current.publicKey || current.algorithm !== BACKUP_ALGORITHM
    ? null
    : { kind: "key_swapped", before: seen, now, signed };
}

/** Is the recovery key what comes next, once the change was accepted? */
export function needsKeyNext(notice: BackupNotice): boolean {
  return notice.kind !== "disappeared" && notice.opened !== true;
}

/** How many accepted versions are remembered. */
const REMEMBERED = 10;

/** What to remember once this backup, or that there is none, is accepted. `at`: now. */
export function acceptBackup(
  seen: BackupSeen | null,
  accepted: BackupFacts | null,
  at: number,
): BackupSeen | null {
  if (accepted === null) return null;
  const { version, publicKey, count } = accepted;
  const before = seen === null ? [] : [...seen.earlier, seen.version];
  const earlier = before.filter((one) => one !== version).slice(-REMEMBERED);
  return { version, publicKey, count, at, earlier };
}

export function factsOf({ version, publicKey, count }: BackupInfo): BackupFacts {
  return { version, publicKey, count };
}

/** Versions are opaque strings; an order is known of those seen before, and of plain numbers. */
function isOlder(version: BackupVersion, { version: than, earlier }: BackupSeen): boolean {
  if (earlier.includes(version)) return true;
  return /^\d+$/.test(version) && /^\d+$/.test(than) && Number(version) < Number(than);
}
