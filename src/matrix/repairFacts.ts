import type { BackupInfo } from "@/domain/backup";
import { unsupportedReason } from "@/domain/backupState";
import type { AppError } from "@/domain/errors";
import type { RepairFacts } from "@/domain/repair";
import { ok, type Result } from "@/domain/result";
import { wipe } from "@/lib/bytes";
import { readIdentityFacts } from "./crossSigning";
import { readBackupTrust } from "./keyBackupTrust";
import { olmMachineOf, withFreed } from "./olmMachine";
import { fetchBackupInfo } from "./roomKeysApi";
import { BACKUP_SECRET, readSecret, type StorageKey } from "./secretStorage";
import { matchBackupSecret } from "./secretStorageBackupKey";
import { readOtherKeys } from "./secretStorageOtherKeys";
import { readSecretStorageStatus } from "./secretStorageStatus";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

/**
 * Everything a repair is decided by, by fresh reads; the room keys are counted before the server is
 * asked, so that a key uploaded in between is not missed there. `key`: the default key, opened.
 */
export async function readRepairFacts(
  context: SessionContext,
  key: StorageKey | null,
): Promise<Result<RepairFacts, AppError>> {
  const roomKeys = await attempt(async () => {
    const machine = await olmMachineOf(context);
    return withFreed(await machine.roomKeyCounts(), ({ total, backedUp }) => ({ total, backedUp }));
  });
  if (!roomKeys.ok) return roomKeys;
  const identity = await readIdentityFacts(context);
  if (!identity.ok) return identity;
  const info = await fetchBackupInfo(context);
  if (!info.ok) return info;
  const backup = info.value;
  const trust =
    backup === null || unsupportedReason(backup) !== null
      ? ok(null)
      : await readBackupTrust(context, backup);
  if (!trust.ok) return trust;
  const storage = await readSecretStorageStatus(context);
  if (!storage.ok) return storage;
  const otherKeys = await readOtherKeys(context, storage.value.keyId);
  if (!otherKeys.ok) return otherKeys;
  const stored =
    key === null || backup === null ? ok(null) : await readStoredKey(context, key, backup);
  if (!stored.ok) return stored;
  const { published, known, privateKeysHere, deviceVerified } = identity.value;
  return ok({
    backup,
    trust: trust.value,
    identity: {
      exists: published !== null,
      deviceVerified,
      // Private keys of an identity that is no longer the published one are of no use.
      privateKeysHere: privateKeysHere === "all" && published === known,
    },
    storage: storage.value,
    otherKeys: otherKeys.value.length,
    storedBackupKey: stored.value,
    roomKeys: roomKeys.value,
  });
}

/** What stands behind the recovery key, compared with the backup. */
async function readStoredKey(
  context: SessionContext,
  key: StorageKey,
  backup: BackupInfo,
): Promise<Result<RepairFacts["storedBackupKey"], AppError>> {
  const matched = await matchBackupSecret(context, key, backup);
  if (matched.ok) {
    wipe(matched.value);
    return ok("match");
  }
  const { error } = matched;
  if (error.kind === "recovery_key") return ok("other");
  if (error.kind !== "secret_storage") return matched;
  if (error.reason === "backup_key_missing") return ok("absent");
  if (error.reason !== "backup_key_malformed") return matched;
  const secret = await readSecret(context, BACKUP_SECRET, key);
  if (!secret.ok) return secret;
  return ok(typeof secret.value === "object" ? "damaged" : "unreadable");
}
