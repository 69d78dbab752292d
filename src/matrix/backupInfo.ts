import type { BackupInfo, BackupVersion } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { decodeBase64, encodeUnpaddedBase64 } from "matrix-js-sdk/lib/base64";
import { isObject } from "./errorOfAnswer";

/** Unpadded base64 of 32 bytes. */
const KEY_SHAPE = /^[A-Za-z0-9+/]{43}$/;

/** Visible ASCII: nothing that a screen hides, stacks or shows in another order. */
const VERSION = /^[!-~]{1,64}$/;
const ALGORITHM = /^[!-~]{1,255}$/;
const ETAG = /^[ -~]{0,255}$/;

/**
 * Whether the value can be a backup version. To the spec it is any string; it is shown to people and
 * compared by them, so ours is 1 to 64 visible ASCII characters (servers count, or use ids).
 */
export function isBackupVersion(value: unknown): value is BackupVersion {
  return typeof value === "string" && VERSION.test(value);
}

/**
 * Reads the body of `GET /room_keys/version` (Client-Server API, "Server-side key backups").
 * A body that lacks a field of the spec, or has text in it that must not be shown, is "not_matrix":
 * nothing is guessed from half an answer.
 */
export function parseBackupInfo(body: unknown): Result<BackupInfo, AppError> {
  if (!isObject(body)) return notMatrix("not an object");
  const { version, algorithm, auth_data: authData, count, etag } = body;
  if (!isBackupVersion(version)) return notMatrix("no usable version");
  if (typeof algorithm !== "string" || !ALGORITHM.test(algorithm)) {
    return notMatrix("no usable algorithm");
  }
  if (!isObject(authData)) return notMatrix("no auth_data");
  if (typeof count !== "number" || !Number.isSafeInteger(count) || count < 0) {
    return notMatrix("no count");
  }
  if (typeof etag !== "string" || !ETAG.test(etag)) return notMatrix("no usable etag");
  const publicKey = isPublicKey(authData.public_key) ? authData.public_key : null;
  return ok({ version, algorithm, publicKey, count, etag, authData });
}

/**
 * Whether the value is a usable curve25519 public key: 32 bytes, not all zero (encrypting to the
 * zero key would be readable by everyone), in the one spelling base64 has for them.
 */
function isPublicKey(value: unknown): value is string {
  if (typeof value !== "string" || !KEY_SHAPE.test(value)) return false;
  const bytes = decodeBase64(value);
  return (
    bytes.length === 32 && bytes.some((byte) => byte !== 0) && encodeUnpaddedBase64(bytes) === value
  );
}

function notMatrix(detail: string): Result<BackupInfo, AppError> {
  return fail({ kind: "not_matrix", detail: `backup version: ${detail}` });
}

/** Whether two reads are of the same version with the same key, and nothing came or went in between. */
export function isUnchanged(before: BackupInfo, after: BackupInfo): boolean {
  return (
    before.version === after.version &&
    before.publicKey === after.publicKey &&
    before.etag === after.etag &&
    before.count === after.count
  );
}
