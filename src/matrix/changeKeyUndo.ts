import type { ChangeKeyUndo } from "@/domain/changes";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { listSecretsUnder } from "./accountDataList";
import { noteKeyChange, readKeyChange, type KeyChange } from "./changeKeyJournal";
import { movePointer } from "./changeKeyRun";
import {
  blankKeyDescription,
  readDefaultKey,
  readKeyDescription,
  readSecret,
  removeSecretCopy,
  type StorageKey,
} from "./secretStorage";
import { proveKey } from "./secretStorageUnlock";
import type { SessionContext } from "./sessionContext";

const CHANGED: AppError = { kind: "secret_storage", reason: "changed_meanwhile" };

/**
 * Goes back to the old recovery key. While it is still the one in use, only the new key's copies
 * are taken away, which needs no key at all. Once the pointer was moved, the old key is proven to
 * open everything before the pointer goes back.
 */
export async function undoKeyChange(
  context: SessionContext,
  oldBytes: Uint8Array<ArrayBuffer> | null,
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
    const back = await moveBack(context, change, oldBytes);
    if (!back.ok) return back;
  }
  return removeNewKey(context, change);
}

async function moveBack(
  context: SessionContext,
  change: KeyChange,
  oldBytes: Uint8Array<ArrayBuffer> | null,
): Promise<Result<void, AppError>> {
  if (oldBytes === null) return fail({ kind: "recovery_key", problem: { reason: "empty" } });
  const description = await readKeyDescription(context, change.oldKeyId);
  if (!description.ok) return description;
  if (description.value.kind !== "present") return fail(CHANGED);
  const oldKey = await proveKey(context, description.value, oldBytes);
  if (!oldKey.ok) return oldKey;
  const complete = await opensAll(context, oldKey.value, change.newKeyId);
  if (!complete.ok) return complete;
  return movePointer(context, change.newKeyId, change.oldKeyId);
}

/** Whatever has a copy under the new key has one that the old key opens. */
async function opensAll(
  context: SessionContext,
  oldKey: StorageKey,
  newKeyId: string,
): Promise<Result<void, AppError>> {
  const names = await listSecretsUnder(context, newKeyId);
  if (!names.ok) return names;
  for (const name of names.value) {
    const secret = await readSecret(context, name, oldKey);
    if (!secret.ok) return secret;
    if (typeof secret.value !== "object") return fail(CHANGED);
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
