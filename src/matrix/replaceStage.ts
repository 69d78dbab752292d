import type { BackupInfo } from "@/domain/backup";
import { unsupportedReason } from "@/domain/backupState";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { wipe } from "@/lib/bytes";
import { keepBackupKey } from "./keptBackupKey";
import { backupPublicKeyOf, randomBackupKey } from "./olmMachine";
import { noteReplacement, type Replacement } from "./replaceJournal";
import { BACKUP_SECRET, readSecret, type StorageKey } from "./secretStorage";
import { decodeBackupSecret } from "./secretStorageBackupKey";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

/**
 * Prepares a replacement: every decryption key that is about to lose its place, and the new one, is
 * kept as a secret of its own and read back. Nothing is replaced and no version is made.
 */
export async function stageReplacement(
  context: SessionContext,
  storageKey: StorageKey,
  old: BackupInfo,
  options: { readonly withoutOldKey: boolean; readonly before: Replacement | null },
): Promise<Result<Replacement, AppError>> {
  const stored = await readStoredKey(context, storageKey);
  if (!stored.ok) return stored;
  const held = await readHeld(context);
  if (!held.ok) return held;
  const fresh = await attempt(randomBackupKey);
  if (!fresh.ok) return fresh;
  try {
    const isSame = stored.value?.publicKey === held.value?.publicKey;
    const leaving = [stored.value, isSame ? null : held.value].filter((key) => key !== null);
    // A key opens nothing in a backup of a kind that is not known here.
    const opensOld = (key: LeavingKey): boolean =>
      unsupportedReason(old) === null && key.publicKey === old.publicKey;
    const isReachable = leaving.some(opensOld);
    if (!isReachable && !options.withoutOldKey) {
      return fail({ kind: "decryption_key", reason: "absent" });
    }
    const publicKey = await attempt(() => backupPublicKeyOf(fresh.value));
    if (!publicKey.ok) return publicKey;
    const replacement: Replacement = {
      step: "stage",
      startedAt: options.before?.startedAt ?? Date.now(),
      oldVersion: old.version,
      oldPublicKey: old.publicKey,
      oldCount: old.count,
      newPublicKey: publicKey.value,
      newVersion: null,
      secretBefore: stored.value?.publicKey ?? null,
    };
    const noted = await noteReplacement(context, replacement);
    if (!noted.ok) return noted;
    // Also one that fits no present backup: an old export or version may be all it opens.
    for (const key of leaving) {
      const version = opensOld(key) ? old.version : null;
      const kept = await keepBackupKey(context, storageKey, key.bytes, { version, replaces: null });
      if (!kept.ok) return kept;
    }
    const about = { version: null, replaces: old.version };
    const kept = await keepBackupKey(context, storageKey, fresh.value, about);
    return kept.ok ? ok(replacement) : kept;
  } finally {
    wipe(stored.value?.bytes ?? null, held.value?.bytes ?? null, fresh.value);
  }
}

/** A decryption key that is about to lose its place. Secret. */
interface LeavingKey {
  readonly bytes: Uint8Array;
  readonly publicKey: string;
}

/** The key that this device holds, whichever backup it is for. */
async function readHeld(context: SessionContext): Promise<Result<LeavingKey | null, AppError>> {
  return attempt(async () => {
    const bytes = await context.crypto().getSessionBackupPrivateKey();
    return bytes === null ? null : { bytes, publicKey: await backupPublicKeyOf(bytes) };
  });
}

/** The key in `m.megolm_backup.v1`, whichever backup it is for. What is no key is not overwritten. */
async function readStoredKey(
  context: SessionContext,
  storageKey: StorageKey,
): Promise<Result<LeavingKey | null, AppError>> {
  const secret = await readSecret(context, BACKUP_SECRET, storageKey);
  if (!secret.ok) return secret;
  if (secret.value === "absent") return ok(null);
  const bytes = secret.value === "unreadable" ? null : decodeBackupSecret(secret.value.text);
  if (bytes === null) return fail({ kind: "secret_storage", reason: "backup_key_malformed" });
  const publicKey = await attempt(() => backupPublicKeyOf(bytes));
  return publicKey.ok ? ok({ bytes, publicKey: publicKey.value }) : publicKey;
}
