import type {
  BackupEntries,
  OldBackupReport,
  ReplacePort,
  ReplaceProof,
  ReplaceStep,
  ReplaceUndo,
} from "@/domain/changes";
import type { AppError } from "@/domain/errors";
import { ok, type Result } from "@/domain/result";
import { checkOldBackup, deleteOldBackup } from "./replaceOld";
import { listOldBackups, planReplacement } from "./replacePlan";
import { beginReplacement, proveReplacement, type ReplaceRequest } from "./replaceRun";
import { undoReplacement } from "./replaceUndo";
import { awaitUpload } from "./replaceUpload";
import type { SessionContext } from "./sessionContext";
import { createSingleRun } from "./singleRun";

/**
 * Replaces the backup, making before anything is deleted. The SDK's resetKeyBackup() is not used:
 * it deletes every version first, so that one failed request after that loses all keys.
 */
export function createReplace(context: SessionContext, entries: BackupEntries): ReplacePort {
  const running = createSingleRun<Result<ReplaceProof, AppError>>();
  const undoing = createSingleRun<Result<ReplaceUndo, AppError>>();
  const checking = createSingleRun<Result<OldBackupReport, AppError>>();
  const deleting = createSingleRun<Result<void, AppError>>();
  // Of a run that goes on while the person was elsewhere, the screen that came last is told.
  let watching: Watching = { onStep: () => undefined, onUpload: () => undefined };
  let lastStep: ReplaceStep = "checking";

  async function run(
    bytes: Uint8Array<ArrayBuffer>,
    request: Pick<ReplaceRequest, "confirmed" | "withoutOldKey">,
  ): Promise<Result<ReplaceProof, AppError>> {
    const onStep = (step: ReplaceStep): void => {
      lastStep = step;
      watching.onStep(step);
    };
    const made = await context.takeTurn(() =>
      beginReplacement(context, bytes, { ...request, onStep }),
    );
    if (!made.ok) return made;
    onStep("upload");
    // Waiting changes nothing, and may take long: others have their turns meanwhile.
    const uploaded = await awaitUpload(context, made.value.newVersion, (progress) =>
      watching.onUpload(progress),
    );
    if (!uploaded.ok) return uploaded;
    onStep("proof");
    const proof = await context.takeTurn(() => proveReplacement(context, bytes, made.value));
    return proof.ok ? ok({ ...proof.value, count: uploaded.value.count }) : proof;
  }

  return {
    plan: (signal) => planReplacement(context, entries, signal),
    run(key, options) {
      watching = options;
      const { confirmed, withoutOldKey } = options;
      const outcome = running(key, (bytes) => {
        lastStep = "checking";
        return run(bytes, { confirmed, withoutOldKey });
      }).finally(() => {
        lastStep = "checking";
      });
      options.onStep(lastStep);
      return outcome;
    },
    undo: (key) =>
      undoing(key, (bytes) => context.takeTurn(() => undoReplacement(context, bytes, entries))),
    listOld: () => listOldBackups(context),
    checkOld: (key, version, { onUpload }) =>
      checking(key, (bytes) => checkOldBackup(context, entries, bytes, { version, onUpload })),
    deleteOld: (key, report) =>
      deleting(key, (bytes) => context.takeTurn(() => deleteOldBackup(context, bytes, report))),
  };
}

type Watching = Pick<Parameters<ReplacePort["run"]>[1], "onStep" | "onUpload">;
