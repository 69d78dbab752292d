import type { AppError } from "@/domain/errors";
import type { SetUpPlan, SetUpPort, SetUpProof } from "@/domain/ports";
import { encodeRecoveryKey, type RecoveryKey } from "@/domain/recoveryKey";
import { fail, ok, type Result } from "@/domain/result";
import { readIdentityFacts } from "./crossSigning";
import { fetchBackupInfo } from "./roomKeysApi";
import { readSecretStorageStatus } from "./secretStorage";
import type { SessionContext } from "./sessionContext";
import { isHeldElsewhere } from "./setUpIdentityPlan";
import { runSetUp } from "./setUpRun";
import type { SetUpMemory } from "./setUpSecretStorage";

/**
 * Sets up identity, secret storage and backup. The SDK's bootstrapSecretStorage() with a new
 * backup and resetKeyBackup() are not used: they delete every backup version before they make one,
 * and store the new secret last, so that a failure in between loses keys or leaves a recovery key
 * that opens nothing.
 */
export function createSetUp(context: SessionContext): SetUpPort {
  const memory: SetUpMemory = { unfinishedKeyId: null };
  let running: Promise<Result<SetUpProof, AppError>> | null = null;
  return {
    plan: () => planSetUp(context),
    generateRecoveryKey() {
      const bytes = crypto.getRandomValues(new Uint8Array(32));
      return { bytes, text: encodeRecoveryKey(bytes) };
    },
    run(key: RecoveryKey, options) {
      // A second press while it runs is the same set-up, not another one.
      running ??= runSetUp(context, key, options, memory).finally(() => {
        running = null;
      });
      return running;
    },
  };
}

/** What setting up would do now, by fresh reads. Changes nothing. */
async function planSetUp(context: SessionContext): Promise<Result<SetUpPlan, AppError>> {
  const info = await fetchBackupInfo(context);
  if (!info.ok) return info;
  if (info.value !== null) return ok({ kind: "backup_exists", version: info.value.version });
  const storage = await readSecretStorageStatus(context);
  if (!storage.ok) return storage;
  if (storage.value.defaultKey === "broken") {
    return ok({ kind: "blocked", reason: "secret_storage_broken" });
  }
  const identity = await readIdentityFacts(context);
  if (!identity.ok) return fail(identity.error);
  if (isHeldElsewhere(identity.value, storage.value.crossSigningKeysStored)) {
    return ok({ kind: "blocked", reason: "identity_held_elsewhere" });
  }
  const isNew = storage.value.defaultKey === "absent";
  return ok({ kind: isNew ? "new_recovery_key" : "existing_recovery_key" });
}
