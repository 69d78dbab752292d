import type { BackupInfo, BackupVersion, RoomKeyCounts } from "./backup";

/**
 * Whether the account wants a backup, by the account data `m.key_backup` (Client-Server API,
 * "Server-side key backups"). The server could say anything there, so nothing is made or deleted
 * because of it; it only decides how an absence that was read is spoken of.
 */
export type BackupWish = "on" | "off" | "unsaid";

/**
 * How far the keys of a backup are on this device, too, by this device's notes. They were true when
 * they were made; that the backup still has those very keys is not proven by them.
 */
export interface Coverage {
  /** Keys in the backup, by a fresh read. */
  readonly onServer: number;
  /** So many keys are here that this device noted as being in the backup; no more than are in it. */
  readonly notedHere: number;
  /** The rest: at least so many are not known to be anywhere else. */
  readonly onlyInBackup: number;
}

/**
 * Counts what this device marked as being in the backup: what it uploaded there or restored from it.
 * The marks are about the version it uploads to, so with any other version nothing is known, and all
 * of the keys have to be taken for keys that are nowhere else.
 */
export function coverageOf(
  backup: Pick<BackupInfo, "version" | "count">,
  counts: RoomKeyCounts,
  marksAreOf: BackupVersion | null,
): Coverage {
  const onServer = backup.count;
  const marked = marksAreOf === backup.version ? Math.min(counts.backedUp, counts.total) : 0;
  const notedHere = Math.min(marked, onServer);
  return { onServer, notedHere, onlyInBackup: onServer - notedHere };
}

/** The backup that is now current, and what deleting it would take away. */
export interface BackupSurvey {
  readonly version: BackupVersion;
  readonly publicKey: string | null;
  readonly coverage: Coverage;
  /** Room keys on this device in all. */
  readonly heldHere: number;
  /** Does this device hold the key that opens the backup? Then its keys can be restored first. */
  readonly opensHere: boolean;
}

/** What the person agreed to lose, as it was shown. */
export interface ConfirmedDeletion {
  readonly version: BackupVersion;
  readonly publicKey: string | null;
  readonly onlyInBackup: number;
}

export function confirmationOf(survey: BackupSurvey): ConfirmedDeletion {
  const { version, publicKey, coverage } = survey;
  return { version, publicKey, onlyInBackup: coverage.onlyInBackup };
}

/** Does a fresh look show that more would go than the person agreed to? */
export function losesMore(now: BackupSurvey, confirmed: ConfirmedDeletion): boolean {
  return now.coverage.onlyInBackup > confirmed.onlyInBackup;
}

/** The typed answer that confirms: the version itself, or the word. Neither case nor space counts. */
export function confirmsByTyping(typed: string, word: string, version: string | null): boolean {
  const text = typed.trim().toLowerCase();
  return text === word.toLowerCase() || (version !== null && text === version.toLowerCase());
}
