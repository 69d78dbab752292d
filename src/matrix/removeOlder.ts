import type { JournalEntry } from "@/domain/changeJournal";
import type { BackupVersion } from "@/domain/backup";
import type { OldBackup } from "@/domain/changes";
import type { AppError } from "@/domain/errors";
import { losesMore, type ConfirmedDeletion } from "@/domain/removal";
import type { DeletedBackup } from "@/domain/removalPorts";
import { fail, ok, type Result } from "@/domain/result";
import { surveyBackup } from "./removalSurvey";
import { removeVersion } from "./removeVersion";
import { readOldBackups, type KeptBackup } from "./replacePlan";
import { confirmVersionGone, fetchBackupInfo, fetchBackupVersion } from "./roomKeysApi";
import type { SessionContext } from "./sessionContext";

type Outcome = { readonly kind: "removed"; readonly olderGone: readonly BackupVersion[] };

/**
 * Deletes the older versions that were confirmed together with the current one. They go first: the
 * current one is what devices use and upload to, so whatever comes in between, it is what is left.
 * Everything is looked at before the first one is touched, and each once more right before it goes.
 */
export async function removeOlderFirst(
  context: SessionContext,
  confirmed: ConfirmedDeletion,
  older: readonly OldBackup[],
  begun: JournalEntry | null,
): Promise<Result<Outcome | DeletedBackup, AppError>> {
  if (older.length === 0) return ok({ kind: "removed", olderGone: [] });
  const now = await surveyBackup(context);
  if (!now.ok) return now;
  // With no backup there is no older one, either; whether that is so is looked at further on.
  if (now.value === null) return ok({ kind: "removed", olderGone: [] });
  const { version, publicKey } = now.value;
  if (version !== confirmed.version || publicKey !== confirmed.publicKey) {
    return fail({ kind: "backup_changed", expected: confirmed.version, actual: version });
  }
  if (losesMore(now.value, confirmed)) return ok({ kind: "numbers_changed", survey: now.value });
  const found = await findConfirmed(context, older);
  if (!found.ok) return found;
  if (found.value === null) return ok({ kind: "older_changed" });

  const noted = await context.journal.write({
    change: "delete_backups",
    step: "older",
    startedAt: begun?.startedAt ?? Date.now(),
    facts: { version, older: older.map((one) => one.version).join(" ") },
  });
  if (!noted.ok) return noted;
  const olderGone: BackupVersion[] = [];
  for (const one of found.value) {
    const same = await confirmSame(context, confirmed.version, one);
    const removed = same.ok ? await removeVersion(context, one.version) : same;
    if (!removed.ok) {
      const isUntouched = !same.ok && olderGone.length === 0 && begun === null;
      if (!isUntouched) return ok({ kind: "stopped", olderGone, error: removed.error });
      const cleared = await context.journal.clear();
      return cleared.ok ? removed : cleared;
    }
    olderGone.push(one.version);
  }
  return ok({ kind: "removed", olderGone });
}

/** The confirmed versions that are there, as they were shown; null when one is not. */
async function findConfirmed(
  context: SessionContext,
  older: readonly OldBackup[],
): Promise<Result<readonly KeptBackup[] | null, AppError>> {
  const kept = await readOldBackups(context);
  if (!kept.ok) return kept;
  const found: KeptBackup[] = [];
  for (const { version, count } of older) {
    const one = kept.value.find((there) => there.version === version);
    if (one?.count === count) {
      found.push(one);
      continue;
    }
    // Gone by an earlier try of this, or another by now.
    const named = await fetchBackupVersion(context, version);
    if (!named.ok) return named;
    if (named.value !== null) return ok(null);
    const gone = await confirmVersionGone(context, version);
    if (!gone.ok) return gone;
  }
  return ok(found);
}

/** Both versions, right before one goes: the one that is left for now, and the one itself. */
async function confirmSame(
  context: SessionContext,
  current: BackupVersion,
  { version, publicKey, count }: KeptBackup,
): Promise<Result<void, AppError>> {
  const info = await fetchBackupInfo(context);
  if (!info.ok) return info;
  const actual = info.value?.version ?? null;
  if (actual !== current) return fail({ kind: "backup_changed", expected: current, actual });
  const named = await fetchBackupVersion(context, version);
  if (!named.ok) return named;
  const isSame = named.value?.publicKey === publicKey && named.value.count === count;
  return isSame
    ? ok(undefined)
    : fail({ kind: "backup_changed", expected: version, actual: named.value?.version ?? null });
}
