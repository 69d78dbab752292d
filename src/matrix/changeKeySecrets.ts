import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { wipe } from "@/lib/bytes";
import { encodeBase64 } from "matrix-js-sdk/lib/base64";
import { trimTrailingEquals } from "matrix-js-sdk/lib/secret-storage";
import { listSecretsUnder } from "./accountDataList";
import { fetchBackupInfo } from "./roomKeysApi";
import {
  BACKUP_SECRET,
  CROSS_SIGNING_SECRETS,
  readSecret,
  storeSecret,
  type StorageKey,
} from "./secretStorage";
import type { SessionContext } from "./sessionContext";
import { readHeldKey } from "./setUpBackupKey";
import { exportIdentitySecrets } from "./setUpSecretStorage";
import { attempt } from "./toAppError";

const CHANGED: AppError = { kind: "secret_storage", reason: "changed_meanwhile" };

/** How many secrets have a copy under the new key that says the same, and how many cannot be read. */
export interface SecretTally {
  readonly secrets: number;
  readonly left: number;
}

/** Copies everything that the old key opens to the new key. One that it does not open is left alone. */
export async function copySecrets(
  context: SessionContext,
  oldKey: StorageKey,
  newKey: StorageKey,
): Promise<Result<void, AppError>> {
  const names = await listSecretsUnder(context, oldKey.keyId);
  if (!names.ok) return names;
  for (const name of names.value) {
    const secret = await readSecret(context, name, oldKey);
    if (!secret.ok) return secret;
    if (typeof secret.value !== "object") continue;
    const there = await readSecret(context, name, newKey);
    if (!there.ok) return there;
    if (typeof there.value === "object" && there.value.text === secret.value.text) continue;
    // A copy of ours of a secret that has changed since: the old key has the newer one.
    const replaces = typeof there.value === "object" ? { replaces: there.value.text } : {};
    const stored = await storeSecret(context, name, secret.value.text, newKey, replaces);
    if (!stored.ok) return stored;
  }
  return ok(undefined);
}

/** Opens every secret with both keys and compares; one without an equal copy is `changed_meanwhile`. */
export async function compareSecrets(
  context: SessionContext,
  oldKey: StorageKey,
  newKey: StorageKey,
): Promise<Result<SecretTally, AppError>> {
  const names = await listSecretsUnder(context, oldKey.keyId);
  if (!names.ok) return names;
  const tally = { secrets: 0, left: 0 };
  for (const name of names.value) {
    const secret = await readSecret(context, name, oldKey);
    if (!secret.ok) return secret;
    if (typeof secret.value !== "object") {
      tally.left += 1;
      continue;
    }
    const copy = await readSecret(context, name, newKey);
    if (!copy.ok) return copy;
    if (typeof copy.value !== "object" || copy.value.text !== secret.value.text) {
      return fail(CHANGED);
    }
    tally.secrets += 1;
  }
  return ok(tally);
}

/** The identity's private keys and the backup's decryption key as this device holds them. Secret. */
export async function readOwnSecrets(
  context: SessionContext,
): Promise<Result<ReadonlyMap<string, string> | null, AppError>> {
  const identity = await attempt(() => exportIdentitySecrets(context));
  if (!identity.ok) return identity;
  const found = new Map<string, string>();
  for (const [index, name] of CROSS_SIGNING_SECRETS.entries()) {
    const text = identity.value[index];
    if (text === undefined) return ok(null);
    found.set(name, text);
  }
  const info = await fetchBackupInfo(context);
  if (!info.ok) return info;
  if (info.value === null) return ok(found);
  const held = await readHeldKey(context, info.value);
  if (!held.ok) return held;
  if (held.value === null) return ok(null);
  found.set(BACKUP_SECRET, encodeBase64(held.value));
  wipe(held.value);
  return ok(found);
}

/** Stores what this device holds under the new key. Null-handed: `identity` or `decryption_key`. */
export async function storeOwnSecrets(
  context: SessionContext,
  newKey: StorageKey,
): Promise<Result<SecretTally, AppError>> {
  const own = await readOwnSecrets(context);
  if (!own.ok) return own;
  if (own.value === null) return fail({ kind: "identity", reason: "held_elsewhere" });
  for (const [name, text] of own.value) {
    const there = await readSecret(context, name, newKey);
    if (!there.ok) return there;
    const isThere = typeof there.value === "object";
    if (isThere && isSameKey(there.value.text, text)) continue;
    const replaces = isThere ? { replaces: there.value.text } : {};
    const stored = await storeSecret(context, name, text, newKey, replaces);
    if (!stored.ok) return stored;
  }
  return compareOwnSecrets(context, newKey);
}

/**
 * Whether the new key opens its copy of everything that it has one of, by the names under the old
 * key and the well-known ones. Without the old key no more can be compared; what has no copy is left.
 */
export async function checkCopies(
  context: SessionContext,
  oldKeyId: string,
  newKey: StorageKey,
): Promise<Result<SecretTally, AppError>> {
  const old = await listSecretsUnder(context, oldKeyId);
  if (!old.ok) return old;
  const copied = await listSecretsUnder(context, newKey.keyId);
  if (!copied.ok) return copied;
  for (const name of copied.value) {
    const copy = await readSecret(context, name, newKey);
    if (!copy.ok) return copy;
    if (typeof copy.value !== "object") return fail(CHANGED);
  }
  const left = old.value.filter((name) => !copied.value.includes(name)).length;
  return copied.value.length === 0 ? fail(CHANGED) : ok({ secrets: copied.value.length, left });
}

/** Opens what the new key has and compares it with what this device holds. */
async function compareOwnSecrets(
  context: SessionContext,
  newKey: StorageKey,
): Promise<Result<SecretTally, AppError>> {
  const own = await readOwnSecrets(context);
  if (!own.ok) return own;
  if (own.value === null) return fail({ kind: "identity", reason: "held_elsewhere" });
  for (const [name, text] of own.value) {
    const copy = await readSecret(context, name, newKey);
    if (!copy.ok) return copy;
    if (typeof copy.value !== "object" || !isSameKey(copy.value.text, text)) return fail(CHANGED);
  }
  return ok({ secrets: own.value.size, left: 0 });
}

/** Apps write the same bytes with and without padding. */
function isSameKey(one: string, other: string): boolean {
  return trimTrailingEquals(one.trim()) === trimTrailingEquals(other.trim());
}
