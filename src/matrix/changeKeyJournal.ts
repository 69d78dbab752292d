import type { ChangeJournal, JournalEntry } from "@/domain/changeJournal";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import type { SessionContext } from "./sessionContext";

/** A change of the recovery key under way. Ids only, nothing secret. */
export interface KeyChange {
  readonly step: (typeof STEPS)[number];
  readonly startedAt: number;
  readonly oldKeyId: string;
  readonly newKeyId: string;
  /** The secrets come from this device: the old key is lost. */
  readonly withoutOldKey: boolean;
}

/**
 * `describe`, `encrypt` and `point` as the port names them. From `switched` on the new key is the
 * one in use; in `retire` the old key's copies are being taken away, and there is no way back.
 */
const STEPS = ["describe", "encrypt", "point", "switched", "retire", "undo"] as const;

/** Writes the change down; the step it names may then begin. */
export function noteKeyChange(
  { journal }: Pick<SessionContext, "journal">,
  { step, startedAt, oldKeyId, newKeyId, withoutOldKey }: KeyChange,
): Promise<Result<void, AppError>> {
  return journal.write({
    change: "change_recovery_key",
    step,
    startedAt,
    facts: { oldKeyId, newKeyId, withoutOldKey: withoutOldKey ? 1 : 0 },
  });
}

/** The change in the journal, null when there is none. Another one is `change_unfinished`. */
export async function readKeyChange(
  journal: ChangeJournal,
): Promise<Result<KeyChange | null, AppError>> {
  const read = await journal.read();
  if (!read.ok) return read;
  return read.value === null ? ok(null) : keyChangeOf(read.value);
}

function keyChangeOf({
  change,
  step: name,
  startedAt,
  facts,
}: JournalEntry): Result<KeyChange, AppError> {
  if (change !== "change_recovery_key") return fail({ kind: "change_unfinished", change });
  const step = STEPS.find((known) => known === name);
  const { oldKeyId, newKeyId, withoutOldKey } = facts;
  if (step === undefined || typeof oldKeyId !== "string" || typeof newKeyId !== "string") {
    return fail({ kind: "storage", reason: "mismatch" });
  }
  return ok({ step, startedAt, oldKeyId, newKeyId, withoutOldKey: withoutOldKey === 1 });
}
