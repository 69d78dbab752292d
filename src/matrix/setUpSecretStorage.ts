import type { AppError } from "@/domain/errors";
import type { RecoveryKey } from "@/domain/recoveryKey";
import { fail, ok, type Result } from "@/domain/result";
import { secureRandomString } from "matrix-js-sdk/lib/randomstring";
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
  recoveryKey: RecoveryKey,
  memory: SetUpMemory,
): Promise<Result<StorageKey, AppError>> {
  const { bytes } = recoveryKey;
  const key: StorageKey = { keyId: memory.unfinishedKeyId ?? secureRandomString(32), bytes };
  if (!(await isDescribed(context, key))) {
    // Noted first: an answer that gets lost may still have written it.
    memory.unfinishedKeyId = key.keyId;
    const written = await writeKeyDescription(context, key);
    if (!written.ok) return written;
    const description = await readKeyDescription(context, key.keyId);
    if (!description.ok) return description;
    const isRight =
      description.value.kind === "present" &&
      (await checkStorageKey(description.value, bytes)) === "match";
    if (!isRight) return fail(READ_BACK_FAILED);
  }
  const before = await readDefaultKey(context);
  if (!before.ok) return before;
  // Another device was faster: its key is the one to use.
  if (before.value.kind !== "absent") return fail(READ_BACK_FAILED);
  const pointed = await writeAccountData(context, "m.secret_storage.default_key", {
    key: key.keyId,
  });
  if (!pointed.ok) return pointed;
  const after = await readDefaultKey(context);
  if (!after.ok) return after;
  if (after.value.kind !== "present" || after.value.keyId !== key.keyId) {
    return fail(READ_BACK_FAILED);
  }
  memory.unfinishedKeyId = null;
  return ok(key);
}

async function isDescribed(context: SessionContext, key: StorageKey): Promise<boolean> {
  const description = await readKeyDescription(context, key.keyId);
  return (
    description.ok &&
    description.value.kind === "present" &&
    (await checkStorageKey(description.value, key.bytes)) === "match"
  );
}

/** Stores the private cross-signing keys held here, those that are not there yet. */
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
    if (typeof there.value === "object" && there.value.text === text) continue;
    const stored = await storeSecret(context, name, text, key);
    if (!stored.ok) return stored;
  }
  return ok(undefined);
}

/** In the order of CROSS_SIGNING_SECRETS; undefined where this device does not hold the key. */
async function exportIdentitySecrets(
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
