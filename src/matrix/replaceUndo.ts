import type { BackupInfo, BackupVersion } from "@/domain/backup";
import type { BackupEntries, ReplaceUndo } from "@/domain/changes";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { wipe } from "@/lib/bytes";
import { encodeBase64 } from "matrix-js-sdk/lib/base64";
import { unseenEntries } from "./backupComparison";
import { bringOver } from "./bringOver";
import { dropKeptKey, keepBackupKey, readKeptKey } from "./keptBackupKey";
import { cacheBackupKey, enableBackup, forgetUploads } from "./keyBackupEnable";
import { noteReplacement, readReplacement, standOf, type Replacement } from "./replaceJournal";
import { recoverReplacement } from "./replacePlan";
import { deleteBackupVersion, fetchBackupInfo, fetchBackupVersion } from "./roomKeysApi";
import {
  BACKUP_SECRET,
  readSecret,
  removeSecretCopy,
  storeSecret,
  type StorageKey,
} from "./secretStorage";
import { fitsBackup, matchBackupSecret } from "./secretStorageBackupKey";
import { openDefaultKey } from "./secretStorageUnlock";
import type { SessionContext } from "./sessionContext";
import { holdsKeyOf } from "./setUpBackupKey";

/** Looks again when another device uploads while the new version is being compared. */
const COMPARISONS = 8;

/**
 * Goes back to the old version. First every key that only the new one has is brought here, then the
 * old decryption key gets its place back, and only then is the new version deleted: by a read right
 * before, while nothing was added to it since it was compared.
 */
export async function undoReplacement(
  context: SessionContext,
  bytes: Uint8Array<ArrayBuffer>,
  entries: BackupEntries,
): Promise<Result<ReplaceUndo, AppError>> {
  const journaled = await readReplacement(context.journal);
  if (!journaled.ok) return journaled;
  const opened = await openDefaultKey(context, bytes);
  if (!opened.ok) return opened;
  const storageKey = opened.value;
  const info = await fetchBackupInfo(context);
  if (!info.ok) return info;
  const found =
    journaled.value === null ? await recoverReplacement(context, info.value) : ok(journaled.value);
  if (!found.ok) return found;
  if (found.value === null) {
    return ok({ kind: "left", version: info.value?.version ?? null });
  }
  const stand = standOf(found.value, info.value);
  if (stand === "other") return leave(context, storageKey, found.value, info.value);
  const isMade = info.value !== null && stand === "new";
  const newVersion = isMade ? info.value.version : found.value.newVersion;
  const replacement: Replacement = { ...found.value, step: "undo", newVersion };
  const noted = await noteReplacement(context, replacement);
  if (!noted.ok) return noted;

  if (isMade) {
    const old = await confirmOld(context, replacement);
    if (!old.ok) return old;
  }
  const restored = await restoreSecret(context, storageKey, replacement);
  if (!restored.ok) return restored;
  if (isMade) {
    const removed = await removeNew(context, storageKey, entries, replacement, info.value);
    if (!removed.ok) return removed;
  }
  const back = await returnToOld(context, storageKey, replacement);
  if (!back.ok) return back;
  const dropped = await dropCopies(context, storageKey, replacement, isMade);
  if (!dropped.ok) return dropped;
  const cleared = await context.journal.clear();
  return cleared.ok ? ok({ kind: "undone", version: replacement.oldVersion }) : cleared;
}

/** The old version is on the server as it was: without it there is nothing to go back to. */
async function confirmOld(
  context: SessionContext,
  { oldVersion, oldPublicKey, newVersion }: Replacement,
): Promise<Result<void, AppError>> {
  const old = await fetchBackupVersion(context, oldVersion);
  if (!old.ok) return old;
  return old.value !== null && old.value.publicKey === oldPublicKey
    ? ok(undefined)
    : fail({ kind: "backup_changed", expected: oldVersion, actual: newVersion });
}

/** The key of before in its place again; what takes it away is kept. */
async function restoreSecret(
  context: SessionContext,
  storageKey: StorageKey,
  { oldPublicKey, newPublicKey, secretBefore }: Replacement,
): Promise<Result<void, AppError>> {
  const there = await readSecret(context, BACKUP_SECRET, storageKey);
  if (!there.ok) return there;
  if (there.value === "unreadable") {
    return fail({ kind: "secret_storage", reason: "backup_key_malformed" });
  }
  const isNew = await fitsBackup(context, storageKey, { publicKey: newPublicKey });
  if (!isNew.ok) return isNew;
  // Never replaced, or replaced by somebody else since: either way it is not ours to change.
  if (!isNew.value && there.value !== "absent") return ok(undefined);
  if (isNew.value) {
    const kept = await keepNewKey(context, storageKey, newPublicKey);
    if (!kept.ok) return kept;
  }
  for (const publicKey of [oldPublicKey, secretBefore]) {
    if (publicKey === null) continue;
    const kept = await readKeptKey(context, storageKey, publicKey);
    if (!kept.ok) return kept;
    if (kept.value === null) continue;
    const text = encodeBase64(kept.value);
    wipe(kept.value);
    const replaces = typeof there.value === "object" ? { replaces: there.value.text } : {};
    return storeSecret(context, BACKUP_SECRET, text, storageKey, replaces);
  }
  return isNew.value ? removeSecretCopy(context, BACKUP_SECRET, storageKey.keyId) : ok(undefined);
}

/** A copy of the new key stays until the new version is gone, also where it was dropped already. */
async function keepNewKey(
  context: SessionContext,
  storageKey: StorageKey,
  newPublicKey: string,
): Promise<Result<void, AppError>> {
  const kept = await readKeptKey(context, storageKey, newPublicKey);
  if (!kept.ok) return kept;
  wipe(kept.value);
  if (kept.value !== null) return ok(undefined);
  const inPlace = await matchBackupSecret(context, storageKey, { publicKey: newPublicKey });
  if (!inPlace.ok) return inPlace;
  const about = { version: null, replaces: null };
  const again = await keepBackupKey(context, storageKey, inPlace.value, about);
  wipe(inPlace.value);
  return again;
}

/** Deletes the new version when nothing in it is nowhere else. */
async function removeNew(
  context: SessionContext,
  storageKey: StorageKey,
  entries: BackupEntries,
  replacement: Replacement,
  made: BackupInfo,
): Promise<Result<void, AppError>> {
  const { version } = made;
  const newKey = await readKeptKey(context, storageKey, replacement.newPublicKey);
  if (!newKey.ok) return newKey;
  if (newKey.value === null) return fail({ kind: "decryption_key", reason: "absent" });
  try {
    let seen = made;
    for (let round = 0; round < COMPARISONS; round++) {
      const before = await fetchBackupInfo(context);
      if (!before.ok) return before;
      if (before.value === null || standOf(replacement, before.value) !== "new") {
        return changed(version, before.value);
      }
      if (round > 0 && before.value.etag === seen.etag && before.value.count === seen.count) {
        return await deleteBackupVersion(context, version);
      }
      seen = before.value;
      const compared = await bringOver(context, {
        entries,
        from: version,
        backupKey: newKey.value,
        to: replacement.oldVersion,
        signal: context.closed,
      });
      if (!compared.ok) return compared;
      const count = compared.value.missing + unseenEntries(compared.value, seen);
      if (count > 0) return fail({ kind: "keys_at_risk", version, count });
    }
    return fail({ kind: "secret_storage", reason: "changed_meanwhile" });
  } finally {
    wipe(newKey.value);
  }
}

/** Has this device hold the old key and upload to the old version again. */
async function returnToOld(
  context: SessionContext,
  storageKey: StorageKey,
  replacement: Replacement,
): Promise<Result<void, AppError>> {
  const info = await fetchBackupInfo(context);
  if (!info.ok) return info;
  if (info.value === null || standOf(replacement, info.value) !== "old") {
    return changed(replacement.oldVersion, info.value);
  }
  const holds = await holdsKeyOf(context, info.value);
  if (!holds.ok) return holds;
  if (!holds.value && replacement.oldPublicKey !== null) {
    const old = await readKeptKey(context, storageKey, replacement.oldPublicKey);
    if (!old.ok) return old;
    if (old.value !== null) {
      const cached = await cacheBackupKey(context, old.value, info.value.version);
      if (!cached.ok) return cached;
    }
  }
  // Some of what counts as backed up may have been so in the version that is gone.
  const forgotten = await forgetUploads(context);
  if (!forgotten.ok) return forgotten;
  // Without its key the old version is not used for the upload, as before.
  const enabled = await enableBackup(context, info.value.version);
  return enabled.ok ? ok(undefined) : enabled;
}

/**
 * The new key's copy goes with its version. Where it is not certain that none was made (an answer
 * that never came), it stays: it does no harm, and a version without a key would.
 */
async function dropCopies(
  context: SessionContext,
  storageKey: StorageKey,
  { oldPublicKey, newPublicKey, newVersion }: Replacement,
  isMade: boolean,
): Promise<Result<void, AppError>> {
  if (isMade || newVersion !== null) {
    const dropped = await dropKeptKey(context, storageKey, newPublicKey);
    if (!dropped.ok) return dropped;
  }
  if (oldPublicKey === null) return ok(undefined);
  const inPlace = await fitsBackup(context, storageKey, { publicKey: oldPublicKey });
  if (!inPlace.ok) return inPlace;
  // Elsewhere it is the only copy, and stays.
  return inPlace.value ? dropKeptKey(context, storageKey, oldPublicKey) : ok(undefined);
}

/**
 * Another device has made something else. Both versions stay, with their keys, and each key is
 * marked with its version so that it is found again.
 */
async function leave(
  context: SessionContext,
  storageKey: StorageKey,
  { oldVersion, oldPublicKey, newVersion, newPublicKey }: Replacement,
  info: BackupInfo | null,
): Promise<Result<ReplaceUndo, AppError>> {
  const versions: readonly (readonly [string | null, BackupVersion | null])[] = [
    [oldPublicKey, oldVersion],
    [newPublicKey, newVersion],
  ];
  for (const [publicKey, version] of versions) {
    if (publicKey === null || version === null) continue;
    const kept = await readKeptKey(context, storageKey, publicKey);
    if (!kept.ok) return kept;
    if (kept.value === null) continue;
    const marked = await keepBackupKey(context, storageKey, kept.value, {
      version,
      replaces: null,
    });
    wipe(kept.value);
    if (!marked.ok) return marked;
  }
  const cleared = await context.journal.clear();
  return cleared.ok ? ok({ kind: "left", version: info?.version ?? null }) : cleared;
}

function changed(expected: BackupVersion, info: BackupInfo | null): Result<never, AppError> {
  return fail({ kind: "backup_changed", expected, actual: info?.version ?? null });
}
