import type { BackupInfo, BackupVersion } from "@/domain/backup";
import { unsupportedReason } from "@/domain/backupState";
import type { BackupEntries, OldBackupReport, UploadProgress } from "@/domain/changes";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { wipe } from "@/lib/bytes";
import { unseenEntries } from "./backupComparison";
import { bringOver, compareVersions } from "./bringOver";
import { dropKeptKey, readKeptKey } from "./keptBackupKey";
import { confirmNothingElse } from "./unfinishedChange";
import { awaitUpload } from "./replaceUpload";
import { deleteBackupVersion, fetchBackupInfo, fetchBackupVersion } from "./roomKeysApi";
import type { StorageKey } from "./secretStorage";
import { matchBackupSecret } from "./secretStorageBackupKey";
import { openDefaultKey } from "./secretStorageUnlock";
import type { SessionContext } from "./sessionContext";
import { confirmUpload } from "./uploadSwitch";

/** An old version and the one that took its place, both read just now, and the keys to both. */
interface Pair {
  readonly storageKey: StorageKey;
  readonly current: BackupInfo;
  readonly old: BackupInfo & { readonly publicKey: string };
  readonly oldKey: Uint8Array<ArrayBuffer>;
}

/**
 * Compares an old version with the current one, entry by entry. What the current one lacks is
 * brought to this device, uploaded from here, and then everything is compared once more.
 */
export async function checkOldBackup(
  context: SessionContext,
  entries: BackupEntries,
  bytes: Uint8Array<ArrayBuffer>,
  options: {
    readonly version: BackupVersion;
    readonly onUpload: (progress: UploadProgress) => void;
  },
): Promise<Result<OldBackupReport, AppError>> {
  const { version, onUpload } = options;
  for (let round = 0; ; round++) {
    const step = await context.takeTurn(() => compareOnce(context, entries, bytes, version, round));
    if (!step.ok) return step;
    if ("old" in step.value) return ok(step.value);
    const uploaded = await awaitUpload(context, step.value.uploadTo, onUpload);
    if (!uploaded.ok) return uploaded;
  }
}

/** The report, or the version that what was brought here has to reach first. */
async function compareOnce(
  context: SessionContext,
  entries: BackupEntries,
  bytes: Uint8Array<ArrayBuffer>,
  version: BackupVersion,
  round: number,
): Promise<Result<OldBackupReport | { readonly uploadTo: BackupVersion }, AppError>> {
  const uploads = confirmUpload(context);
  if (!uploads.ok) return uploads;
  const pair = await openPair(context, bytes, version);
  if (!pair.ok) return pair;
  const { current, old, oldKey } = pair.value;
  try {
    const compared = await compareVersions({
      entries,
      from: version,
      backupKey: oldKey,
      to: current.version,
      signal: context.closed,
    });
    if (!compared.ok) return compared;
    const { missing, unreadable } = compared.value;
    const unseen = unseenEntries(compared.value, old);
    if (unseen > 0) return fail({ kind: "keys_at_risk", version, count: unseen });
    if (missing === 0) {
      const { count, etag, publicKey } = old;
      return ok({
        old: { version, count, etag, publicKey },
        current: { version: current.version, count: current.count },
        unreadable,
      });
    }
    if (round > 0) return fail({ kind: "keys_at_risk", version, count: missing });
    const brought = await bringOver(context, {
      entries,
      from: version,
      backupKey: oldKey,
      to: current.version,
      signal: context.closed,
    });
    if (!brought.ok) return brought;
    return brought.value.missing > 0
      ? fail({ kind: "keys_at_risk", version, count: brought.value.missing })
      : ok({ uploadTo: current.version });
  } finally {
    wipe(oldKey);
  }
}

/**
 * Deletes the old version of a report. Both versions are read right before, and have to be what the
 * report says; the recovery key has to open the one that stays.
 */
export async function deleteOldBackup(
  context: SessionContext,
  bytes: Uint8Array<ArrayBuffer>,
  report: OldBackupReport,
): Promise<Result<void, AppError>> {
  const { version, publicKey } = report.old;
  const free = await confirmNothingElse(context, null);
  if (!free.ok) return free;
  const opened = await openDefaultKey(context, bytes);
  if (!opened.ok) return opened;
  const current = await confirmCurrent(context, opened.value, report);
  if (!current.ok) return current;
  const old = await fetchBackupVersion(context, version);
  if (!old.ok) return old;
  if (old.value !== null) {
    const { count, etag } = old.value;
    const isAsReported =
      unsupportedReason(old.value) === null &&
      old.value.publicKey === publicKey &&
      count === report.old.count &&
      etag === report.old.etag;
    if (!isAsReported) {
      return fail({ kind: "backup_changed", expected: version, actual: old.value.version });
    }
    const deleted = await deleteBackupVersion(context, version);
    if (!deleted.ok) return deleted;
    const after = await fetchBackupVersion(context, version);
    if (!after.ok) return after;
    if (after.value !== null) return fail({ kind: "secret_storage", reason: "read_back_failed" });
  }
  return dropKeptKey(context, opened.value, publicKey);
}

async function openPair(
  context: SessionContext,
  bytes: Uint8Array<ArrayBuffer>,
  version: BackupVersion,
): Promise<Result<Pair, AppError>> {
  const free = await confirmNothingElse(context, null);
  if (!free.ok) return free;
  const opened = await openDefaultKey(context, bytes);
  if (!opened.ok) return opened;
  const storageKey = opened.value;
  const info = await fetchBackupInfo(context);
  if (!info.ok) return info;
  const current = info.value;
  if (current === null) return fail({ kind: "no_backup" });
  const old = await fetchBackupVersion(context, version);
  if (!old.ok) return old;
  if (current.version === version || old.value === null || old.value.publicKey === null) {
    return fail({ kind: "backup_changed", expected: version, actual: current.version });
  }
  // What is inside cannot be compared, even where the key is here.
  if (unsupportedReason(old.value) !== null) {
    return fail({ kind: "decryption_key", reason: "absent" });
  }
  const opens = await matchBackupSecret(context, storageKey, current);
  if (!opens.ok) return opens;
  wipe(opens.value);
  const { publicKey } = old.value;
  const oldKey = await readKeptKey(context, storageKey, publicKey);
  if (!oldKey.ok) return oldKey;
  if (oldKey.value === null) return fail({ kind: "decryption_key", reason: "absent" });
  return ok({ storageKey, current, old: { ...old.value, publicKey }, oldKey: oldKey.value });
}

/** The version that stays is the one of the report, has lost nothing, and opens. */
async function confirmCurrent(
  context: SessionContext,
  storageKey: StorageKey,
  { current }: OldBackupReport,
): Promise<Result<void, AppError>> {
  const info = await fetchBackupInfo(context);
  if (!info.ok) return info;
  if (info.value?.version !== current.version || info.value.count < current.count) {
    const actual = info.value?.version ?? null;
    return fail({ kind: "backup_changed", expected: current.version, actual });
  }
  const opens = await matchBackupSecret(context, storageKey, info.value);
  if (!opens.ok) return opens;
  wipe(opens.value);
  return ok(undefined);
}
