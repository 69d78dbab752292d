import type { BackupVersion } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import type { SetUpProof } from "@/domain/ports";
import { fail, type Result } from "@/domain/result";
import { wipe } from "@/lib/bytes";
import { toSdkInfo } from "./keyBackupTrust";
import { loadCryptoWasm, olmMachineOf, withFreed } from "./olmMachine";
import { fetchBackupInfo } from "./roomKeysApi";
import { matchBackupSecret } from "./secretStorageBackupKey";
import { openDefaultKey } from "./secretStorageUnlock";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

/**
 * Reads everything back from the server: the version, the secret that the given key opens, that it
 * belongs to the version, who signed it, and that this device uploads to it.
 */
export async function proveSetUp(
  context: SessionContext,
  key: Uint8Array<ArrayBuffer>,
  version: BackupVersion,
): Promise<Result<SetUpProof, AppError>> {
  const info = await fetchBackupInfo(context);
  if (!info.ok) return info;
  const backup = info.value;
  if (backup === null || backup.version !== version) {
    return fail({ kind: "backup_changed", expected: version, actual: backup?.version ?? null });
  }

  const opened = await openDefaultKey(context, key);
  // Another default key by now: another app was at work, and that key is the one to use.
  if (!opened.ok) return opened;
  const matched = await matchBackupSecret(context, opened.value, backup);
  if (!matched.ok) {
    // The secret was right a moment ago, so a mismatch now is a failed read-back.
    return matched.error.kind === "recovery_key"
      ? fail({ kind: "secret_storage", reason: "read_back_failed" })
      : matched;
  }
  wipe(matched.value);

  return attempt(async () => {
    const { SignatureState } = await loadCryptoWasm();
    const machine = await olmMachineOf(context);
    const trust = await machine.verifyBackup(toSdkInfo(backup));
    const signers = await withFreed(trust, ({ deviceState, userState }) => ({
      signedByDevice: deviceState === SignatureState.ValidAndTrusted,
      signedByIdentity: userState === SignatureState.ValidAndTrusted,
    }));
    const active = await context.crypto().getActiveSessionBackupVersion();
    if (active !== version) throw new Error("this device does not upload to the new backup");
    return { version, keyId: opened.value.keyId, ...signers };
  });
}
