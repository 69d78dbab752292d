import type { BackupInfo, BackupTrust } from "./backup";
import type { Finding } from "./deviceState";
import type { Reading } from "./reading";

/**
 * Where the keys of messages from before this device could come from, as it is now. `locked`: from
 * the backup, once its key is here. `restore`: the backup has more keys than this device.
 * `all_here`: what the backup has is here, as far as the counts tell.
 */
export type OldKeys = "unknown" | "no_backup" | "locked" | "restore" | "all_here";

/**
 * The SDK says why a message could not be read when it tried, and leaves it at that; what has
 * happened to the backup and its key since then is told here. Absence only by a fresh read.
 */
export function whereOldKeysAre(facts: {
  readonly backup: Reading<BackupInfo | null>;
  readonly trust: Reading<BackupTrust>;
  readonly findings: readonly Finding[];
  /** A restore is under way. */
  readonly restoring: boolean;
}): OldKeys {
  const { backup, trust, findings, restoring } = facts;
  if (backup.status !== "known") return "unknown";
  if (backup.value === null) return "no_backup";
  if (trust.status !== "known") return "unknown";
  if (trust.value.key !== "match") return "locked";
  if (restoring) return "restore";
  if (findings.some(({ state }) => state === "restore_available")) return "restore";
  return findings.some(({ state }) => state === "unknown" || state === "checking")
    ? "unknown"
    : "all_here";
}
