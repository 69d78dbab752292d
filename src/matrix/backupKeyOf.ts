import type { BackupInfo } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { isObject } from "./errorOfAnswer";
import type { FoundKey } from "./findKey";
import { readKeptKey } from "./keptBackupKey";
import { findOlderBackup } from "./olderBackup";
import { BACKUP_SECRET, readAccountDataAsIs, type StorageKey } from "./secretStorage";
import { readBackupSecret } from "./secretStorageBackupKey";
import type { SessionContext } from "./sessionContext";

type Requests = Pick<SessionContext, "request" | "requestStream" | "user">;

/**
 * The backup's decryption key that a found key leads to, its public key compared with the backup's:
 * the one in its place, or a kept one, for a version that has become the current one again.
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
    if (!isMissing) return secret;
    const kept = await readKept(context, found.storageKey, backup);
    if (!kept.ok) return kept;
    return kept.value === null ? explainMissing(context, found) : ok(kept.value);
  }
  const { bytes, publicKey } = secret.value;
  if (publicKey === backup.publicKey) return ok(bytes);
  bytes.fill(0);
  const kept = await readKept(context, found.storageKey, backup);
  if (!kept.ok) return kept;
  if (kept.value !== null) return ok(kept.value);
  const older = await findOlderBackup(context, publicKey, backup.version);
  // That it is another backup's holds, whether or not the server says which.
  return older.ok && older.value !== null
    ? fail({
        kind: "recovery_key",
        problem: { reason: "older_backup", version: older.value, of: "secret" },
      })
    : fail({ kind: "recovery_key", problem: { reason: "other_backup" } });
}

/** One that is kept and damaged is as good as none: why there is no other is the better answer. */
async function readKept(
  context: Requests,
  storageKey: StorageKey,
  { publicKey }: BackupInfo,
): Promise<Result<Uint8Array<ArrayBuffer> | null, AppError>> {
  if (publicKey === null) return ok(null);
  const kept = await readKeptKey(context, storageKey, publicKey);
  return kept.ok || kept.error.kind !== "secret_storage" ? kept : ok(null);
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
