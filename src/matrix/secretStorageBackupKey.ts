import type { BackupInfo } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { decodeBase64 } from "matrix-js-sdk/lib/base64";
import { backupPublicKeyOf } from "./olmMachine";
import { BACKUP_SECRET, readSecret, type StorageKey } from "./secretStorage";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

/** 32 bytes in base64, with or without its padding. */
const SECRET_SHAPE = /^[A-Za-z0-9+/]{43}=?$/;

/** The decryption key inside the text of `m.megolm_backup.v1`, or null when it is not one. */
export function decodeBackupSecret(text: string): Uint8Array<ArrayBuffer> | null {
  const trimmed = text.trim();
  if (!SECRET_SHAPE.test(trimmed)) return null;
  const bytes = decodeBase64(trimmed);
  return bytes.length === 32 ? bytes : null;
}

/**
 * The backup decryption key from secret storage, after its public key was compared with the
 * backup's. Caches nothing. The caller zeroes the bytes.
 */
export async function matchBackupSecret(
  context: Pick<SessionContext, "request" | "user">,
  key: StorageKey,
  backup: Pick<BackupInfo, "publicKey">,
): Promise<Result<Uint8Array<ArrayBuffer>, AppError>> {
  const secret = await readSecret(context, BACKUP_SECRET, key);
  if (!secret.ok) return secret;
  if (secret.value === "absent") {
    return fail({ kind: "secret_storage", reason: "backup_key_missing" });
  }
  const bytes = secret.value === "unreadable" ? null : decodeBackupSecret(secret.value.text);
  if (bytes === null) return fail({ kind: "secret_storage", reason: "backup_key_malformed" });
  const derived = await attempt(() => backupPublicKeyOf(bytes));
  if (derived.ok && derived.value === backup.publicKey) return ok(bytes);
  bytes.fill(0);
  return derived.ok ? fail({ kind: "recovery_key", problem: { reason: "other_backup" } }) : derived;
}

/** Whether the key in its place is the one of the backup. What could not be read is an error. */
export async function fitsBackup(
  context: Pick<SessionContext, "request" | "user">,
  key: StorageKey,
  backup: Pick<BackupInfo, "publicKey">,
): Promise<Result<boolean, AppError>> {
  const matched = await matchBackupSecret(context, key, backup);
  if (matched.ok) {
    matched.value.fill(0);
    return ok(true);
  }
  const isOther = matched.error.kind === "secret_storage" || matched.error.kind === "recovery_key";
  return isOther ? ok(false) : matched;
}
