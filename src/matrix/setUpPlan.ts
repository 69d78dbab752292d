import type { BackupInfo, BackupRecovery, SecretStorageStatus } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import type { SetUpPlan } from "@/domain/ports";
import { ok, type Result } from "@/domain/result";
import { readIdentityFacts } from "./crossSigning";
import { fetchBackupInfo } from "./roomKeysApi";
import { readSecretStorageStatus } from "./secretStorageStatus";
import type { SessionContext } from "./sessionContext";
import { holdsKeyOf } from "./setUpBackupKey";
import { canReplaceBrokenStorage } from "./setUpBrokenStorage";
import { isHeldElsewhere } from "./setUpIdentityPlan";
import { confirmNoBackup, confirmNoDefaultKey, confirmNoIdentity } from "./setUpWitness";
import { confirmSetUpIsFree } from "./unfinishedChange";

/** What setting up would do now, by fresh reads, each absence with its witness. Changes nothing. */
export async function planSetUp(context: SessionContext): Promise<Result<SetUpPlan, AppError>> {
  const free = await confirmSetUpIsFree(context);
  if (!free.ok) return free;
  const info = await fetchBackupInfo(context);
  if (!info.ok) return info;
  const storage = await readSecretStorageStatus(context);
  if (!storage.ok) return storage;
  const backup = info.value;
  if (backup === null) {
    const none = await confirmNoBackup(context);
    if (!none.ok) return none;
  } else {
    const lacksKey = await lacksKeyOf(context, backup, storage.value);
    if (!lacksKey.ok) return lacksKey;
    const isOpen = storage.value.defaultKey !== "broken" && !lacksKey.value;
    if (isOpen) {
      const recovery = recoveryOf(storage.value);
      return ok({ kind: "backup_exists", version: backup.version, recovery });
    }
  }
  if (storage.value.defaultKey === "broken") {
    const can = await canReplaceBrokenStorage(context, backup);
    if (!can.ok) return can;
    return ok(
      can.value
        ? { kind: "new_recovery_key" }
        : { kind: "blocked", reason: "secret_storage_broken" },
    );
  }
  const isNew = storage.value.defaultKey === "absent";
  if (isNew) {
    const none = await confirmNoDefaultKey(context);
    if (!none.ok) return none;
  }
  const identity = await readIdentityFacts(context);
  if (!identity.ok) return identity;
  if (identity.value.published === null) {
    const none = await confirmNoIdentity(context);
    if (!none.ok) return none;
  }
  if (isHeldElsewhere(identity.value, storage.value.crossSigningKeysStored)) {
    return ok({ kind: "blocked", reason: "identity_held_elsewhere" });
  }
  return ok({ kind: isNew ? "new_recovery_key" : "existing_recovery_key" });
}

function recoveryOf({ defaultKey, backupKeyStored }: SecretStorageStatus): BackupRecovery {
  if (defaultKey !== "present") return "no_key_named";
  return backupKeyStored ? "stored" : "not_stored";
}

/** Whether the backup's key is on this device and not behind a recovery key: that can be mended. */
async function lacksKeyOf(
  context: SessionContext,
  backup: BackupInfo,
  storage: SecretStorageStatus,
): Promise<Result<boolean, AppError>> {
  if (storage.defaultKey === "broken" || storage.backupKeyStored) return ok(false);
  return holdsKeyOf(context, backup);
}
