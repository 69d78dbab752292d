import type { BackupInfo } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import type { OpenedBy } from "@/domain/keyEntry";
import type { UnlockReport } from "@/domain/ports";
import { fail, ok, type Result } from "@/domain/result";
import { backupKeyOf } from "./backupKeyOf";
import { readIdentityFacts } from "./crossSigning";
import { importIdentity } from "./crossSigningImport";
import { findKey } from "./findKey";
import { cacheBackupKey, enableBackup } from "./keyBackupEnable";
import { backupPublicKeyOf } from "./olmMachine";
import { fetchBackupInfo } from "./roomKeysApi";
import type { StorageKey } from "./secretStorage";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

/**
 * Opens what a key of 32 bytes opens: secret storage by its default key or another one, or the
 * backup alone by its own decryption key. Order, safest first: what the key is by the server's
 * data, then the public key of the backup's secret against the backup's; only then is the
 * decryption key kept here, the device signed and the upload enabled. A later failure leaves what
 * was reached before it. The bytes are the caller's to zero.
 */
export async function unlock(
  context: SessionContext,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Result<UnlockReport, AppError>> {
  const info = await fetchBackupInfo(context);
  if (!info.ok) return info;
  const backup = info.value;
  const found = await findKey(context, bytes, backup);
  if (!found.ok) return found;
  const { storageKey, openedBy } = found.value;
  if (storageKey === null) {
    return backup === null
      ? fail({ kind: "no_backup" })
      : keepAndEnable(context, bytes.slice(), backup, openedBy);
  }

  if (backup !== null) {
    const matched = await backupKeyOf(context, { storageKey, openedBy }, backup);
    if (!matched.ok) {
      // The key is right and only the backup's secret is missing: the identity can still be used.
      if (matched.error.kind === "secret_storage") await importIdentity(context, storageKey);
      return matched;
    }
    const cached = await cacheBackupKey(context, matched.value, backup.version);
    if (!cached.ok) return cached;
  }
  return openIdentity(context, storageKey, backup, openedBy);
}

/**
 * Keeps the bytes as the backup's decryption key if their public key is the backup's by a fresh
 * read. The bytes are the caller's to zero.
 */
export async function setDecryptionKey(
  context: SessionContext,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Result<UnlockReport, AppError>> {
  const info = await fetchBackupInfo(context);
  if (!info.ok) return info;
  if (info.value === null) return fail({ kind: "no_backup" });
  const { publicKey, version } = info.value;
  const derived = await attempt(() => backupPublicKeyOf(bytes));
  if (!derived.ok) return derived;
  return derived.value === publicKey
    ? keepAndEnable(context, bytes.slice(), info.value, { kind: "decryption_key" })
    : fail({ kind: "recovery_key", problem: { reason: "not_this_backup", version } });
}

/** Takes over the bytes of a key that was compared with the backup's public key. */
async function keepAndEnable(
  context: SessionContext,
  bytes: Uint8Array,
  backup: BackupInfo,
  openedBy: OpenedBy,
): Promise<Result<UnlockReport, AppError>> {
  const cached = await cacheBackupKey(context, bytes, backup.version);
  if (!cached.ok) return cached;
  const identity = await readIdentityFacts(context);
  if (!identity.ok) return identity;
  return finish(context, backup, { deviceVerified: identity.value.deviceVerified, openedBy });
}

async function openIdentity(
  context: SessionContext,
  storageKey: StorageKey,
  backup: BackupInfo | null,
  openedBy: OpenedBy,
): Promise<Result<UnlockReport, AppError>> {
  const identity = await importIdentity(context, storageKey);
  if (!identity.ok) return identity;
  return finish(context, backup, { deviceVerified: identity.value.deviceVerified, openedBy });
}

/** Enables the upload and looks at the backup once more: what is reported holds now. */
async function finish(
  context: SessionContext,
  backup: BackupInfo | null,
  reached: Pick<UnlockReport, "deviceVerified" | "openedBy">,
): Promise<Result<UnlockReport, AppError>> {
  if (backup === null) return ok({ ...reached, backup: "no_backup", version: null });
  const enabled = await enableBackup(context, backup.version);
  if (!enabled.ok) return enabled;
  const after = await fetchBackupInfo(context);
  if (!after.ok) return after;
  const actual = after.value?.version ?? null;
  if (actual !== backup.version || after.value?.publicKey !== backup.publicKey) {
    return fail({ kind: "backup_changed", expected: backup.version, actual });
  }
  return ok({ ...reached, backup: "ready", version: backup.version });
}
