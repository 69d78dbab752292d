import type { BackupInfo } from "@/domain/backup";
import { unsupportedReason } from "@/domain/backupState";
import type { AppError } from "@/domain/errors";
import type { ResetBackup } from "@/domain/removalPorts";
import { fail, ok, type Result } from "@/domain/result";
import { wipe } from "@/lib/bytes";
import { isBackupVersion } from "./backupInfo";
import { cacheBackupKey, enableBackup } from "./keyBackupEnable";
import { signAuthData } from "./keyBackupSign";
import { writeBackupWish } from "./keyBackupWish";
import { backupPublicKeyOf, olmMachineOf, randomBackupKey, withFreed } from "./olmMachine";
import { fetchBackupInfo, fetchBackupVersion, updateBackupVersion } from "./roomKeysApi";
import type { SessionContext } from "./sessionContext";
import { createSignedVersion } from "./setUpBackup";
import { holdsKeyOf } from "./setUpBackupKey";
import { attempt } from "./toAppError";

/**
 * Brings the backup under the new identity. Where this device holds its key, the version stays as
 * it is and only gets new signatures. Else a new version with a new key is made and this device
 * uploads its room keys to it; the old one stays on the server. Deletes nothing.
 */
export async function carryBackup(
  context: SessionContext,
  masterKey: string,
): Promise<Result<ResetBackup, AppError>> {
  const info = await fetchBackupInfo(context);
  if (!info.ok) return info;
  const backup = info.value;
  if (backup === null) return ok({ kind: "none" });
  const { version } = backup;
  if (unsupportedReason(backup) !== null) return ok({ kind: "left", version });
  const holds = await holdsKeyOf(context, backup);
  if (!holds.ok) return holds;
  if (holds.value) return signAnew(context, backup, masterKey);
  const free = await mayReplaceHeldKey(context);
  if (!free.ok) return free;
  return free.value ? makeAnew(context, backup, masterKey) : ok({ kind: "left", version });
}

async function signAnew(
  context: SessionContext,
  backup: BackupInfo,
  masterKey: string,
): Promise<Result<ResetBackup, AppError>> {
  const { version, algorithm, publicKey } = backup;
  const authData = await signAuthData(context, backup.authData, masterKey);
  if (!authData.ok) return authData;
  const body = { algorithm, auth_data: authData.value };
  const sent = await updateBackupVersion(context, version, body);
  if (!sent.ok) return sent;
  const after = await fetchBackupInfo(context);
  if (!after.ok) return after;
  const isSame = after.value?.version === version && after.value.publicKey === publicKey;
  if (!isSame) {
    const actual = after.value?.version ?? null;
    return fail({ kind: "backup_changed", expected: version, actual });
  }
  const enabled = await enableBackup(context, version);
  return enabled.ok ? ok({ kind: "kept", version }) : enabled;
}

/**
 * The new key is kept here before the version is made, so that a crash in between leaves no backup
 * that nothing opens; the next run finds it and uses it.
 */
async function makeAnew(
  context: SessionContext,
  backup: BackupInfo,
  masterKey: string,
): Promise<Result<ResetBackup, AppError>> {
  const key = await attempt(
    async () => (await context.crypto().getSessionBackupPrivateKey()) ?? (await randomBackupKey()),
  );
  if (!key.ok) return key;
  const kept = await cacheBackupKey(context, key.value.slice(), backup.version);
  if (!kept.ok) return kept;
  const publicKey = await attempt(() => backupPublicKeyOf(key.value));
  if (!publicKey.ok) return publicKey;
  const made = await createSignedVersion(context, publicKey.value, masterKey);
  if (!made.ok) {
    wipe(key.value);
    return made;
  }
  const cached = await cacheBackupKey(context, key.value, made.value);
  if (!cached.ok) return cached;
  const enabled = await enableBackup(context, made.value);
  if (!enabled.ok) return enabled;
  const said = await writeBackupWish(context, true);
  return said.ok ? ok({ kind: "made", version: made.value, old: backup.version }) : said;
}

/**
 * Whether the decryption key held here may be used for, or give way to, another backup. Not while it
 * opens a backup that the server still has under its own name.
 */
async function mayReplaceHeldKey(context: SessionContext): Promise<Result<boolean, AppError>> {
  const held = await attempt(async () => {
    const machine = await olmMachineOf(context);
    const version = await withFreed(await machine.getBackupKeys(), (keys) => keys.backupVersion);
    const key = await context.crypto().getSessionBackupPrivateKey();
    if (key === null) return null;
    const publicKey = await backupPublicKeyOf(key);
    wipe(key);
    return { version, publicKey };
  });
  if (!held.ok) return held;
  if (held.value === null || !isBackupVersion(held.value.version)) return ok(true);
  const named = await fetchBackupVersion(context, held.value.version);
  if (!named.ok) return named;
  return ok(named.value?.publicKey !== held.value.publicKey);
}
