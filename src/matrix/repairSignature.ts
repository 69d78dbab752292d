import type { BackupInfo } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { readIdentityFacts } from "./crossSigning";
import { signAuthData } from "./keyBackupSign";
import { readBackupTrust } from "./keyBackupTrust";
import { fetchBackupInfo, updateBackupVersion } from "./roomKeysApi";
import type { SessionContext } from "./sessionContext";
import { holdsKeyOf } from "./setUpBackupKey";

/**
 * Signs the present backup by this device and, where its key is here, by the identity, so that other
 * devices can trust it. `PUT /room_keys/version/{version}` with the signatures added to those that
 * are there and everything else, the public key above all, as it was read right before. Only for a
 * backup whose decryption key this device holds.
 */
export async function signBackup(context: SessionContext): Promise<Result<void, AppError>> {
  const info = await fetchBackupInfo(context);
  if (!info.ok) return info;
  if (info.value === null) return fail({ kind: "no_backup" });
  const backup = info.value;
  const holds = await holdsKeyOf(context, backup);
  if (!holds.ok) return holds;
  if (!holds.value) return fail({ kind: "decryption_key", reason: "mismatch" });

  const identity = await readIdentityFacts(context);
  if (!identity.ok) return identity;
  const { published, known, privateKeysHere } = identity.value;
  const hasIdentity = published === known && privateKeysHere === "all";
  const authData = await signAuthData(context, backup.authData, hasIdentity ? published : null);
  if (!authData.ok) return authData;
  const { version, algorithm } = backup;
  const body = { algorithm, auth_data: authData.value };
  const written = await updateBackupVersion(context, version, body);
  if (!written.ok) return written;
  return readBack(context, backup);
}

async function readBack(
  context: SessionContext,
  before: BackupInfo,
): Promise<Result<void, AppError>> {
  const after = await fetchBackupInfo(context);
  if (!after.ok) return after;
  const actual = after.value?.version ?? null;
  if (
    after.value === null ||
    actual !== before.version ||
    after.value.publicKey !== before.publicKey
  ) {
    return fail({ kind: "backup_changed", expected: before.version, actual });
  }
  const trust = await readBackupTrust(context, after.value);
  if (!trust.ok) return trust;
  return trust.value.signature === "trusted"
    ? ok(undefined)
    : fail({ kind: "unexpected", detail: "the signature is not trusted" });
}
