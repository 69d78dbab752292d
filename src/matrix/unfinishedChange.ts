import type { JournalEntry, JournaledChange } from "@/domain/changeJournal";
import type { AppError } from "@/domain/errors";
import { fail, type Result } from "@/domain/result";
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
