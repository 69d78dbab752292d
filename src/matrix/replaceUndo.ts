import type { BackupInfo, BackupVersion } from "@/domain/backup";
import { unsupportedReason } from "@/domain/backupState";
import type { BackupEntries, ReplaceUndo } from "@/domain/changes";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { wipe } from "@/lib/bytes";
import { isUnchanged } from "./backupInfo";
import { unseenEntries } from "./backupComparison";
import { bringOver, compareVersions } from "./bringOver";
import { dropKeptKey, keepBackupKey, reachBackupKey, readKeptKey } from "./keptBackupKey";
import { cacheBackupKey, enableBackup, forgetUploads } from "./keyBackupEnable";
import { noteReplacement, readReplacement, standOf, type Replacement } from "./replaceJournal";
import { recoverReplacement } from "./replacePlan";
import { putNewKeyBack, restoreSecret, secureOldKey } from "./replaceUndoKeys";
import { deleteBackupVersion, fetchBackupInfo, fetchBackupVersion } from "./roomKeysApi";
import type { StorageKey } from "./secretStorage";
import { fitsBackup } from "./secretStorageBackupKey";
import { openDefaultKey } from "./secretStorageUnlock";
import type { SessionContext } from "./sessionContext";
import { holdsKeyOf } from "./setUpBackupKey";
import { confirmUpload } from "./uploadSwitch";

/** Looks again when another device uploads while the new version is being compared. */
const COMPARISONS = 8;

/**
 * Goes back to the old version. First every key that only the new one has is brought here, which may
 * take long and may fail: until then the recovery key opens the present version for everybody. Then
 * the old decryption key gets its place back, and at once the new version is deleted, by a read
 * right before, while nothing was added to it since it was compared. Where nothing that is in reach
 * opens the old version: `decryption_key`, and nothing was changed. Where this device's keys end with
 * the page, nothing is brought here: `keys_at_risk` while the old version lacks any.
 */
export async function undoReplacement(
  context: SessionContext,
  bytes: Uint8Array<ArrayBuffer>,
  entries: BackupEntries,
): Promise<Result<ReplaceUndo, AppError>> {
  // What is brought here has to go to the old version afterwards.
  const uploads = confirmUpload(context);
  if (!uploads.ok) return uploads;
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
  if (isMade) {
    const old = await confirmOld(context, replacement);
    if (!old.ok) return old;
    const secured = await secureOldKey(context, storageKey, replacement);
    if (!secured.ok) return secured;
  }
  const noted = await noteReplacement(context, replacement);
  if (!noted.ok) return noted;

  const gone = isMade
    ? await removeNew(context, storageKey, entries, replacement, info.value)
    : await restoreSecret(context, storageKey, replacement);
  if (!gone.ok) return gone;
  const back = await returnToOld(context, storageKey, replacement);
  if (!back.ok) return back;
  const dropped = await dropCopies(context, storageKey, replacement, isMade);
  if (!dropped.ok) return dropped;
  const cleared = await context.journal.clear();
  return cleared.ok ? ok({ kind: "undone", version: replacement.oldVersion }) : cleared;
}

/** The old version is on the server as it was, and can be used: else there is nothing to go back to. */
async function confirmOld(
  context: SessionContext,
  { oldVersion, oldPublicKey, newVersion }: Replacement,
): Promise<Result<void, AppError>> {
  const old = await fetchBackupVersion(context, oldVersion);
  if (!old.ok) return old;
  if (old.value === null || old.value.publicKey !== oldPublicKey) {
    return fail({ kind: "backup_changed", expected: oldVersion, actual: newVersion });
  }
  // Nothing that is only in the new one could be uploaded to it.
  return unsupportedReason(old.value) === null
    ? ok(undefined)
    : fail({ kind: "decryption_key", reason: "absent" });
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
  const { oldVersion, oldPublicKey, newPublicKey } = replacement;
  const newKey = await reachBackupKey(context, storageKey, newPublicKey);
  if (!newKey.ok) return newKey;
  const oldKey = await reachBackupKey(context, storageKey, oldPublicKey);
  if (!oldKey.ok) {
    wipe(newKey.value);
    return oldKey;
  }
  try {
    let seen = made;
    for (let round = 0; round < COMPARISONS; round++) {
      const before = await readNew(context, replacement, version);
      if (!before.ok) return before;
      if (round > 0 && isUnchanged(seen, before.value)) {
        const deleted = await swapAndDelete(context, storageKey, replacement, seen);
        if (!deleted.ok || deleted.value) return deleted.ok ? ok(undefined) : deleted;
      }
      seen = before.value;
      const carried = {
        entries,
        from: version,
        fromKey: newKey.value,
        to: oldVersion,
        toKey: oldKey.value,
        signal: context.closed,
      };
      // In memory a key is not held safely: it has to be in the old version before the new one goes.
      const compared = context.storesKeys
        ? await bringOver(context, carried)
        : await compareVersions(carried);
      if (!compared.ok) return compared;
      const count = compared.value.missing + unseenEntries(compared.value, seen);
      if (count > 0) return fail({ kind: "keys_at_risk", version, count });
    }
    return fail({ kind: "secret_storage", reason: "changed_meanwhile" });
  } finally {
    wipe(newKey.value, oldKey.value);
  }
}

/**
 * The old key into its place and the new version away, with nothing but a last look in between.
 * Answers false when something was added meanwhile: then the new key has its place again.
 */
async function swapAndDelete(
  context: SessionContext,
  storageKey: StorageKey,
  replacement: Replacement,
  seen: BackupInfo,
): Promise<Result<boolean, AppError>> {
  const restored = await restoreSecret(context, storageKey, replacement);
  if (!restored.ok) return restored;
  const last = await readNew(context, replacement, seen.version);
  if (!last.ok) return last;
  if (!isUnchanged(seen, last.value)) {
    const again = await putNewKeyBack(context, storageKey, replacement);
    return again.ok ? ok(false) : again;
  }
  const deleted = await deleteBackupVersion(context, seen.version);
  return deleted.ok ? ok(true) : deleted;
}

/** The new version as it is now, which is the current one. */
async function readNew(
  context: SessionContext,
  replacement: Replacement,
  version: BackupVersion,
): Promise<Result<BackupInfo, AppError>> {
  const info = await fetchBackupInfo(context);
  if (!info.ok) return info;
  return info.value !== null && standOf(replacement, info.value) === "new"
    ? ok(info.value)
    : changed(version, info.value);
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
