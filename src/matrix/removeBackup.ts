import type { BackupInfo, BackupVersion } from "@/domain/backup";
import type { OldBackup } from "@/domain/changes";
import type { AppError } from "@/domain/errors";
import { losesMore, type BackupSurvey, type ConfirmedDeletion } from "@/domain/removal";
import type { DeletedBackup } from "@/domain/removalPorts";
import { fail, ok, type Result } from "@/domain/result";
import { writeBackupWish } from "./keyBackupWish";
import { surveyBackup } from "./removalSurvey";
import { removeOlderFirst } from "./removeOlder";
import { confirmNothingElse } from "./unfinishedChange";
import { removeVersion } from "./removeVersion";
import { fetchBackupInfo, fetchBackupVersion } from "./roomKeysApi";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

/**
 * Deletes the confirmed version and no other but the confirmed older ones, which go before it, and
 * looks what is there afterwards.
 */
export async function deleteBackup(
  context: SessionContext,
  confirmed: ConfirmedDeletion,
  older: readonly OldBackup[],
): Promise<Result<DeletedBackup, AppError>> {
  const free = await confirmNothingElse(context, "delete_backups");
  if (!free.ok) return free;
  const first = await removeOlderFirst(context, confirmed, older, free.value);
  if (!first.ok) return first;
  if (first.value.kind !== "removed") return ok(first.value);
  const { olderGone } = first.value;
  const removed = await removeConfirmed(context, confirmed);
  if (!removed.ok) {
    return older.length > 0 ? ok({ kind: "stopped", olderGone, error: removed.error }) : removed;
  }
  if (removed.value !== "removed") {
    return ok({ kind: "numbers_changed", survey: removed.value, olderGone });
  }
  const isNoted = older.length > 0 || free.value !== null;
  const cleared = isNoted ? await context.journal.clear() : ok(undefined);
  if (!cleared.ok) return ok({ kind: "unchecked", error: cleared.error });

  await tellSdk(context);
  const now = await surveyBackup(context);
  if (!now.ok) return ok({ kind: "unchecked", error: now.error });
  if (now.value !== null) return ok({ kind: "older_revealed", older: now.value });
  // Only now: with a backup on the server other clients would stop using it.
  const said = await writeBackupWish(context, false);
  return ok({ kind: "none_left", unsaid: said.ok ? null : said.error });
}

/**
 * Deletes the confirmed version after a fresh look: that it is the current one, with the same key,
 * and that no more is lost than was said. Answers with what was found where more would be.
 */
export async function removeConfirmed(
  context: SessionContext,
  confirmed: ConfirmedDeletion,
): Promise<Result<"removed" | BackupSurvey, AppError>> {
  const { version } = confirmed;
  const now = await surveyBackup(context);
  if (!now.ok) return now;
  if (now.value === null) return confirmGone(context, version);
  const isSame = now.value.version === version && now.value.publicKey === confirmed.publicKey;
  if (!isSame) {
    return fail({ kind: "backup_changed", expected: version, actual: now.value.version });
  }
  return losesMore(now.value, confirmed) ? ok(now.value) : removeVersion(context, version);
}

/** An earlier try, whose answer was lost, may have done it. The server says so twice. */
async function confirmGone(
  context: SessionContext,
  version: BackupVersion,
): Promise<Result<"removed", AppError>> {
  const named = await fetchBackupVersion(context, version);
  if (!named.ok) return named;
  return named.value === null ? ok("removed") : fail({ kind: "still_there", version });
}

/** The current backup after a deletion; the one that was deleted is a contradiction. */
export async function readAfter(
  context: SessionContext,
  deleted: BackupVersion | null,
): Promise<Result<BackupInfo | null, AppError>> {
  const now = await fetchBackupInfo(context);
  if (!now.ok || now.value === null || now.value.version !== deleted) return now;
  return fail({ kind: "still_there", version: now.value.version });
}

/** Lets the SDK see what has changed. It only follows: what is said comes from reads of our own. */
export async function tellSdk(context: SessionContext): Promise<void> {
  await attempt(() => context.crypto().checkKeyBackupAndEnable());
}
