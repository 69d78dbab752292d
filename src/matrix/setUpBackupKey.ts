import type { BackupInfo } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { wipe } from "@/lib/bytes";
import { encodeBase64 } from "matrix-js-sdk/lib/base64";
import { keepLeavingKey, readKeptKey } from "./keptBackupKey";
import { backupPublicKeyOf, randomBackupKey } from "./olmMachine";
import { fetchBackupInfo } from "./roomKeysApi";
import { BACKUP_SECRET, readSecret, storeSecret, type StorageKey } from "./secretStorage";
import { decodeBackupSecret, matchBackupSecret } from "./secretStorageBackupKey";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

/**
 * A decryption key for a backup that is yet to be made. It is in secret storage under the recovery
 * key and was read back from the server. One that is there already is used, or else the one this
 * device holds, so that no key is overwritten: should the server be wrong about there being no
 * backup, its key is still here. One that is there and cannot be read is left alone.
 */
export async function prepareBackupKey(
  context: SessionContext,
  key: StorageKey,
): Promise<Result<Uint8Array, AppError>> {
  const there = await readSecret(context, BACKUP_SECRET, key);
  if (!there.ok) return there;
  if (there.value !== "absent") {
    const found = there.value === "unreadable" ? null : decodeBackupSecret(there.value.text);
    return found === null
      ? fail({ kind: "secret_storage", reason: "backup_key_malformed" })
      : ok(found);
  }
  // A backup made meanwhile has a key: another one behind the recovery key would pass for it.
  const info = await fetchBackupInfo(context);
  if (!info.ok) return info;
  if (info.value !== null) {
    return fail({ kind: "backup_changed", expected: null, actual: info.value.version });
  }
  const made = await attempt(
    async () => (await context.crypto().getSessionBackupPrivateKey()) ?? (await randomBackupKey()),
  );
  if (!made.ok) return made;
  const stored = await storeSecret(context, BACKUP_SECRET, encodeBase64(made.value), key);
  if (stored.ok) return made;
  wipe(made.value);
  return stored;
}

/**
 * The decryption key of the backup that is there, from secret storage. When none or another one is
 * stored and this device holds the right one, or it is kept aside, that is stored first; what stood
 * there is kept.
 */
export async function secureBackupKey(
  context: SessionContext,
  key: StorageKey,
  backup: BackupInfo,
): Promise<Result<Uint8Array, AppError>> {
  const matched = await matchBackupSecret(context, key, backup);
  if (matched.ok || !isMissingOrOther(matched.error)) return matched;
  const held = await readHeldOrKept(context, key, backup);
  if (!held.ok) return held;
  if (held.value === null) return matched;

  const there = await readSecret(context, BACKUP_SECRET, key);
  if (!there.ok) return there;
  // Replacing a readable key is safe here and nowhere else: it does not open the backup that the
  // server has now, and the one that takes its place was just seen to. An older version may be open
  // to nothing else, so it is kept.
  const replaces = typeof there.value === "object" ? { replaces: there.value.text } : {};
  if (typeof there.value === "object") {
    const kept = await keepLeavingKey(context, key, there.value.text);
    if (!kept.ok) {
      wipe(held.value);
      return kept;
    }
  }
  const text = encodeBase64(held.value);
  const stored = await storeSecret(context, BACKUP_SECRET, text, key, replaces);
  if (stored.ok) return ok(held.value);
  wipe(held.value);
  return stored;
}

/** Secret storage holds no key for the backup, or a readable one for another backup. */
export function isMissingOrOther(error: AppError): boolean {
  if (error.kind === "secret_storage") return error.reason === "backup_key_missing";
  return error.kind === "recovery_key" && error.problem.reason === "other_backup";
}

/** The key this device holds when it is the backup's, else null. The caller zeroes the bytes. */
export async function readHeldKey(
  context: SessionContext,
  backup: Pick<BackupInfo, "publicKey">,
): Promise<Result<Uint8Array | null, AppError>> {
  return attempt(async () => {
    const held = await context.crypto().getSessionBackupPrivateKey();
    if (held === null) return null;
    if ((await backupPublicKeyOf(held)) === backup.publicKey) return held;
    wipe(held);
    return null;
  });
}

/** The backup's key as this device holds it or as it is kept; null when neither. The caller zeroes it. */
export async function readHeldOrKept(
  context: SessionContext,
  key: StorageKey,
  { publicKey }: Pick<BackupInfo, "publicKey">,
): Promise<Result<Uint8Array | null, AppError>> {
  const held = await readHeldKey(context, { publicKey });
  if (!held.ok || held.value !== null) return held;
  return publicKey === null ? held : readKeptKey(context, key, publicKey);
}

/** Whether this device holds the backup's key. */
export async function holdsKeyOf(
  context: SessionContext,
  backup: Pick<BackupInfo, "publicKey">,
): Promise<Result<boolean, AppError>> {
  const held = await readHeldKey(context, backup);
  if (!held.ok) return held;
  wipe(held.value);
  return ok(held.value !== null);
}
