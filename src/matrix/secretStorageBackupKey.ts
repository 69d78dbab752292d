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

/** The decryption key in secret storage, whichever backup it is of. The caller zeroes the bytes. */
export interface BackupSecret {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly publicKey: string;
}

/** The backup decryption key as it is stored under the key. Caches nothing. */
export async function readBackupSecret(
  context: Pick<SessionContext, "request" | "user">,
  key: StorageKey,
): Promise<Result<BackupSecret, AppError>> {
  const secret = await readSecret(context, BACKUP_SECRET, key);
  if (!secret.ok) return secret;
  if (secret.value === "absent") {
    return fail({ kind: "secret_storage", reason: "backup_key_missing" });
  }
  const bytes = secret.value === "unreadable" ? null : decodeBackupSecret(secret.value.text);
  if (bytes === null) return fail({ kind: "secret_storage", reason: "backup_key_malformed" });
  const publicKey = await attempt(() => backupPublicKeyOf(bytes));
  if (publicKey.ok) return ok({ bytes, publicKey: publicKey.value });
  bytes.fill(0);
  return publicKey;
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
  const secret = await readBackupSecret(context, key);
  if (!secret.ok) return secret;
  const { bytes, publicKey } = secret.value;
  if (publicKey === backup.publicKey) return ok(bytes);
  bytes.fill(0);
  return fail({ kind: "recovery_key", problem: { reason: "other_backup" } });
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
