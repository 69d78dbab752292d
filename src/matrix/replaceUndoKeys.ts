import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { wipe } from "@/lib/bytes";
import { encodeBase64 } from "matrix-js-sdk/lib/base64";
import { isKept, keepBackupKey, readKeptKey } from "./keptBackupKey";
import type { Replacement } from "./replaceJournal";
import {
  BACKUP_SECRET,
  readSecret,
  removeSecretCopy,
  storeSecret,
  type StorageKey,
} from "./secretStorage";
import { fitsBackup, matchBackupSecret } from "./secretStorageBackupKey";
import type { SessionContext } from "./sessionContext";
import { readHeldKey } from "./setUpBackupKey";

/* The decryption keys of both versions on the way back: which has the one place, and which is kept. */

/**
 * The old version's key is in secret storage: in its place, kept, or put there now from this device.
 * Going back to a version that nobody can open would take away the one that can be.
 */
export async function secureOldKey(
  context: SessionContext,
  storageKey: StorageKey,
  { oldVersion, oldPublicKey }: Replacement,
): Promise<Result<void, AppError>> {
  const absent = fail({ kind: "decryption_key", reason: "absent" } as const);
  if (oldPublicKey === null) return absent;
  const kept = await readKeptKey(context, storageKey, oldPublicKey);
  if (!kept.ok) return kept;
  wipe(kept.value);
  if (kept.value !== null) return ok(undefined);
  const inPlace = await fitsBackup(context, storageKey, { publicKey: oldPublicKey });
  if (!inPlace.ok) return inPlace;
  if (inPlace.value) return ok(undefined);
  const held = await readHeldKey(context, { publicKey: oldPublicKey });
  if (!held.ok) return held;
  if (held.value === null) return absent;
  const about = { version: oldVersion, replaces: null };
  const secured = await keepBackupKey(context, storageKey, held.value, about);
  wipe(held.value);
  return secured;
}

/** The key of before in its place again; what takes it away is kept. */
export async function restoreSecret(
  context: SessionContext,
  storageKey: StorageKey,
  { oldPublicKey, newPublicKey, secretBefore }: Replacement,
): Promise<Result<void, AppError>> {
  const there = await readSecret(context, BACKUP_SECRET, storageKey);
  if (!there.ok) return there;
  if (there.value === "unreadable") {
    return fail({ kind: "secret_storage", reason: "backup_key_malformed" });
  }
  const isNew = await fitsBackup(context, storageKey, { publicKey: newPublicKey });
  if (!isNew.ok) return isNew;
  // Never replaced, or replaced by somebody else since: either way it is not ours to change.
  if (!isNew.value && there.value !== "absent") return ok(undefined);
  if (isNew.value) {
    const kept = await keepNewKey(context, storageKey, newPublicKey);
    if (!kept.ok) return kept;
  }
  for (const publicKey of [oldPublicKey, secretBefore]) {
    if (publicKey === null) continue;
    const kept = await readKeptKey(context, storageKey, publicKey);
    if (!kept.ok) return kept;
    if (kept.value === null) continue;
    const text = encodeBase64(kept.value);
    wipe(kept.value);
    const replaces = typeof there.value === "object" ? { replaces: there.value.text } : {};
    return storeSecret(context, BACKUP_SECRET, text, storageKey, replaces);
  }
  return isNew.value ? removeSecretCopy(context, BACKUP_SECRET, storageKey.keyId) : ok(undefined);
}

/** A copy of the new key stays until the new version is gone, also where it was dropped already. */
async function keepNewKey(
  context: SessionContext,
  storageKey: StorageKey,
  newPublicKey: string,
): Promise<Result<void, AppError>> {
  const kept = await readKeptKey(context, storageKey, newPublicKey);
  if (!kept.ok) return kept;
  wipe(kept.value);
  if (kept.value !== null) return ok(undefined);
  const inPlace = await matchBackupSecret(context, storageKey, { publicKey: newPublicKey });
  if (!inPlace.ok) return inPlace;
  const about = { version: null, replaces: null };
  const again = await keepBackupKey(context, storageKey, inPlace.value, about);
  wipe(inPlace.value);
  return again;
}

/** Nobody else's secret is overwritten: only the one that was put there a moment ago. */
export async function putNewKeyBack(
  context: SessionContext,
  storageKey: StorageKey,
  { newPublicKey }: Replacement,
): Promise<Result<void, AppError>> {
  const there = await readSecret(context, BACKUP_SECRET, storageKey);
  if (!there.ok) return there;
  if (there.value === "unreadable") {
    return fail({ kind: "secret_storage", reason: "backup_key_malformed" });
  }
  const kept =
    there.value === "absent" ? ok(true) : await isKept(context, storageKey, there.value.text);
  if (!kept.ok || !kept.value) return kept.ok ? ok(undefined) : kept;
  const newKey = await readKeptKey(context, storageKey, newPublicKey);
  if (!newKey.ok) return newKey;
  if (newKey.value === null) return ok(undefined);
  const text = encodeBase64(newKey.value);
  wipe(newKey.value);
  const replaces = typeof there.value === "object" ? { replaces: there.value.text } : {};
  return storeSecret(context, BACKUP_SECRET, text, storageKey, replaces);
}
