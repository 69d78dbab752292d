import type { AppError } from "@/domain/errors";
import { fail, type Result } from "@/domain/result";
import { wipe } from "@/lib/bytes";
import { encodeBase64 } from "matrix-js-sdk/lib/base64";
import { backupPublicKeyOf } from "./olmMachine";
import { fetchBackupInfo } from "./roomKeysApi";
import { BACKUP_SECRET, readSecret, storeSecret, type StorageKey } from "./secretStorage";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

/**
 * Puts the key of the present backup behind the recovery key, in place of a readable text there that
 * does not open it. Only the key this device holds, and only after it was compared with the backup.
 */
export async function restoreStoredBackupKey(
  context: SessionContext,
  key: StorageKey,
): Promise<Result<void, AppError>> {
  const info = await fetchBackupInfo(context);
  if (!info.ok) return info;
  if (info.value === null) return fail({ kind: "no_backup" });
  const { publicKey } = info.value;
  const held = await attempt(() => context.crypto().getSessionBackupPrivateKey());
  if (!held.ok) return held;
  const bytes = held.value;
  if (bytes === null) return fail({ kind: "decryption_key", reason: "absent" });
  try {
    const derived = await attempt(() => backupPublicKeyOf(bytes));
    if (!derived.ok) return derived;
    if (derived.value !== publicKey) return fail({ kind: "decryption_key", reason: "mismatch" });
    const there = await readSecret(context, BACKUP_SECRET, key);
    if (!there.ok) return there;
    if (typeof there.value !== "object") {
      return fail({ kind: "secret_storage", reason: "changed_meanwhile" });
    }
    const replaces = there.value.text;
    return await storeSecret(context, BACKUP_SECRET, encodeBase64(bytes), key, { replaces });
  } finally {
    wipe(bytes);
  }
}
