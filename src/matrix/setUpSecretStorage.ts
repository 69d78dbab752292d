import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { secureRandomString } from "matrix-js-sdk/lib/randomstring";
import { trimTrailingEquals } from "matrix-js-sdk/lib/secret-storage";
import { olmMachineOf, withFreed } from "./olmMachine";
import {
  checkStorageKey,
  CROSS_SIGNING_SECRETS,
  readDefaultKey,
  readKeyDescription,
  readSecret,
  storeSecret,
  writeAccountData,
  writeKeyDescription,
  type StorageKey,
} from "./secretStorage";
import type { SessionContext } from "./sessionContext";
import { confirmDefaultKeyIsFree } from "./setUpWitness";
import { attempt } from "./toAppError";

/** What a repeated run may take up where the one before stopped. Ids only, nothing secret. */
export interface SetUpMemory {
  /** A key description that was written but not made the default. */
  unfinishedKeyId: string | null;
}

const READ_BACK_FAILED: AppError = { kind: "secret_storage", reason: "read_back_failed" };

/**
 * Makes secret storage with the recovery key as its default key: first the key's description, read
 * back and checked, then the pointer to it, so that the pointer never leads nowhere.
 */
export async function createSecretStorage(
  context: SessionContext,
  bytes: Uint8Array<ArrayBuffer>,
  memory: SetUpMemory,
): Promise<Result<StorageKey, AppError>> {
  const free = await confirmDefaultKeyIsFree(context);
  if (!free.ok) return free;
  const described = await describeKey(context, bytes, memory);
  if (!described.ok) return described;
  const key = described.value;
  // Once more: between the two looks something was written, and somebody else may have been faster.
  const stillFree = await confirmDefaultKeyIsFree(context);
  if (!stillFree.ok) return stillFree;
  const pointed = await writeAccountData(context, "m.secret_storage.default_key", {
    key: key.keyId,
  });
  if (!pointed.ok) return pointed;
  const after = await readDefaultKey(context);
  if (!after.ok) return after;
  if (after.value.kind !== "present") return fail(READ_BACK_FAILED);
  const { keyId } = after.value;
  if (keyId !== key.keyId) {
    return fail({ kind: "recovery_key", problem: { reason: "does_not_match", keyId } });
  }
  memory.unfinishedKeyId = null;
  return ok(key);
}

/** Writes the key's description and reads it back, or takes up one that an earlier run has left. */
export async function describeKey(
  context: SessionContext,
  bytes: StorageKey["bytes"],
  memory: SetUpMemory,
): Promise<Result<StorageKey, AppError>> {
  if (memory.unfinishedKeyId !== null) {
    const unfinished: StorageKey = { keyId: memory.unfinishedKeyId, bytes };
    if (await isDescribed(context, unfinished)) return ok(unfinished);
  }
  // Never the id of a description that is not this key's: that would take another key's away.
  const key: StorageKey = { keyId: secureRandomString(32), bytes };
  // Noted first: an answer that gets lost may still have written it.
  memory.unfinishedKeyId = key.keyId;
  const written = await writeKeyDescription(context, key);
  if (!written.ok) return written;
  return (await isDescribed(context, key)) ? ok(key) : fail(READ_BACK_FAILED);
}

/** Whether the server has a description that the key fits, by its check value. */
export async function isDescribed(context: SessionContext, key: StorageKey): Promise<boolean> {
  const description = await readKeyDescription(context, key.keyId);
  return (
    description.ok &&
    description.value.kind === "present" &&
    (await checkStorageKey(description.value, key.bytes)) === "match"
  );
}

/**
 * Stores the private cross-signing keys held here, those that are not there yet. One that is there
 * and differs, or cannot be read, is left alone.
 */
export async function storeIdentitySecrets(
  context: SessionContext,
  key: StorageKey,
): Promise<Result<void, AppError>> {
  const secrets = await attempt(() => exportIdentitySecrets(context));
  if (!secrets.ok) return secrets;
  for (const [index, name] of CROSS_SIGNING_SECRETS.entries()) {
    const text = secrets.value[index];
    if (text === undefined) return fail({ kind: "identity", reason: "held_elsewhere" });
    const there = await readSecret(context, name, key);
    if (!there.ok) return there;
    if (there.value !== "absent") {
      if (typeof there.value === "object" && isSameKey(there.value.text, text)) continue;
      return fail({ kind: "identity", reason: "not_imported" });
    }
    const stored = await storeSecret(context, name, text, key);
    if (!stored.ok) return stored;
  }
  return ok(undefined);
}

/** Apps write the same bytes with and without padding. */
function isSameKey(one: string, other: string): boolean {
  return trimTrailingEquals(one.trim()) === trimTrailingEquals(other.trim());
}

/** The private identity keys, in the order of CROSS_SIGNING_SECRETS; undefined where this device does not hold the key. */
export async function exportIdentitySecrets(
  context: SessionContext,
): Promise<readonly (string | undefined)[]> {
  const machine = await olmMachineOf(context);
  const exported = await machine.exportCrossSigningKeys();
  if (exported === undefined) return [];
  return withFreed(exported, (keys) => [
    keys.masterKey,
    keys.self_signing_key,
    keys.userSigningKey,
  ]);
}
