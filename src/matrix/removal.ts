import type { AppError } from "@/domain/errors";
import type { RemovalPort, UnfinishedRemoval } from "@/domain/removalPorts";
import { ok, type Result } from "@/domain/result";
import { readIdentityFacts } from "./crossSigning";
import { readBackupWish } from "./keyBackupWish";
import { surveyBackup } from "./removalSurvey";
import { deleteBackup } from "./removeBackup";
import { deleteKeyStorage, surveyForKeyStorage } from "./removeKeyStorage";
import { progressOf, resetIdentity, surveyIdentity, type ResetMemory } from "./resetIdentity";
import type { SessionContext } from "./sessionContext";
import { switchUpload } from "./uploadSwitch";

/** Everything that takes something away, over one live SDK client. Changes take turns. */
export function createRemoval(context: SessionContext): RemovalPort {
  const memory: ResetMemory = { inDoubt: null };
  return {
    readBackupWish: () => readBackupWish(context),
    surveyBackup: () => surveyBackup(context),
    deleteBackup: (confirmed) => context.takeTurn(() => deleteBackup(context, confirmed)),
    switchUpload: (on) => context.takeTurn(() => switchUpload(context, on)),
    surveyKeyStorage: () => surveyForKeyStorage(context),
    deleteKeyStorage: (confirmed, options) =>
      context.takeTurn(() => deleteKeyStorage(context, confirmed, options)),
    surveyIdentity: () => surveyIdentity(context),
    resetIdentity: (confirmed, options) =>
      context.takeTurn(() => resetIdentity(context, memory, confirmed, options)),
    readUnfinished: () => context.takeTurn(() => readUnfinished(context, memory)),
    leaveUnfinished: () => context.takeTurn(() => leaveUnfinished(context)),
  };
}

/** What of ours is half done. A reset that the server had not taken yet is none, and is forgotten. */
async function readUnfinished(
  context: SessionContext,
  memory: ResetMemory,
): Promise<Result<UnfinishedRemoval | null, AppError>> {
  const entry = await context.journal.read();
  if (!entry.ok) return entry;
  if (entry.value === null) return ok(null);
  const { change, startedAt } = entry.value;
  if (change === "delete_key_storage") return ok({ change, startedAt });
  if (change !== "reset_identity") return ok(null);
  const facts = await readIdentityFacts(context);
  if (!facts.ok) return facts;
  const progress = progressOf(entry.value, facts.value, memory.inDoubt);
  if (progress === "none") {
    const cleared = await context.journal.clear();
    return cleared.ok ? ok(null) : cleared;
  }
  return ok({ change, startedAt, needsPassword: progress === "keys_lost" });
}

async function leaveUnfinished(context: SessionContext): Promise<Result<void, AppError>> {
  const entry = await context.journal.read();
  if (!entry.ok) return entry;
  return entry.value?.change === "delete_key_storage" ? context.journal.clear() : ok(undefined);
}
