import type { BackupInfo } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { isObject } from "./errorOfAnswer";
import type { FoundKey } from "./findKey";
import { findOlderBackup } from "./olderBackup";
import { BACKUP_SECRET, readAccountDataAsIs, type StorageKey } from "./secretStorage";
import { readBackupSecret } from "./secretStorageBackupKey";
import type { SessionContext } from "./sessionContext";

type Requests = Pick<SessionContext, "request" | "requestStream" | "user">;

/**
 * The backup's decryption key that a found key leads to, its public key compared with the backup's.
 * The error tells apart why there is none: never stored, removed, stored under another key,
 * damaged, of an older backup, of another one. Caches nothing; the caller zeroes the bytes.
 */
export async function backupKeyOf(
  context: Requests,
  found: FoundKey & { readonly storageKey: StorageKey },
  backup: BackupInfo,
): Promise<Result<Uint8Array<ArrayBuffer>, AppError>> {
  const secret = await readBackupSecret(context, found.storageKey);
  if (!secret.ok) {
    const { error } = secret;
    const isMissing = error.kind === "secret_storage" && error.reason === "backup_key_missing";
    return isMissing ? explainMissing(context, found) : secret;
  }
  const { bytes, publicKey } = secret.value;
  if (publicKey === backup.publicKey) return ok(bytes);
  bytes.fill(0);
  const older = await findOlderBackup(context, publicKey, backup.version);
  // That it is another backup's holds, whether or not the server says which.
  return older.ok && older.value !== null
    ? fail({
        kind: "recovery_key",
        problem: { reason: "older_backup", version: older.value, of: "secret" },
      })
    : fail({ kind: "recovery_key", problem: { reason: "other_backup" } });
}

async function explainMissing(
  context: Requests,
  { openedBy }: FoundKey,
): Promise<Result<never, AppError>> {
  const content = await readAccountDataAsIs(context, BACKUP_SECRET);
  if (!content.ok) return content;
  if (content.value === "blanked") {
    return fail({ kind: "secret_storage", reason: "backup_key_blanked" });
  }
  const encrypted = content.value?.encrypted;
  if (!isObject(encrypted) || Object.keys(encrypted).length === 0) {
    return fail({ kind: "secret_storage", reason: "backup_key_missing" });
  }
  return openedBy.kind === "storage_key" && !openedBy.isDefault
    ? fail({
        kind: "recovery_key",
        problem: { reason: "former_key", name: openedBy.name },
      })
    : fail({ kind: "secret_storage", reason: "backup_key_elsewhere" });
}
