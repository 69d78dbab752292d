import type { AppError } from "@/domain/errors";
import type { RecoveryKey } from "@/domain/recoveryKey";
import {
  listFaults,
  type RepairFault,
  type RepairFaultKind,
  type RepairOutcome,
} from "@/domain/repair";
import { fail, ok, type Result } from "@/domain/result";
import { wipe } from "@/lib/bytes";
import { importIdentity } from "./crossSigningImport";
import { pointDefaultKey } from "./repairDefaultKey";
import { readRepairFacts } from "./repairFacts";
import { signBackup } from "./repairSignature";
import { restoreStoredBackupKey } from "./repairStoredKey";
import { fetchBackupInfo } from "./roomKeysApi";
import type { StorageKey } from "./secretStorage";
import { openDefaultKey } from "./secretStorageUnlock";
import type { SessionContext } from "./sessionContext";
import { secureBackupKey } from "./setUpBackupKey";
import { storeIdentitySecrets } from "./setUpSecretStorage";
import { unlock } from "./unlock";

/**
 * One repair: sees that the fault is still there, does the one thing that mends it, looks again. A
 * recovery key that does not fit, and whatever cannot be read, ends it before anything was changed.
 */
export async function runRepair(
  context: SessionContext,
  kind: RepairFaultKind,
  key: RecoveryKey | null,
): Promise<Result<RepairOutcome, AppError>> {
  const opened = await openKey(context, kind, key);
  if (!opened.ok) return opened;
  const before = await readRepairFacts(context, opened.value);
  if (!before.ok) return before;
  const fault = listFaults(before.value).find((one) => one.kind === kind);
  let why: AppError | null = null;
  if (fault !== undefined) {
    const done = await mend(context, fault, key, opened.value);
    if (!done.ok && isMistake(done.error)) return done;
    why = done.ok ? null : done.error;
  }
  const after = await readRepairFacts(context, opened.value);
  if (!after.ok) return after;
  const remaining = listFaults(after.value);
  const fixed = remaining.every((one) => one.kind !== kind);
  return ok({ fixed, why: fixed ? null : why, remaining });
}

/** The default key, where the repair takes the recovery key and the default key is of use. */
async function openKey(
  context: SessionContext,
  kind: RepairFaultKind,
  key: RecoveryKey | null,
): Promise<Result<StorageKey | null, AppError>> {
  return key === null || isAboutDefaultKey(kind) ? ok(null) : openDefaultKey(context, key.bytes);
}

/** Then there is no default key that the recovery key could be compared with. */
function isAboutDefaultKey(kind: RepairFaultKind): boolean {
  return kind === "default_key_broken" || kind === "default_key_lost";
}

/** A key that is not the right one: the person can try another, and nothing was changed. */
function isMistake(error: AppError): boolean {
  return error.kind === "recovery_key" && error.problem.reason === "does_not_match";
}

async function mend(
  context: SessionContext,
  fault: RepairFault,
  key: RecoveryKey | null,
  opened: StorageKey | null,
): Promise<Result<void, AppError>> {
  if (fault.kind === "backup_unsigned") return signBackup(context);
  if (fault.remedy !== "recovery_key" || key === null) return ok(undefined);
  if (isAboutDefaultKey(fault.kind)) return pointDefaultKey(context, key.bytes);
  if (opened === null) return ok(undefined);
  return mendWith(context, fault.kind, key, opened);
}

async function mendWith(
  context: SessionContext,
  kind: RepairFaultKind,
  key: RecoveryKey,
  opened: StorageKey,
): Promise<Result<void, AppError>> {
  switch (kind) {
    case "decryption_key_mismatch":
    case "decryption_key_absent":
      return withoutValue(await unlock(context, key.bytes));
    case "device_not_verified":
    case "cross_signing_keys_not_here":
      return withoutValue(await importIdentity(context, opened));
    case "cross_signing_keys_not_stored":
      return storeIdentitySecrets(context, opened);
    case "backup_key_not_stored":
      return storeBackupKey(context, opened);
    case "stored_backup_key_differs":
    case "stored_backup_key_damaged":
      return restoreStoredBackupKey(context, opened);
    default:
      return ok(undefined);
  }
}

async function storeBackupKey(
  context: SessionContext,
  key: StorageKey,
): Promise<Result<void, AppError>> {
  const info = await fetchBackupInfo(context);
  if (!info.ok) return info;
  if (info.value === null) return fail({ kind: "no_backup" });
  const secured = await secureBackupKey(context, key, info.value);
  if (!secured.ok) return secured;
  wipe(secured.value);
  return ok(undefined);
}

function withoutValue(result: Result<unknown, AppError>): Result<void, AppError> {
  return result.ok ? ok(undefined) : result;
}
