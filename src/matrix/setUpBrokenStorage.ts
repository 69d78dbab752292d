import type { BackupInfo } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { wipe } from "@/lib/bytes";
import { readIdentityFacts } from "./crossSigning";
import {
  BACKUP_SECRET,
  readAccountData,
  readDefaultKey,
  writeAccountData,
  type StorageKey,
} from "./secretStorage";
import type { SessionContext } from "./sessionContext";
import { holdsKeyOf, prepareBackupKey, secureBackupKey } from "./setUpBackupKey";
import {
  createSecretStorage,
  describeKey,
  storeIdentitySecrets,
  type SetUpMemory,
} from "./setUpSecretStorage";
import { confirmDefaultKeyIsBroken, confirmNoIdentity } from "./setUpWitness";

/*
 * A default key that cannot be used: no recovery key opens secret storage, so nothing in it is of use
 * to anybody before another key is the default. A new one takes its place only where this device
 * holds all that belongs behind it. What is stored under other keys stays where it is.
 */

/**
 * Whether this device holds everything that belongs into secret storage: the published identity's
 * private keys and the backup's key. Where there is no identity, nothing may be stored that one could
 * have left. Also whether the default key is really broken.
 */
export async function canReplaceBrokenStorage(
  context: SessionContext,
  backup: BackupInfo | null,
): Promise<Result<boolean, AppError>> {
  const broken = await confirmDefaultKeyIsBroken(context);
  if (!broken.ok) return broken;
  const identity = await readIdentityFacts(context);
  if (!identity.ok) return identity;
  const { published, known, privateKeysHere } = identity.value;
  if (published === null) {
    const none = await confirmNothingStored(context);
    if (!none.ok) return none;
    if (!none.value) return ok(false);
  } else if (published !== known || privateKeysHere !== "all") {
    return ok(false);
  }
  return backup === null ? ok(true) : holdsKeyOf(context, backup);
}

/** Secret storage with the given key as its default key; takes the place of a broken one, too. */
export async function makeSecretStorage(
  context: SessionContext,
  bytes: Uint8Array<ArrayBuffer>,
  memory: SetUpMemory,
  backup: BackupInfo | null,
): Promise<Result<StorageKey, AppError>> {
  const there = await readDefaultKey(context);
  if (!there.ok) return there;
  return there.value.kind === "broken"
    ? replaceBroken(context, bytes, memory, backup)
    : createSecretStorage(context, bytes, memory);
}

/** Description, secrets, and only then the pointer: it never leads to a key that opens nothing. */
async function replaceBroken(
  context: SessionContext,
  bytes: Uint8Array<ArrayBuffer>,
  memory: SetUpMemory,
  backup: BackupInfo | null,
): Promise<Result<StorageKey, AppError>> {
  const broken = await confirmDefaultKeyIsBroken(context);
  if (!broken.ok) return broken;
  const described = await describeKey(context, bytes, memory);
  if (!described.ok) return described;
  const key = described.value;
  const identity = await storeIdentitySecrets(context, key);
  if (!identity.ok) return identity;
  const backupKey =
    backup === null
      ? await prepareBackupKey(context, key)
      : await secureBackupKey(context, key, backup);
  if (!backupKey.ok) return backupKey;
  wipe(backupKey.value);

  const stillBroken = await confirmDefaultKeyIsBroken(context);
  if (!stillBroken.ok) return stillBroken;
  if (stillBroken.value !== broken.value) {
    return fail({ kind: "secret_storage", reason: "changed_meanwhile" });
  }
  const { keyId } = key;
  const pointed = await writeAccountData(context, "m.secret_storage.default_key", { key: keyId });
  if (!pointed.ok) return pointed;
  const after = await readDefaultKey(context);
  if (!after.ok) return after;
  if (after.value.kind !== "present" || after.value.keyId !== keyId) {
    return fail({ kind: "secret_storage", reason: "read_back_failed" });
  }
  memory.unfinishedKeyId = null;
  return ok(key);
}

async function confirmNothingStored(context: SessionContext): Promise<Result<boolean, AppError>> {
  const identity = await confirmNoIdentity(context);
  if (!identity.ok) return identity.error.kind === "identity" ? ok(false) : identity;
  const backupKey = await readAccountData(context, BACKUP_SECRET);
  return backupKey.ok ? ok(backupKey.value === null) : backupKey;
}
