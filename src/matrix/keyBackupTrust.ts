import { BACKUP_ALGORITHM, type BackupInfo, type BackupTrust } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import type { KeyBackupInfo } from "matrix-js-sdk/lib/crypto-api/keybackup";
import { refreshOwnKeys } from "./crossSigning";
import { backupPublicKeyOf, olmMachineOf, readKnownIdentity } from "./olmMachine";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

/** The two trust facts about a backup, from the given read of it. Enables nothing. */
export async function readBackupTrust(
  context: SessionContext,
  info: BackupInfo,
): Promise<Result<BackupTrust, AppError>> {
  const [signature, key] = await Promise.all([
    readSignature(context, info),
    readKeyMatch(context, info),
  ]);
  if (!signature.ok) return signature;
  return key.ok ? ok({ signature: signature.value, key: key.value }) : key;
}

async function readSignature(
  context: SessionContext,
  info: BackupInfo,
): Promise<Result<BackupTrust["signature"], AppError>> {
  const sdkInfo = toSdkInfo(info);
  // The crypto module refuses to look at an odd key or an algorithm it does not know.
  if (sdkInfo === null) return ok("unknown");
  const first = await isTrusted(context, sdkInfo);
  if (!first.ok) return first.error.kind === "closed" ? first : ok("unknown");
  if (first.value) return ok("trusted");
  const known = await attempt(async () =>
    readKnownIdentity(await olmMachineOf(context), context.user.userId),
  );
  if (!known.ok) return known;
  if (known.value !== null) return ok("untrusted");
  // No identity is known here, maybe only because nobody asked yet.
  const refreshed = await attempt(() => refreshOwnKeys(context));
  if (!refreshed.ok) return refreshed.error.kind === "closed" ? refreshed : ok("unknown");
  const second = await isTrusted(context, sdkInfo);
  if (!second.ok) return second;
  return ok(second.value ? "trusted" : "untrusted");
}

function isTrusted(
  context: SessionContext,
  info: KeyBackupInfo,
): Promise<Result<boolean, AppError>> {
  return attempt(async () => (await context.crypto().isKeyBackupTrusted(info)).trusted);
}

async function readKeyMatch(
  context: SessionContext,
  info: BackupInfo,
): Promise<Result<BackupTrust["key"], AppError>> {
  const held = await attempt(() => context.crypto().getSessionBackupPrivateKey());
  if (!held.ok) return held;
  if (held.value === null) return ok("absent");
  const key = held.value;
  const derived = await attempt(() => backupPublicKeyOf(key));
  key.fill(0);
  if (!derived.ok) return fail(derived.error);
  const matches = info.algorithm === BACKUP_ALGORITHM && derived.value === info.publicKey;
  return ok(matches ? "match" : "mismatch");
}

/** The backup in the shape the SDK checks, or null when it cannot check it. */
export function toSdkInfo(info: BackupInfo): KeyBackupInfo | null {
  const { algorithm, publicKey, version, count, etag } = info;
  if (algorithm !== BACKUP_ALGORITHM || publicKey === null) return null;
  const authData = { signatures: {}, ...info.authData, public_key: publicKey };
  return { algorithm, auth_data: authData, version, count, etag };
}
