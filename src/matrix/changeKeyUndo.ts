import type { ChangeKeyUndo } from "@/domain/changes";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { listSecretsUnder } from "./accountDataList";
import { noteKeyChange, readKeyChange, type KeyChange } from "./changeKeyJournal";
import { movePointer } from "./changeKeyRun";
import { proveIdentity } from "./identityProof";
import { fetchBackupInfo } from "./roomKeysApi";
import {
  blankKeyDescription,
  readDefaultKey,
  readKeyDescription,
  readSecret,
  removeSecretCopy,
  type StorageKey,
} from "./secretStorage";
import { fitsBackup } from "./secretStorageBackupKey";
import { proveKey } from "./secretStorageUnlock";
import type { SessionContext } from "./sessionContext";

const CHANGED: AppError = { kind: "secret_storage", reason: "changed_meanwhile" };

/**
 * Goes back to the old recovery key. While it is still the one in use, only the new key's copies
 * are taken away, which needs no key at all. Once the pointer was moved, the old key is proven to
 * open everything, and what it opens not to be out of date, before the pointer goes back. With the
 * new key at hand every secret is compared; without it what the server can vouch for.
 */
export async function undoKeyChange(
  context: SessionContext,
  oldBytes: Uint8Array<ArrayBuffer> | null,
  newBytes: Uint8Array<ArrayBuffer> | null = null,
): Promise<Result<ChangeKeyUndo, AppError>> {
  const journaled = await readKeyChange(context.journal);
  if (!journaled.ok) return journaled;
  const change = journaled.value;
  if (change === null) return ok({ kind: "left" });
  // Some of the old key's copies are gone.
  if (change.step === "retire") return fail(CHANGED);
  const defaultKey = await readDefaultKey(context);
  if (!defaultKey.ok) return defaultKey;
  const keyId = defaultKey.value.kind === "absent" ? null : defaultKey.value.keyId;
  if (keyId !== change.oldKeyId && keyId !== change.newKeyId) {
    // Another device has set up recovery anew. Every copy stays where it is.
    const cleared = await context.journal.clear();
    return cleared.ok ? ok({ kind: "left" }) : cleared;
  }
  if (keyId === change.newKeyId) {
    const back = await moveBack(context, change, oldBytes, newBytes);
    if (!back.ok) return back;
  }
  return removeNewKey(context, change);
}

async function moveBack(
  context: SessionContext,
  change: KeyChange,
  oldBytes: Uint8Array<ArrayBuffer> | null,
  newBytes: Uint8Array<ArrayBuffer> | null,
): Promise<Result<void, AppError>> {
  if (oldBytes === null) return fail({ kind: "recovery_key", problem: { reason: "empty" } });
  const description = await readKeyDescription(context, change.oldKeyId);
  if (!description.ok) return description;
  if (description.value.kind !== "present") return fail(CHANGED);
  const oldKey = await proveKey(context, description.value, oldBytes);
  if (!oldKey.ok) return oldKey;
  const newKey = await proveNewKey(context, change, newBytes);
  if (!newKey.ok) return newKey;
  const complete = await opensAll(context, oldKey.value, change.newKeyId, newKey.value);
  if (!complete.ok) return complete;
  const current = await confirmUpToDate(context, oldKey.value);
  if (!current.ok) return current;
  return movePointer(context, change.newKeyId, change.oldKeyId);
}

/** The new key, where what was given is it. */
async function proveNewKey(
  context: SessionContext,
  { newKeyId }: KeyChange,
  newBytes: Uint8Array<ArrayBuffer> | null,
): Promise<Result<StorageKey | null, AppError>> {
  if (newBytes === null) return ok(null);
  const description = await readKeyDescription(context, newKeyId);
  if (!description.ok) return description;
  if (description.value.kind !== "present") return fail(CHANGED);
  const proven = await proveKey(context, description.value, newBytes);
  return proven.ok || proven.error.kind !== "recovery_key" ? proven : ok(null);
}

/**
 * The old copies open what the account has now. Another device may have replaced the backup or the
 * identity meanwhile, and have told only the key that is in use.
 */
async function confirmUpToDate(
  context: SessionContext,
  oldKey: StorageKey,
): Promise<Result<void, AppError>> {
  const info = await fetchBackupInfo(context);
  if (!info.ok) return info;
  if (info.value !== null) {
    const fits = await fitsBackup(context, oldKey, info.value);
    if (!fits.ok) return fits;
    if (!fits.value) return fail(CHANGED);
  }
  const identity = await proveIdentity(context, oldKey);
  if (!identity.ok) return identity;
  return identity.value === "differs" ? fail(CHANGED) : ok(undefined);
}

/** Whatever has a copy under the new key has one that the old key opens, and that says the same. */
async function opensAll(
  context: SessionContext,
  oldKey: StorageKey,
  newKeyId: string,
  newKey: StorageKey | null,
): Promise<Result<void, AppError>> {
  const names = await listSecretsUnder(context, newKeyId);
  if (!names.ok) return names;
  for (const name of names.value) {
    const secret = await readSecret(context, name, oldKey);
    if (!secret.ok) return secret;
    if (typeof secret.value !== "object") return fail(CHANGED);
    if (newKey === null) continue;
    const copy = await readSecret(context, name, newKey);
    if (!copy.ok) return copy;
    if (typeof copy.value === "object" && copy.value.text !== secret.value.text) {
      return fail(CHANGED);
    }
  }
  return ok(undefined);
}

/** Takes the new key's copies and its description away. The one in use is not the new key. */
async function removeNewKey(
  context: SessionContext,
  change: KeyChange,
): Promise<Result<ChangeKeyUndo, AppError>> {
  const noted = await noteKeyChange(context, { ...change, step: "undo" });
  if (!noted.ok) return noted;
  const names = await listSecretsUnder(context, change.newKeyId);
  if (!names.ok) return names;
  for (const name of names.value) {
    const free = await confirmNotInUse(context, change);
    if (!free.ok) return free;
    const removed = await removeSecretCopy(context, name, change.newKeyId);
    if (!removed.ok) return removed;
  }
  const free = await confirmNotInUse(context, change);
  if (!free.ok) return free;
  const blanked = await blankKeyDescription(context, change.newKeyId);
  if (!blanked.ok) return blanked;
  const cleared = await context.journal.clear();
  return cleared.ok ? ok({ kind: "undone" }) : cleared;
}

async function confirmNotInUse(
  context: SessionContext,
  { oldKeyId }: KeyChange,
): Promise<Result<void, AppError>> {
  const now = await readDefaultKey(context);
  if (!now.ok) return now;
  return now.value.kind === "present" && now.value.keyId === oldKeyId
    ? ok(undefined)
    : fail(CHANGED);
}
