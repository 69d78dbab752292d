import type { BackupVersion } from "@/domain/backup";
import type { Reading } from "@/domain/reading";
import type { CarryOverState } from "@/domain/session";
import type { KeyBackupOverview } from "@/state/hooks";

/** What signing out would lose, as far as it is known. */
export type SignOutRisk =
  /** Still being found out; until then a risk. */
  | { readonly kind: "checking" }
  /** Keys of a device that the server ended may not be on this one yet; the counts are not of them. */
  | { readonly kind: "not_carried_over" }
  /** There is no key here that could be lost. */
  | { readonly kind: "no_keys" }
  /** A change of the backup, the recovery key or the identity is half done; it would end here. */
  | { readonly kind: "unfinished" }
  /**
   * All keys are in the backup, and there is a recovery key for it. `proven`: the one in use now was
   * seen to open this very version in this browser. That a secret is stored does not say which backup it is of.
   */
  | { readonly kind: "none"; readonly proven: boolean }
  /** The server has no backup at all. `count`: room keys held here, or null when not known. */
  | { readonly kind: "no_backup"; readonly count: number | null }
  /** Keys that are only on this device. */
  | { readonly kind: "pending"; readonly count: number }
  /** All keys are in the backup, but no recovery key opens it. */
  | { readonly kind: "no_recovery" }
  /** Could not be found out; treated as a risk. */
  | { readonly kind: "unknown" };

type Facts = Pick<
  KeyBackupOverview,
  | "backup"
  | "trust"
  | "activeVersion"
  | "roomKeys"
  | "pendingKeys"
  | "secretStorage"
  | "proven"
  | "lastKeyTest"
>;

/** `since`: what was read before is too old to rest on. `done`: nothing more is being read. */
export interface FreshRead {
  readonly since: number;
  readonly done: boolean;
  /** A change of several steps is half done, or that could not be found out. */
  readonly unfinished: boolean;
}

/**
 * Rests on nothing but what was read since the person asked to sign out: a backup may have been
 * deleted elsewhere a moment before. Everything that could not be read then is a risk.
 */
export function signOutRisk(
  facts: Facts,
  carryOver: CarryOverState,
  { since, done, unfinished }: FreshRead,
): SignOutRisk {
  if (carryOver !== "none") return { kind: "not_carried_over" };
  const fresh = <T>(reading: Reading<T>): T | undefined =>
    reading.status === "known" && reading.at >= since ? reading.value : undefined;
  const keys = fresh(facts.roomKeys);
  if (keys?.total === 0) return { kind: "no_keys" };
  if (!done) return { kind: "checking" };
  if (unfinished) return { kind: "unfinished" };
  const backup = fresh(facts.backup);
  if (backup === undefined) return { kind: "unknown" };
  if (backup === null) return { kind: "no_backup", count: keys?.total ?? null };
  const { pendingKeys } = facts;
  // Keys count as backed up by the version that is uploaded to: another one may lack them.
  const uploadsHere = fresh(facts.activeVersion) === backup.version;
  if (!uploadsHere || keys === undefined || pendingKeys === null) return { kind: "unknown" };
  if (pendingKeys > 0) return { kind: "pending", count: pendingKeys };
  // A server that holds fewer than it was given has lost some.
  if (fresh(facts.trust)?.key !== "match" || backup.count < keys.total) return { kind: "unknown" };
  const recovery = fresh(facts.secretStorage);
  if (recovery === undefined) return { kind: "unknown" };
  const opens = recovery.defaultKey === "present" && recovery.backupKeyStored;
  if (!opens) return { kind: "no_recovery" };
  return { kind: "none", proven: isProven(facts, { ...backup, keyId: recovery.keyId }) };
}

function isProven(
  { proven, lastKeyTest }: Facts,
  now: { readonly version: BackupVersion; readonly keyId: string | null },
): boolean {
  const isNow = (version: BackupVersion | null, keyId: string | null | undefined): boolean =>
    version === now.version && keyId === now.keyId;
  const isTested =
    lastKeyTest?.result === "works" && isNow(lastKeyTest.version, lastKeyTest.against?.keyId);
  return isTested || (proven !== null && isNow(proven.version, proven.keyId));
}
