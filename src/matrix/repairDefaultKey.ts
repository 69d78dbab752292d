import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { wipe } from "@/lib/bytes";
import { fetchBackupInfo } from "./roomKeysApi";
import { readDefaultKey, writeAccountData, type StorageKey } from "./secretStorage";
import { matchBackupSecret } from "./secretStorageBackupKey";
import { readOtherKeys } from "./secretStorageOtherKeys";
import { proveKey } from "./secretStorageUnlock";
import type { SessionContext } from "./sessionContext";
import { confirmDefaultKeyIsOfNoUse } from "./setUpWitness";

/**
 * Makes a key of secret storage the default one again that the recovery key is proven to be, where
 * the pointer leads nowhere or was emptied. Where there is a backup whose key is stored under it, that has to be the
 * right one. Nothing is removed: the old pointer led to nothing.
 */
export async function pointDefaultKey(
  context: SessionContext,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Result<void, AppError>> {
  const broken = await confirmDefaultKeyIsOfNoUse(context);
  if (!broken.ok) return broken;
  const found = await findKey(context, broken.value, bytes);
  if (!found.ok) return found;

  const fits = await fitsBackup(context, found.value);
  if (!fits.ok) return fits;
  // The last look: another app may have mended it meanwhile.
  const again = await confirmDefaultKeyIsOfNoUse(context);
  if (!again.ok) return again;
  if (again.value !== broken.value) {
    return fail({ kind: "secret_storage", reason: "changed_meanwhile" });
  }
  const { keyId } = found.value;
  const written = await writeAccountData(context, "m.secret_storage.default_key", { key: keyId });
  if (!written.ok) return written;
  const after = await readDefaultKey(context);
  if (!after.ok) return after;
  return after.value.kind === "present" && after.value.keyId === keyId
    ? ok(undefined)
    : fail({ kind: "secret_storage", reason: "read_back_failed" });
}

/** Which of the other keys the recovery key is. */
async function findKey(
  context: SessionContext,
  defaultKeyId: string | null,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Result<StorageKey, AppError>> {
  const others = await readOtherKeys(context, defaultKeyId);
  if (!others.ok) return others;
  for (const description of others.value) {
    const proven = await proveKey(context, description, bytes);
    if (proven.ok) return proven;
    const isOther = proven.error.kind === "recovery_key" || proven.error.kind === "secret_storage";
    if (!isOther) return proven;
  }
  const keyId = others.value[0]?.keyId ?? "";
  return fail({ kind: "recovery_key", problem: { reason: "does_not_match", keyId } });
}

async function fitsBackup(
  context: SessionContext,
  key: StorageKey,
): Promise<Result<void, AppError>> {
  const info = await fetchBackupInfo(context);
  if (!info.ok) return info;
  if (info.value === null) return ok(undefined);
  const matched = await matchBackupSecret(context, key, info.value);
  if (matched.ok) wipe(matched.value);
  // One that is only missing can be stored afterwards; the identity's keys are worth it.
  const isMissing =
    !matched.ok &&
    matched.error.kind === "secret_storage" &&
    matched.error.reason === "backup_key_missing";
  return matched.ok || isMissing ? ok(undefined) : matched;
}
