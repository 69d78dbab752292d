import type { BackupInfo } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import type { UnlockReport } from "@/domain/ports";
import type { RecoveryKey } from "@/domain/recoveryKey";
import { fail, ok, type Result } from "@/domain/result";
import { importIdentity } from "./crossSigningImport";
import { cacheBackupKey, enableBackup } from "./keyBackupEnable";
import { fetchBackupInfo } from "./roomKeysApi";
import { openDefaultKey } from "./secretStorageUnlock";
import { matchBackupSecret } from "./secretStorageBackupKey";
import type { SessionContext } from "./sessionContext";

/**
 * Opens secret storage with the recovery key. Order, cheapest and safest first: the key against
 * secret storage, the backup by a fresh read, the secret's public key against the backup's; only
 * then is the decryption key kept here, the device signed and the upload enabled. A later failure
 * leaves what was reached before it.
 */
export async function unlock(
  context: SessionContext,
  recoveryKey: RecoveryKey,
): Promise<Result<UnlockReport, AppError>> {
  const opened = await openDefaultKey(context, recoveryKey.bytes);
  if (!opened.ok) return opened;
  const key = opened.value;

  const info = await fetchBackupInfo(context);
  if (!info.ok) return info;
  const backup = info.value;

  if (backup !== null) {
    const matched = await matchBackupSecret(context, key, backup);
    if (!matched.ok) {
      // The key is right and only the backup's secret is missing: the identity can still be used.
      if (matched.error.kind === "secret_storage") await importIdentity(context, key);
      return matched;
    }
    const cached = await cacheBackupKey(context, matched.value, backup.version);
    if (!cached.ok) return cached;
  }

  const identity = await importIdentity(context, key);
  if (!identity.ok) return identity;
  return finish(context, backup, identity.value.deviceVerified);
}

async function finish(
  context: SessionContext,
  backup: BackupInfo | null,
  deviceVerified: boolean,
): Promise<Result<UnlockReport, AppError>> {
  if (backup === null) return ok({ deviceVerified, backup: "no_backup", version: null });
  const enabled = await enableBackup(context, backup.version);
  if (!enabled.ok) return enabled;
  const after = await fetchBackupInfo(context);
  if (!after.ok) return after;
  const actual = after.value?.version ?? null;
  if (actual !== backup.version || after.value?.publicKey !== backup.publicKey) {
    return fail({ kind: "backup_changed", expected: backup.version, actual });
  }
  return ok({ deviceVerified, backup: "ready", version: backup.version });
}
