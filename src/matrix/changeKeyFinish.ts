import type { ChangeKeyProof } from "@/domain/changes";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { listSecretsUnder } from "./accountDataList";
import { noteKeyChange, readKeyChange } from "./changeKeyJournal";
import { checkCopies } from "./changeKeySecrets";
import {
  blankKeyDescription,
  readSecret,
  removeSecretCopy,
  type StorageKey,
} from "./secretStorage";
import { openDefaultKey } from "./secretStorageUnlock";
import type { SessionContext } from "./sessionContext";

const CHANGED: AppError = { kind: "secret_storage", reason: "changed_meanwhile" };

/**
 * Takes the old key's copies away, one by one, each only after the new key has opened its own copy
 * of the same secret. What has no copy under the new key stays, and with it the old key's
 * description: the old key may be all that opens it.
 */
export async function finishKeyChange(
  context: SessionContext,
  newBytes: Uint8Array<ArrayBuffer>,
): Promise<Result<ChangeKeyProof, AppError>> {
  const journaled = await readKeyChange(context.journal);
  if (!journaled.ok) return journaled;
  const change = journaled.value;
  if (change === null || !["switched", "retire"].includes(change.step)) return fail(CHANGED);
  const newKey = await openAs(context, newBytes, change.newKeyId);
  if (!newKey.ok) return newKey;
  const tally = await checkCopies(context, change.oldKeyId, newKey.value);
  if (!tally.ok) return tally;

  const noted = await noteKeyChange(context, { ...change, step: "retire" });
  if (!noted.ok) return noted;
  const names = await listSecretsUnder(context, change.oldKeyId);
  if (!names.ok) return names;
  for (const name of names.value) {
    const copy = await readSecret(context, name, newKey.value);
    if (!copy.ok) return copy;
    if (typeof copy.value !== "object") continue;
    const removed = await removeSecretCopy(context, name, change.oldKeyId);
    if (!removed.ok) return removed;
    const still = await readSecret(context, name, newKey.value);
    if (!still.ok) return still;
    if (typeof still.value !== "object") return fail(CHANGED);
  }

  const rest = await listSecretsUnder(context, change.oldKeyId);
  if (!rest.ok) return rest;
  if (rest.value.length === 0) {
    const current = await openAs(context, newBytes, change.newKeyId);
    if (!current.ok) return current;
    const blanked = await blankKeyDescription(context, change.oldKeyId);
    if (!blanked.ok) return blanked;
  }
  const cleared = await context.journal.clear();
  if (!cleared.ok) return cleared;
  const { secrets } = tally.value;
  return ok({ secrets, left: rest.value.length, keyId: change.newKeyId });
}

/** The given key as the default key, which has to have the given id. */
async function openAs(
  context: SessionContext,
  bytes: Uint8Array<ArrayBuffer>,
  keyId: string,
): Promise<Result<StorageKey, AppError>> {
  const opened = await openDefaultKey(context, bytes);
  if (!opened.ok) return opened;
  return opened.value.keyId === keyId ? opened : fail(CHANGED);
}
