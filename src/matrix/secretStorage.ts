import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import {
  calculateKeyCheck,
  SECRET_STORAGE_ALGORITHM_V1_AES,
  trimTrailingEquals,
} from "matrix-js-sdk/lib/secret-storage";
import decryptItem from "matrix-js-sdk/lib/utils/decryptAESSecretStorageItem";
import encryptItem from "matrix-js-sdk/lib/utils/encryptAESSecretStorageItem";
import { isObject } from "./errorOfAnswer";
import { isNotFound } from "./roomKeysApi";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

/*
 * Secret storage by fresh reads and writes (Client-Server API, "Secrets"). The SDK's own reads
 * answer from the last sync once it runs, which proves nothing about the server, and its key
 * check says yes to every key when the description carries no MAC.
 */

export const BACKUP_SECRET = "m.megolm_backup.v1";
export const CROSS_SIGNING_SECRETS = [
  "m.cross_signing.master",
  "m.cross_signing.self_signing",
  "m.cross_signing.user_signing",
] as const;

export type SecretName = typeof BACKUP_SECRET | (typeof CROSS_SIGNING_SECRETS)[number];

/** What the server says about the default key. */
export type DefaultKey =
  | { readonly kind: "absent" }
  | { readonly kind: "broken"; readonly keyId: string | null }
  | {
      readonly kind: "present";
      readonly keyId: string;
      readonly iv: string | null;
      readonly mac: string | null;
    };

/** A secret storage key together with the id it is known by. Secret. */
export interface StorageKey {
  readonly keyId: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

interface EncryptedSecret {
  readonly iv: string;
  readonly ciphertext: string;
  readonly mac: string;
}

type Requests = Pick<SessionContext, "request" | "user">;

/** Content of one account data event by a fresh GET. null when there is none, or it was blanked to `{}`. */
export async function readAccountData(
  context: Requests,
  type: string,
): Promise<Result<Readonly<Record<string, unknown>> | null, AppError>> {
  const content = await readAccountDataAsIs(context, type);
  if (!content.ok) return content;
  return ok(content.value === "blanked" ? null : content.value);
}

/** As `readAccountData`, but "blanked" for `{}`: account data cannot be deleted, only emptied. */
export async function readAccountDataAsIs(
  context: Requests,
  type: string,
): Promise<Result<Readonly<Record<string, unknown>> | "blanked" | null, AppError>> {
  const answer = await context.request("GET", accountDataPath(context, type));
  if (!answer.ok) return isNotFound(answer.error) ? ok(null) : answer;
  if (!isObject(answer.value)) return fail({ kind: "not_matrix", detail: "account data" });
  return ok(Object.keys(answer.value).length === 0 ? "blanked" : answer.value);
}

export async function writeAccountData(
  context: Requests,
  type: string,
  content: Readonly<Record<string, unknown>>,
): Promise<Result<void, AppError>> {
  const answer = await context.request("PUT", accountDataPath(context, type), { body: content });
  return answer.ok ? ok(undefined) : answer;
}

export async function readDefaultKey(context: Requests): Promise<Result<DefaultKey, AppError>> {
  const pointer = await readAccountData(context, "m.secret_storage.default_key");
  if (!pointer.ok) return pointer;
  if (pointer.value === null) return ok({ kind: "absent" });
  const { key: keyId } = pointer.value;
  if (typeof keyId !== "string" || keyId === "") return ok({ kind: "broken", keyId: null });
  return readKeyDescription(context, keyId);
}

/** The description of one key; "broken" when it is missing, blanked or of an unknown algorithm. */
export async function readKeyDescription(
  context: Requests,
  keyId: string,
): Promise<Result<DefaultKey, AppError>> {
  const description = await readAccountData(context, keyType(keyId));
  if (!description.ok) return description;
  if (description.value?.algorithm !== SECRET_STORAGE_ALGORITHM_V1_AES) {
    return ok({ kind: "broken", keyId });
  }
  const { iv, mac } = description.value;
  return ok({
    kind: "present",
    keyId,
    iv: typeof iv === "string" && iv !== "" ? iv : null,
    mac: typeof mac === "string" && mac !== "" ? mac : null,
  });
}

/**
 * Whether a key is the one described. "unproven" when the description has no usable check value:
 * then only a secret that decrypts is a proof, because its own MAC cannot be met by another key.
 */
export async function checkStorageKey(
  description: { readonly iv: string | null; readonly mac: string | null },
  bytes: Uint8Array<ArrayBuffer>,
): Promise<"match" | "no_match" | "unproven"> {
  const { iv, mac } = description;
  if (iv === null || mac === null) return "unproven";
  const check = await attempt(() => calculateKeyCheck(bytes, iv));
  if (!check.ok) return "unproven";
  return trimTrailingEquals(check.value.mac) === trimTrailingEquals(mac) ? "match" : "no_match";
}

/** Writes the description of a new key. It does nothing until it is made the default. */
export async function writeKeyDescription(
  context: Requests,
  key: StorageKey,
): Promise<Result<void, AppError>> {
  const { iv, mac } = await calculateKeyCheck(key.bytes);
  const content = { algorithm: SECRET_STORAGE_ALGORITHM_V1_AES, iv, mac };
  return writeAccountData(context, keyType(key.keyId), content);
}

/** A secret as stored under the key, still encrypted. What is there and is no secret is "malformed". */
export async function readEncryptedSecret(
  context: Requests,
  name: string,
  keyId: string,
): Promise<Result<EncryptedSecret | "absent" | "malformed", AppError>> {
  const content = await readAccountData(context, name);
  if (!content.ok) return content;
  const encrypted = content.value?.encrypted;
  if (encrypted === undefined) return ok("absent");
  if (!isObject(encrypted)) return ok("malformed");
  if (!Object.hasOwn(encrypted, keyId)) return ok("absent");
  const entry = encrypted[keyId];
  return ok(isEncryptedSecret(entry) ? entry : "malformed");
}

/** The secret's text, or null when its MAC does not fit the key. */
async function decryptSecret(
  name: string,
  secret: EncryptedSecret,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<string | null> {
  const { iv, ciphertext, mac } = secret;
  const text = await attempt(() => decryptItem({ iv, ciphertext, mac }, bytes, name));
  return text.ok ? text.value : null;
}

/** What stands in secret storage under the key: its text, "absent", or "unreadable". */
export async function readSecret(
  context: Requests,
  name: string,
  key: StorageKey,
): Promise<Result<{ readonly text: string } | "absent" | "unreadable", AppError>> {
  const secret = await readEncryptedSecret(context, name, key.keyId);
  if (!secret.ok) return secret;
  if (secret.value === "absent") return ok("absent");
  if (secret.value === "malformed") return ok("unreadable");
  const text = await decryptSecret(name, secret.value, key.bytes);
  return ok(text === null ? "unreadable" : { text });
}

/**
 * Stores a secret under the key, then reads it back from the server and opens it. Copies that
 * stand there under other keys are kept. What stands there under this key is overwritten only when
 * it is the text that the caller read and means to replace; else: `changed_meanwhile`.
 */
export async function storeSecret(
  context: Requests,
  name: string,
  text: string,
  key: StorageKey,
  options: {
    readonly replaces?: string;
    /** Public facts that stand beside the secret, in the clear. */
    readonly facts?: Readonly<Record<string, string | null>>;
  } = {},
): Promise<Result<void, AppError>> {
  const there = await readSecret(context, name, key);
  if (!there.ok) return there;
  const isReplaceable =
    typeof there.value === "object" && [text, options.replaces].includes(there.value.text);
  if (there.value !== "absent" && !isReplaceable) {
    return fail({ kind: "secret_storage", reason: "changed_meanwhile" });
  }
  const before = await readAccountData(context, name);
  if (!before.ok) return before;
  const entries = encryptedEntries(before.value);
  entries.set(key.keyId, await encryptItem(text, key.bytes, name));
  const content = {
    ...before.value,
    ...options.facts,
    encrypted: Object.fromEntries(entries),
  };
  const written = await writeAccountData(context, name, content);
  if (!written.ok) return written;
  const after = await readSecret(context, name, key);
  if (!after.ok) return after;
  return typeof after.value === "object" && after.value.text === text
    ? ok(undefined)
    : fail({ kind: "secret_storage", reason: "read_back_failed" });
}

/**
 * Takes the copy of a secret that stands under one key away, and reads back that it is gone; copies
 * under other keys stay. The caller has made sure that the secret is somewhere else, or of no use.
 */
export async function removeSecretCopy(
  context: Requests,
  name: string,
  keyId: string,
): Promise<Result<void, AppError>> {
  const before = await readAccountData(context, name);
  if (!before.ok) return before;
  const entries = encryptedEntries(before.value);
  if (!entries.delete(keyId)) return ok(undefined);
  // Account data cannot be deleted: an empty object stands for none.
  const content =
    entries.size === 0 ? {} : { ...before.value, encrypted: Object.fromEntries(entries) };
  const written = await writeAccountData(context, name, content);
  if (!written.ok) return written;
  const after = await readEncryptedSecret(context, name, keyId);
  if (!after.ok) return after;
  return after.value === "absent"
    ? ok(undefined)
    : fail({ kind: "secret_storage", reason: "read_back_failed" });
}

/** Takes a key's description away. Nothing may be stored under the key any more. */
export function blankKeyDescription(
  context: Requests,
  keyId: string,
): Promise<Result<void, AppError>> {
  return writeAccountData(context, keyType(keyId), {});
}

export function encryptedEntries(
  content: Readonly<Record<string, unknown>> | null,
): Map<string, unknown> {
  return new Map(isObject(content?.encrypted) ? Object.entries(content.encrypted) : []);
}

function isEncryptedSecret(value: unknown): value is EncryptedSecret {
  return (
    isObject(value) &&
    [value.iv, value.ciphertext, value.mac].every((part) => typeof part === "string" && part !== "")
  );
}

function keyType(keyId: string): string {
  return `m.secret_storage.key.${keyId}`;
}

function accountDataPath(context: Requests, type: string): string {
  const userId = encodeURIComponent(context.user.userId);
  return `/user/${userId}/account_data/${encodeURIComponent(type)}`;
}
