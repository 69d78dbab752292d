import { BACKUP_ALGORITHM, type BackupVersion } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { wipe } from "@/lib/bytes";
import { cacheBackupKey, enableBackup } from "./keyBackupEnable";
import { writeBackupWish } from "./keyBackupWish";
import { signAuthData } from "./keyBackupSign";
import { backupPublicKeyOf } from "./olmMachine";
import { createBackupVersion, fetchBackupInfo } from "./roomKeysApi";
import type { StorageKey } from "./secretStorage";
import { matchBackupSecret } from "./secretStorageBackupKey";
import { openDefaultKey } from "./secretStorageUnlock";
import type { SessionContext } from "./sessionContext";
import { confirmNoBackup } from "./setUpWitness";
import { attempt } from "./toAppError";

/**
 * Makes the backup version, or takes up the one that is there when it is for the same key, keeps
 * the key on this device and turns the upload on.
 */
export async function makeBackup(
  context: SessionContext,
  {
    storageKey,
    backupKey,
    masterKey,
  }: {
    readonly storageKey: StorageKey;
    readonly backupKey: Uint8Array;
    readonly masterKey: string;
  },
): Promise<Result<BackupVersion, AppError>> {
  const derived = await attempt(() => backupPublicKeyOf(backupKey));
  if (!derived.ok) return derived;
  const publicKey = derived.value;
  const info = await fetchBackupInfo(context);
  if (!info.ok) return info;
  if (info.value !== null && info.value.publicKey !== publicKey) {
    return fail({ kind: "backup_changed", expected: null, actual: info.value.version });
  }
  let version = info.value === null ? null : ok(info.value.version);
  if (version === null) {
    const certain = await confirmBeforeMaking(context, storageKey, publicKey);
    if (!certain.ok) return certain;
    const made = await createSignedVersion(context, publicKey, masterKey);
    if (!made.ok) return made;
    version = made;
  }

  const cached = await cacheBackupKey(context, backupKey, version.value);
  if (!cached.ok) return cached;
  const enabled = await enableBackup(context, version.value);
  if (!enabled.ok) return enabled;
  const announced = await writeBackupWish(context, true);
  return announced.ok ? version : announced;
}

/**
 * The last look before a backup is made: there is none, and the recovery key still opens the
 * secret that it will need. Another device may set up at the same time.
 */
async function confirmBeforeMaking(
  context: SessionContext,
  storageKey: StorageKey,
  publicKey: string,
): Promise<Result<void, AppError>> {
  const none = await confirmNoBackup(context);
  if (!none.ok) return none;
  const opened = await openDefaultKey(context, storageKey.bytes);
  if (!opened.ok) return opened;
  const matched = await matchBackupSecret(context, opened.value, { publicKey });
  if (!matched.ok) {
    const isChanged =
      matched.error.kind === "recovery_key" || matched.error.kind === "secret_storage";
    return isChanged ? fail({ kind: "secret_storage", reason: "changed_meanwhile" }) : matched;
  }
  wipe(matched.value);
  return ok(undefined);
}

/** `POST /room_keys/version`, signed by this device and by the identity; without both, nothing is made. */
export async function createSignedVersion(
  context: SessionContext,
  publicKey: string,
  masterKey: string,
): Promise<Result<BackupVersion, AppError>> {
  const signed = await signAuthData(context, { public_key: publicKey }, masterKey);
  if (!signed.ok) return signed;
  return createBackupVersion(context, { algorithm: BACKUP_ALGORITHM, auth_data: signed.value });
}
