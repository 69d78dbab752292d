import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import {
  BACKUP_SECRET,
  checkStorageKey,
  CROSS_SIGNING_SECRETS,
  readDefaultKey,
  readSecret,
  type DefaultKey,
  type StorageKey,
} from "./secretStorage";
import type { SessionContext } from "./sessionContext";

type Requests = Pick<SessionContext, "request" | "user">;

/** The recovery key as the default key of secret storage, proven by the server's own data. */
export async function openDefaultKey(
  context: Requests,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Result<StorageKey, AppError>> {
  const defaultKey = await readDefaultKey(context);
  if (!defaultKey.ok) return defaultKey;
  if (defaultKey.value.kind === "present") return proveKey(context, defaultKey.value, bytes);
  const reason = defaultKey.value.kind === "absent" ? "not_set_up" : "default_key_broken";
  return fail({ kind: "secret_storage", reason });
}

/** Proves that the bytes are the described key, by its check value or by a secret they open. */
export async function proveKey(
  context: Requests,
  description: Extract<DefaultKey, { kind: "present" }>,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Result<StorageKey, AppError>> {
  const key: StorageKey = { keyId: description.keyId, bytes };
  const mismatch: AppError = {
    kind: "recovery_key",
    problem: { reason: "does_not_match", keyId: description.keyId },
  };
  const check = await checkStorageKey(description, bytes);
  if (check === "match") return ok(key);
  if (check === "no_match") return fail(mismatch);
  let secrets = 0;
  for (const name of [BACKUP_SECRET, ...CROSS_SIGNING_SECRETS] as const) {
    const secret = await readSecret(context, name, key);
    if (!secret.ok) return secret;
    if (typeof secret.value === "object") return ok(key);
    if (secret.value === "unreadable") secrets += 1;
  }
  // Without a check value and without a secret there is nothing any key could be proven by.
  return secrets > 0
    ? fail(mismatch)
    : fail({ kind: "secret_storage", reason: "default_key_broken" });
}
