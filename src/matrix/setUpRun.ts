import type { BackupInfo } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import type { SetUpPort, SetUpProof } from "@/domain/ports";
import { fail, ok, type Result } from "@/domain/result";
import { wipe } from "@/lib/bytes";
import { fetchBackupInfo } from "./roomKeysApi";
import { readDefaultKey, type StorageKey } from "./secretStorage";
import { matchBackupSecret } from "./secretStorageBackupKey";
import { proveKey } from "./secretStorageUnlock";
import type { SessionContext } from "./sessionContext";
import { makeBackup } from "./setUpBackup";
import { holdsKeyOf, isMissingOrOther, prepareBackupKey, secureBackupKey } from "./setUpBackupKey";
import { setUpIdentity } from "./setUpIdentity";
import { canReplaceBrokenStorage, makeSecretStorage } from "./setUpBrokenStorage";
import { proveSetUp } from "./setUpProof";
import { storeIdentitySecrets, type SetUpMemory } from "./setUpSecretStorage";
import { confirmNoBackup, confirmNoDefaultKey } from "./setUpWitness";
import { confirmSetUpIsFree } from "./unfinishedChange";

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
  key: Uint8Array<ArrayBuffer>,
  options: SetUpOptions,
  memory: SetUpMemory,
): Promise<Result<SetUpProof, AppError>> {
  options.onStep("checking");
  const free = await confirmSetUpIsFree(context);
  if (!free.ok) return free;
  const start = await readStart(context, key);
  if (!start.ok) return start;

  options.onStep("identity");
  const identity = await setUpIdentity(context, start.value.storageKey, options);
  if (!identity.ok) return identity;

  options.onStep("secret_storage");
  const storageKey =
    start.value.storageKey === null
      ? await makeSecretStorage(context, key, memory, start.value.backup)
      : ok(start.value.storageKey);
  if (!storageKey.ok) return storageKey;
  const stored = await storeIdentitySecrets(context, storageKey.value);
  if (!stored.ok) return stored;

  options.onStep("backup_key");
  const backupKey =
    start.value.backup === null
      ? await prepareBackupKey(context, storageKey.value)
      : await secureBackupKey(context, storageKey.value, start.value.backup);
  if (!backupKey.ok) return backupKey;

  options.onStep("backup");
  const made = await makeBackup(context, {
    storageKey: storageKey.value,
    backupKey: backupKey.value,
    masterKey: identity.value,
  });
  wipe(backupKey.value);
  if (!made.ok) return made;
  const kept = await keepBackupKey(context, storageKey.value);
  if (!kept.ok) return kept;

  options.onStep("proof");
  return proveSetUp(context, key, made.value);
}

/**
 * Checks that the run may begin. A backup that exists is taken up when the key opens its secret
 * (an earlier run got that far, or another device made it) or when this device can store its
 * secret; any other means that the plan is out of date.
 */
async function readStart(
  context: SessionContext,
  key: Uint8Array<ArrayBuffer>,
): Promise<Result<Start, AppError>> {
  const info = await fetchBackupInfo(context);
  if (!info.ok) return info;
  const backup = info.value;
  if (backup === null) {
    const none = await confirmNoBackup(context);
    if (!none.ok) return none;
  }

  const storageKey = await readStorageKey(context, key, backup);
  if (!storageKey.ok) return storageKey;
  const start = ok({ storageKey: storageKey.value, backup });
  if (backup === null) return start;

  if (storageKey.value !== null) {
    const matched = await matchBackupSecret(context, storageKey.value, backup);
    if (matched.ok) {
      wipe(matched.value);
      return start;
    }
    if (!isMissingOrOther(matched.error)) return matched;
  }
  const holds = await holdsKeyOf(context, backup);
  if (!holds.ok) return holds;
  return holds.value
    ? start
    : fail({ kind: "backup_changed", expected: null, actual: backup.version });
}

/**
 * The key as the one of secret storage, or null when the account surely has no secret storage, or
 * one that is broken and that this device can make anew.
 */
async function readStorageKey(
  context: SessionContext,
  key: Uint8Array<ArrayBuffer>,
  backup: BackupInfo | null,
): Promise<Result<StorageKey | null, AppError>> {
  const defaultKey = await readDefaultKey(context);
  if (!defaultKey.ok) return defaultKey;
  switch (defaultKey.value.kind) {
    case "absent": {
      const none = await confirmNoDefaultKey(context);
      return none.ok ? ok(null) : none;
    }
    case "broken": {
      const can = await canReplaceBrokenStorage(context, backup);
      if (!can.ok) return can;
      return can.value ? ok(null) : fail({ kind: "secret_storage", reason: "default_key_broken" });
    }
    case "present":
      return proveKey(context, defaultKey.value, key);
  }
}

/**
 * A device that sets up at the same time may have stored its own key after the last look. The one
 * of the backup that is there now is put back; only the device that holds it does that.
 */
async function keepBackupKey(
  context: SessionContext,
  storageKey: StorageKey,
): Promise<Result<void, AppError>> {
  const info = await fetchBackupInfo(context);
  if (!info.ok) return info;
  if (info.value === null) return ok(undefined);
  const kept = await secureBackupKey(context, storageKey, info.value);
  if (kept.ok) wipe(kept.value);
  return kept.ok || isMissingOrOther(kept.error) ? ok(undefined) : kept;
}
