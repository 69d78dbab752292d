import type { BackupInfo } from "@/domain/backup";
import { unsupportedReason } from "@/domain/backupState";
import type { AppError } from "@/domain/errors";
import { coverageOf, type BackupSurvey } from "@/domain/removal";
import type { KeyStorageSurvey } from "@/domain/removalPorts";
import { ok, type Result } from "@/domain/result";
import { isBackupVersion } from "./backupInfo";
import { olmMachineOf, readPrivateKeysHere, withFreed } from "./olmMachine";
import { fetchBackupInfo } from "./roomKeysApi";
import {
  BACKUP_SECRET,
  CROSS_SIGNING_SECRETS,
  readAccountData,
  readDefaultKey,
} from "./secretStorage";
import type { SessionContext } from "./sessionContext";
import { holdsKeyOf } from "./setUpBackupKey";
import { attempt } from "./toAppError";

/**
 * The current backup and how much of it is here. The store is counted before the server is asked:
 * a key uploaded in between then counts as one that is only there, never the other way round.
 */
export async function surveyBackup(
  context: SessionContext,
): Promise<Result<BackupSurvey | null, AppError>> {
  const counted = await attempt(async () => {
    const active = await context.crypto().getActiveSessionBackupVersion();
    const machine = await olmMachineOf(context);
    const counts = await withFreed(await machine.roomKeyCounts(), ({ total, backedUp }) => ({
      total,
      backedUp,
    }));
    return { counts, active: isBackupVersion(active) ? active : null };
  });
  if (!counted.ok) return counted;
  const info = await fetchBackupInfo(context);
  if (!info.ok || info.value === null) return info.ok ? ok(null) : info;
  const opens = await holdsKeyOf(context, info.value);
  if (!opens.ok) return opens;
  const { counts, active } = counted.value;
  const isOpen = opens.value && unsupportedReason(info.value) === null;
  return ok(surveyOf(info.value, { counts, active, opens: isOpen }));
}

function surveyOf(
  info: BackupInfo,
  here: {
    readonly counts: { readonly total: number; readonly backedUp: number };
    readonly active: BackupInfo["version"] | null;
    readonly opens: boolean;
  },
): BackupSurvey {
  return {
    version: info.version,
    publicKey: info.publicKey,
    coverage: coverageOf(info, here.counts, here.active),
    heldHere: here.counts.total,
    opensHere: here.opens,
  };
}

/**
 * What the server keeps for the account besides the identity's public part. `rememberedKeyId`: the
 * key of an earlier run that has taken away the pointer to it already.
 */
export async function surveyKeyStorage(
  context: SessionContext,
  rememberedKeyId: string | null,
): Promise<Result<KeyStorageSurvey, AppError>> {
  const backup = await surveyBackup(context);
  if (!backup.ok) return backup;
  const defaultKey = await readDefaultKey(context);
  if (!defaultKey.ok) return defaultKey;
  const keyId = defaultKey.value.kind === "absent" ? rememberedKeyId : defaultKey.value.keyId;
  const stored: boolean[] = [];
  for (const name of [BACKUP_SECRET, ...CROSS_SIGNING_SECRETS]) {
    const secret = await readAccountData(context, name);
    if (!secret.ok) return secret;
    stored.push(secret.value !== null);
  }
  const [backupKeyStored = false, ...identity] = stored;
  const here = await attempt(async () => readPrivateKeysHere(await olmMachineOf(context)));
  if (!here.ok) return here;
  return ok({
    backup: backup.value,
    keyId,
    anythingStored: stored.some(Boolean),
    identityHere: here.value === "all",
    identityOnlyStored: identity.some(Boolean) && here.value !== "all",
    backupKeyOnlyStored: backupKeyStored && backup.value !== null && !backup.value.opensHere,
  });
}
