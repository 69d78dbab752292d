import type { AppError } from "@/domain/errors";
import { fail, type Result } from "@/domain/result";
import { wipe } from "@/lib/bytes";
import { encodeBase64 } from "matrix-js-sdk/lib/base64";
import { keepLeavingKey } from "./keptBackupKey";
import { fetchBackupInfo } from "./roomKeysApi";
import { BACKUP_SECRET, readSecret, storeSecret, type StorageKey } from "./secretStorage";
import type { SessionContext } from "./sessionContext";
import { readHeldOrKept } from "./setUpBackupKey";
import { attempt } from "./toAppError";

/**
 * Puts the key of the present backup behind the recovery key, in place of a readable text there that
 * does not open it. Only the key that this device holds or that is kept aside, and only after it was
 * compared with the backup. A decryption key that stood there is kept.
 */
export async function restoreStoredBackupKey(
  context: SessionContext,
  key: StorageKey,
): Promise<Result<void, AppError>> {
  const info = await fetchBackupInfo(context);
  if (!info.ok) return info;
  if (info.value === null) return fail({ kind: "no_backup" });
  const held = await readHeldOrKept(context, key, info.value);
  if (!held.ok) return held;
  const bytes = held.value;
  if (bytes === null) return explainNone(context);
  try {
    const there = await readSecret(context, BACKUP_SECRET, key);
    if (!there.ok) return there;
    if (typeof there.value !== "object") {
      return fail({ kind: "secret_storage", reason: "changed_meanwhile" });
    }
    const replaces = there.value.text;
    const kept = await keepLeavingKey(context, key, replaces);
    if (!kept.ok) return kept;
    return await storeSecret(context, BACKUP_SECRET, encodeBase64(bytes), key, { replaces });
  } finally {
    wipe(bytes);
  }
}

/** Whether there is no key on this device, or that of another backup. */
async function explainNone(context: SessionContext): Promise<Result<never, AppError>> {
  const held = await attempt(() => context.crypto().getSessionBackupPrivateKey());
  if (!held.ok) return held;
  wipe(held.value);
  return fail({ kind: "decryption_key", reason: held.value === null ? "absent" : "mismatch" });
}
