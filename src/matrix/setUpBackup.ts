import { BACKUP_ALGORITHM, type BackupVersion } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { encodeBase64 } from "matrix-js-sdk/lib/base64";
import { isObject } from "./errorOfAnswer";
import { cacheBackupKey, enableBackup } from "./keyBackupEnable";
import { backupPublicKeyOf, olmMachineOf, randomBackupKey, withFreed } from "./olmMachine";
import { createBackupVersion, fetchBackupInfo } from "./roomKeysApi";
import {
  BACKUP_SECRET,
  readAccountData,
  readSecret,
  storeSecret,
  writeAccountData,
  type StorageKey,
} from "./secretStorage";
import { decodeBackupSecret } from "./secretStorageBackupKey";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

/**
 * A backup decryption key that is in secret storage under the recovery key and was read back from
 * the server. One that is there already is used, or else the one this device holds, so that no key
 * is overwritten: should the server be wrong about there being no backup, its key is still here.
 */
export async function prepareBackupKey(
  context: SessionContext,
  key: StorageKey,
): Promise<Result<Uint8Array, AppError>> {
  const there = await readSecret(context, BACKUP_SECRET, key);
  if (!there.ok) return there;
  const found = typeof there.value === "object" ? decodeBackupSecret(there.value.text) : null;
  if (found !== null) return ok(found);
  const made = await attempt(
    async () => (await context.crypto().getSessionBackupPrivateKey()) ?? (await randomBackupKey()),
  );
  if (!made.ok) return made;
  const stored = await storeSecret(context, BACKUP_SECRET, encodeBase64(made.value), key);
  if (stored.ok) return made;
  made.value.fill(0);
  return stored;
}

/**
 * Makes the backup version, or takes up the one that is there when it is for the same key, keeps
 * the key on this device and turns the upload on.
 */
export async function makeBackup(
  context: SessionContext,
  backupKey: Uint8Array,
  masterKey: string,
): Promise<Result<BackupVersion, AppError>> {
  const derived = await attempt(() => backupPublicKeyOf(backupKey));
  if (!derived.ok) return derived;
  const publicKey = derived.value;
  const info = await fetchBackupInfo(context);
  if (!info.ok) return info;
  if (info.value !== null && info.value.publicKey !== publicKey) {
    return fail({ kind: "backup_changed", expected: null, actual: info.value.version });
  }
  const version =
    info.value === null
      ? await createSignedVersion(context, publicKey, masterKey)
      : ok(info.value.version);
  if (!version.ok) return version;

  const cached = await cacheBackupKey(context, backupKey, version.value);
  if (!cached.ok) return cached;
  const enabled = await enableBackup(context, version.value);
  if (!enabled.ok) return enabled;
  const announced = await announceBackup(context);
  return announced.ok ? version : announced;
}

async function createSignedVersion(
  context: SessionContext,
  publicKey: string,
  masterKey: string,
): Promise<Result<BackupVersion, AppError>> {
  const signatures = await attempt(() => sign(context, { public_key: publicKey }));
  if (!signatures.ok) return signatures;
  const { userId, deviceId } = context.user;
  const own = signatures.value[userId];
  const isSignedByBoth =
    isObject(own) &&
    [deviceId, masterKey].every((signer) => typeof own[`ed25519:${signer}`] === "string");
  if (!isSignedByBoth) {
    return fail({ kind: "unexpected", detail: "the backup could not be signed" });
  }
  return createBackupVersion(context, {
    algorithm: BACKUP_ALGORITHM,
    auth_data: { public_key: publicKey, signatures: signatures.value },
  });
}

/** Signatures by this device and by the identity. With a single key, JSON is canonical as it is. */
async function sign(
  context: SessionContext,
  authData: { readonly public_key: string },
): Promise<Record<string, unknown>> {
  const machine = await olmMachineOf(context);
  return withFreed(await machine.sign(JSON.stringify(authData)), (signatures) => {
    const parsed: unknown = JSON.parse(signatures.asJSON());
    return isObject(parsed) ? parsed : {};
  });
}

/** Tells the account's other clients that backup is wanted (Client-Server API, `m.key_backup`). */
async function announceBackup(context: SessionContext): Promise<Result<void, AppError>> {
  const there = await readAccountData(context, "m.key_backup");
  if (!there.ok) return there;
  if (there.value?.enabled === true) return ok(undefined);
  return writeAccountData(context, "m.key_backup", { ...there.value, enabled: true });
}
