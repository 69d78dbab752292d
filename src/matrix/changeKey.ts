import type {
  ChangeKeyPlan,
  ChangeKeyPort,
  ChangeKeyProof,
  ChangeKeyStep,
  ChangeKeyUndo,
} from "@/domain/changes";
import type { AppError } from "@/domain/errors";
import { encodeRecoveryKey, type RecoveryKey } from "@/domain/recoveryKey";
import { ok, type Result } from "@/domain/result";
import { randomBytes, wipe } from "@/lib/bytes";
import { listSecretsUnder } from "./accountDataList";
import { finishKeyChange } from "./changeKeyFinish";
import { readKeyChange } from "./changeKeyJournal";
import { runKeyChange } from "./changeKeyRun";
import { readOwnSecrets } from "./changeKeySecrets";
import { undoKeyChange } from "./changeKeyUndo";
import { BACKUP_SECRET, CROSS_SIGNING_SECRETS, readDefaultKey } from "./secretStorage";
import type { SessionContext } from "./sessionContext";
import { createSingleRun } from "./singleRun";

/** Changes the recovery key, keeping identity and backup. The old one opens all until the end. */
export function createChangeKey(context: SessionContext): ChangeKeyPort {
  const running = createSingleRun<Result<ChangeKeyProof, AppError>>();
  const finishing = createSingleRun<Result<ChangeKeyProof, AppError>>();
  let undoing: Promise<Result<ChangeKeyUndo, AppError>> | null = null;
  let onStep: (step: ChangeKeyStep) => void = () => undefined;

  async function undo(
    oldKey: RecoveryKey | null,
    newKey: RecoveryKey | null,
  ): Promise<Result<ChangeKeyUndo, AppError>> {
    const oldBytes = oldKey?.bytes.slice() ?? null;
    const newBytes = newKey?.bytes.slice() ?? null;
    try {
      return await context.takeTurn(() => undoKeyChange(context, oldBytes, newBytes));
    } finally {
      wipe(oldBytes, newBytes);
      undoing = null;
    }
  }

  return {
    plan: () => context.takeTurn(() => planKeyChange(context)),
    generateRecoveryKey() {
      const bytes = randomBytes(32);
      return { bytes, text: encodeRecoveryKey(bytes) };
    },
    run(newKey, oldKey, options) {
      onStep = options.onStep;
      const oldBytes = oldKey?.bytes.slice() ?? null;
      return running(newKey, (bytes) =>
        context.takeTurn(() => runKeyChange(context, bytes, oldBytes, (step) => onStep(step))),
      ).finally(() => wipe(oldBytes));
    },
    finish: (newKey) =>
      finishing(newKey, (bytes) => context.takeTurn(() => finishKeyChange(context, bytes))),
    undo(oldKey, newKey = null) {
      undoing ??= undo(oldKey, newKey);
      return undoing;
    },
  };
}

async function planKeyChange(context: SessionContext): Promise<Result<ChangeKeyPlan, AppError>> {
  const defaultKey = await readDefaultKey(context);
  if (!defaultKey.ok) return defaultKey;
  const left = await readKeyChange(context.journal);
  if (!left.ok) return left;
  const entry = await context.journal.read();
  if (!entry.ok) return entry;
  if (left.value !== null && entry.value !== null) {
    const keyId = defaultKey.value.kind === "absent" ? null : defaultKey.value.keyId;
    return ok({
      kind: "unfinished",
      entry: entry.value,
      switched: keyId === left.value.newKeyId,
    });
  }
  if (defaultKey.value.kind !== "present") {
    return ok({ kind: "no_recovery", defaultKey: defaultKey.value.kind });
  }
  const names = await listSecretsUnder(context, defaultKey.value.keyId);
  if (!names.ok) return names;
  const own = await readOwnSecrets(context);
  if (!own.ok) return own;
  const known: readonly string[] = [BACKUP_SECRET, ...CROSS_SIGNING_SECRETS];
  return ok({
    kind: "ready",
    secrets: names.value.length,
    canWithoutOldKey: own.value !== null,
    others: names.value.filter((name) => !known.includes(name)).length,
  });
}
