import type { BackupInfo } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { canonicalJson } from "./canonicalJson";
import { isObject } from "./errorOfAnswer";
import { readBackupTrust } from "./keyBackupTrust";
import { olmMachineOf, withFreed } from "./olmMachine";
import { fetchBackupInfo } from "./roomKeysApi";
import type { SessionContext } from "./sessionContext";
import { holdsKeyOf } from "./setUpBackupKey";
import { attempt } from "./toAppError";

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

  const authData = await attempt(() => addSignatures(context, backup.authData));
  if (!authData.ok) return authData;
  const { version, algorithm } = backup;
  const path = `/room_keys/version/${encodeURIComponent(version)}`;
  const body = { version, algorithm, auth_data: authData.value };
  const written = await context.request("PUT", path, { body });
  if (!written.ok) return written;
  return readBack(context, backup);
}

/** The auth data with our signatures beside the others; what is signed is all but them. */
async function addSignatures(
  context: SessionContext,
  authData: BackupInfo["authData"],
): Promise<Record<string, unknown>> {
  const { signatures: there, unsigned, ...signed } = authData;
  const machine = await olmMachineOf(context);
  const made = await withFreed(await machine.sign(canonicalJson(signed)), (signatures) => {
    const parsed: unknown = JSON.parse(signatures.asJSON());
    return isObject(parsed) ? parsed : {};
  });
  const { userId } = context.user;
  const signatures = isObject(there) ? there : {};
  const ofUser = signatures[userId];
  const ours = made[userId];
  return {
    ...signed,
    ...(unsigned === undefined ? {} : { unsigned }),
    signatures: {
      ...signatures,
      [userId]: { ...(isObject(ofUser) ? ofUser : {}), ...(isObject(ours) ? ours : {}) },
    },
  };
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
