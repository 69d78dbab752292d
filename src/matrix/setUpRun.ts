import type { BackupInfo } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import type { SetUpPort, SetUpProof } from "@/domain/ports";
import type { RecoveryKey } from "@/domain/recoveryKey";
import { fail, ok, type Result } from "@/domain/result";
import { fetchBackupInfo } from "./roomKeysApi";
import { readDefaultKey, type StorageKey } from "./secretStorage";
import { matchBackupSecret } from "./secretStorageBackupKey";
import { proveKey } from "./secretStorageUnlock";
import type { SessionContext } from "./sessionContext";
import { makeBackup, prepareBackupKey } from "./setUpBackup";
import { setUpIdentity } from "./setUpIdentity";
import { proveSetUp } from "./setUpProof";
import { createSecretStorage, storeIdentitySecrets, type SetUpMemory } from "./setUpSecretStorage";

type SetUpOptions = Parameters<SetUpPort["run"]>[1];

/** What is there already, as far as the given key opens it. */
interface Start {
  readonly storageKey: StorageKey | null;
  readonly backup: BackupInfo | null;
}

/**
 * One run. Every step looks at the server first and does only what is missing. Whatever exists
 * after an interruption opens with the given key: the secret is in secret storage, and read back,
 * before the backup is made.
 */
export async function runSetUp(
  context: SessionContext,
  key: RecoveryKey,
  options: SetUpOptions,
  memory: SetUpMemory,
): Promise<Result<SetUpProof, AppError>> {
  options.onStep("checking");
  const start = await readStart(context, key);
  if (!start.ok) return start;

  options.onStep("identity");
  const identity = await setUpIdentity(context, start.value.storageKey, options.askPassword);
  if (!identity.ok) return identity;

  options.onStep("secret_storage");
  const storageKey =
    start.value.storageKey === null
      ? await createSecretStorage(context, key, memory)
      : ok(start.value.storageKey);
  if (!storageKey.ok) return storageKey;
  const stored = await storeIdentitySecrets(context, storageKey.value);
  if (!stored.ok) return stored;

  options.onStep("backup_key");
  const backupKey =
    start.value.backup === null
      ? await prepareBackupKey(context, storageKey.value)
      : await matchBackupSecret(context, storageKey.value, start.value.backup);
  if (!backupKey.ok) return backupKey;

  options.onStep("backup");
  const version = await makeBackup(context, backupKey.value, identity.value);
  backupKey.value.fill(0);
  if (!version.ok) return version;

  options.onStep("proof");
  return proveSetUp(context, key, version.value);
}

/**
 * Checks that the run may begin. A backup that exists is taken up when the key opens its secret
 * (an earlier run got that far, or another device made it); any other means that the plan is out
 * of date.
 */
async function readStart(
  context: SessionContext,
  key: RecoveryKey,
): Promise<Result<Start, AppError>> {
  const info = await fetchBackupInfo(context);
  if (!info.ok) return info;
  const backup = info.value;
  const changed = fail<AppError>({
    kind: "backup_changed",
    expected: null,
    actual: backup?.version ?? null,
  });

  const defaultKey = await readDefaultKey(context);
  if (!defaultKey.ok) return defaultKey;
  if (defaultKey.value.kind === "absent") {
    return backup === null ? ok({ storageKey: null, backup }) : changed;
  }
  if (defaultKey.value.kind === "broken") {
    return fail({ kind: "secret_storage", reason: "default_key_broken" });
  }
  const proven = await proveKey(context, defaultKey.value, key.bytes);
  if (!proven.ok) return proven;
  if (backup === null) return ok({ storageKey: proven.value, backup });

  const matched = await matchBackupSecret(context, proven.value, backup);
  if (matched.ok) {
    matched.value.fill(0);
    return ok({ storageKey: proven.value, backup });
  }
  const isOther = matched.error.kind === "secret_storage" || matched.error.kind === "recovery_key";
  return isOther ? changed : matched;
}
