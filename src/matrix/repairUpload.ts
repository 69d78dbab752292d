import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { enableBackup } from "./keyBackupEnable";
import { olmMachineOf } from "./olmMachine";
import { fetchBackupInfo } from "./roomKeysApi";
import type { SessionContext } from "./sessionContext";
import { holdsKeyOf } from "./setUpBackupKey";
import { attempt } from "./toAppError";

/**
 * Has every key of this device uploaded again, to the same version: the server counts fewer than it
 * was given. Switching the upload off makes the crypto module forget what it has uploaded; switching
 * it on begins anew. The server keeps the better one of two copies, so nothing can be lost by it.
 */
export async function uploadAllAgain(context: SessionContext): Promise<Result<void, AppError>> {
  const info = await fetchBackupInfo(context);
  if (!info.ok) return info;
  if (info.value === null) return fail({ kind: "no_backup" });
  const holds = await holdsKeyOf(context, info.value);
  if (!holds.ok) return holds;
  if (!holds.value) return fail({ kind: "decryption_key", reason: "mismatch" });
  const off = await attempt(async () => (await olmMachineOf(context)).disableBackup());
  if (!off.ok) return off;
  const { version } = info.value;
  const enabled = await enableBackup(context, version);
  if (!enabled.ok) return enabled;
  return enabled.value === version
    ? ok(undefined)
    : fail({ kind: "backup_changed", expected: version, actual: enabled.value });
}
