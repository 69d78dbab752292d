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
import { isUploadOff, switchUpload } from "./uploadSwitch";

/** Everything that takes something away, over one live SDK client. Changes take turns. */
export function createRemoval(context: SessionContext): RemovalPort {
  const memory: ResetMemory = { inDoubt: null };
  let running = 0;

  /** A change that keeps the journal: while it runs, what stands there is not unfinished. */
  async function journaled<T>(work: () => Promise<T>): Promise<T> {
    running += 1;
    try {
      return await context.takeTurn(work);
    } finally {
      running -= 1;
    }
  }

  return {
    readBackupWish: () => readBackupWish(context),
    surveyBackup: () => surveyBackup(context),
    deleteBackup: (confirmed, older) => journaled(() => deleteBackup(context, confirmed, older)),
    isUploadOff: () => isUploadOff(context.user),
    switchUpload: (on) => context.takeTurn(() => switchUpload(context, on)),
    surveyKeyStorage: () => surveyForKeyStorage(context),
    deleteKeyStorage: (confirmed, options) =>
      journaled(() => deleteKeyStorage(context, confirmed, options)),
    surveyIdentity: () => surveyIdentity(context),
    resetIdentity: (confirmed, options) =>
      journaled(() => resetIdentity(context, memory, confirmed, options)),
    // A read takes no turn: it would wait for whatever waits for the person.
    readUnfinished: async () =>
      running > 0 ? ok(null) : readUnfinished(context, memory, () => running > 0),
    leaveUnfinished: () => context.takeTurn(() => leaveUnfinished(context)),
  };
}

/** What of ours is half done. A reset that the server had not taken yet is none, and is forgotten. */
async function readUnfinished(
  context: SessionContext,
  memory: ResetMemory,
  isRunning: () => boolean,
): Promise<Result<UnfinishedRemoval | null, AppError>> {
  const entry = await context.journal.read();
  if (!entry.ok) return entry;
  if (entry.value === null) return ok(null);
  const { change, startedAt } = entry.value;
  if (change === "delete_key_storage" || change === "delete_backups") {
    return ok({ change, startedAt });
  }
  if (change !== "reset_identity") return ok(null);
  const facts = await readIdentityFacts(context);
  if (!facts.ok) return facts;
  const progress = progressOf(entry.value, facts.value, memory.inDoubt);
  if (progress === "none") {
    // In a turn, because a change may have begun since, and it needs what it has noted.
    const cleared = await context.takeTurn(async () => {
      const now = await context.journal.read();
      if (!now.ok) return now;
      const isSame = now.value?.change === change && now.value.startedAt === startedAt;
      // Keys in doubt may be published yet; only a run that asks the server again can tell.
      const mayGo = isSame && !isRunning() && memory.inDoubt === null;
      return mayGo ? context.journal.clear() : ok(undefined);
    });
    return cleared.ok ? ok(null) : cleared;
  }
  // It may have begun since; then it says itself how it ends.
  if (isRunning()) return ok(null);
  return ok({ change, startedAt, needsPassword: progress === "keys_lost" });
}

async function leaveUnfinished(context: SessionContext): Promise<Result<void, AppError>> {
  const entry = await context.journal.read();
  if (!entry.ok) return entry;
  const change = entry.value?.change;
  const canStay = change === "delete_key_storage" || change === "delete_backups";
  return canStay ? context.journal.clear() : ok(undefined);
}
