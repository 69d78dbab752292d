import type { JournalEntry, JournaledChange } from "@/domain/changeJournal";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { readSecretStorageStatus } from "./secretStorageStatus";
import type { SessionContext } from "./sessionContext";

/** The journal's entry for the change, or an error while another one is under way. */
export async function confirmNothingElse(
  context: Pick<SessionContext, "journal">,
  own: JournaledChange | null,
): Promise<Result<JournalEntry | null, AppError>> {
  const entry = await context.journal.read();
  if (!entry.ok || entry.value === null || entry.value.change === own) return entry;
  return fail({ kind: "change_unfinished", change: entry.value.change });
}

/**
 * Set-up begins beside no unfinished change. Where secret storage has no usable key, a change that needs
 * the recovery key can neither go on nor back: then set-up is the way out and may begin.
 */
export async function confirmSetUpIsFree(context: SessionContext): Promise<Result<void, AppError>> {
  const free = await confirmNothingElse(context, null);
  if (free.ok || free.error.kind !== "change_unfinished") return free.ok ? ok(undefined) : free;
  const { change } = free.error;
  const needsKey = change === "replace_backup" || change === "change_recovery_key";
  if (!needsKey) return free;
  const storage = await readSecretStorageStatus(context);
  if (!storage.ok) return storage;
  return storage.value.defaultKey === "present" ? free : ok(undefined);
}
