import type { BackupInfo, BackupVersion } from "@/domain/backup";
import { unsupportedReason } from "@/domain/backupState";
import type { BackupEntries, OldBackupReport, UploadProgress } from "@/domain/changes";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { wipe } from "@/lib/bytes";
import { unseenEntries } from "./backupComparison";
import { bringOver, compareVersions, type Carried } from "./bringOver";
import { dropKeptKey, readKeptKey } from "./keptBackupKey";
import { confirmNothingElse } from "./unfinishedChange";
import { awaitUpload } from "./replaceUpload";
import {
  confirmVersionGone,
  deleteBackupVersion,
  fetchBackupInfo,
  fetchBackupVersion,
} from "./roomKeysApi";
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
  readonly currentKey: Uint8Array<ArrayBuffer>;
}

/**
 * Compares an old version with the current one, entry by entry. What the current one lacks is
 * brought to this device, uploaded from here, and then everything is compared once more. Comparing
 * and waiting may take long and change nothing: only the bringing over has a turn.
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
  const compared = await compareOnce(context, entries, bytes, version);
  if (!compared.ok || compared.value.missing === 0) return asReport(compared);
  const brought = await context.takeTurn(() => bringMissing(context, entries, bytes, version));
  if (!brought.ok) return brought;
  const uploaded = await awaitUpload(context, brought.value, onUpload);
  if (!uploaded.ok) return uploaded;
  return asReport(await compareOnce(context, entries, bytes, version));
}

interface Compared {
  readonly report: OldBackupReport;
  /** Entries that the current version does not have. */
  readonly missing: number;
}

function asReport(compared: Result<Compared, AppError>): Result<OldBackupReport, AppError> {
  if (!compared.ok) return compared;
  const { report, missing } = compared.value;
  return missing === 0
    ? ok(report)
    : fail({ kind: "keys_at_risk", version: report.old.version, count: missing });
}

async function compareOnce(
  context: SessionContext,
  entries: BackupEntries,
  bytes: Uint8Array<ArrayBuffer>,
  version: BackupVersion,
): Promise<Result<Compared, AppError>> {
  // What is under way has its turn first.
  const pair = await context.takeTurn(() => openPair(context, bytes, version));
  if (!pair.ok) return pair;
  const { current, old } = pair.value;
  try {
    const compared = await compareVersions(carriedOf(context, entries, pair.value));
    if (!compared.ok) return compared;
    const { missing, unreadable } = compared.value;
    const unseen = unseenEntries(compared.value, old);
    if (unseen > 0) return fail({ kind: "keys_at_risk", version, count: unseen });
    const { count, etag, publicKey } = old;
    const report = {
      old: { version, count, etag, publicKey },
      current: { version: current.version, count: current.count },
      unreadable,
    };
    return ok({ report, missing });
  } finally {
    wipe(pair.value.oldKey, pair.value.currentKey);
  }
}

/** What the current version lacks, to this device. Answers with the version it has to reach. */
async function bringMissing(
  context: SessionContext,
  entries: BackupEntries,
  bytes: Uint8Array<ArrayBuffer>,
  version: BackupVersion,
): Promise<Result<BackupVersion, AppError>> {
  const pair = await openPair(context, bytes, version);
  if (!pair.ok) return pair;
  try {
    const brought = await bringOver(context, carriedOf(context, entries, pair.value));
    if (!brought.ok) return brought;
    const { missing } = brought.value;
    return missing > 0
      ? fail({ kind: "keys_at_risk", version, count: missing })
      : ok(pair.value.current.version);
  } finally {
    wipe(pair.value.oldKey, pair.value.currentKey);
  }
}

function carriedOf(
  { closed }: SessionContext,
  entries: BackupEntries,
  { old, oldKey, current, currentKey }: Pair,
): Carried {
  return {
    entries,
    from: old.version,
    fromKey: oldKey,
    to: current.version,
    toKey: currentKey,
    signal: closed,
  };
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
  if (old.value === null) {
    // Deleted by an earlier try, or so it is said. Its key goes only when that is said twice.
    const gone = await confirmVersionGone(context, version);
    if (!gone.ok) return gone;
  } else {
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
    if (after.value !== null) return fail({ kind: "still_there", version });
  }
  return dropKeptKey(context, opened.value, publicKey);
}

async function openPair(
  context: SessionContext,
  bytes: Uint8Array<ArrayBuffer>,
  version: BackupVersion,
): Promise<Result<Pair, AppError>> {
  const uploads = confirmUpload(context);
  if (!uploads.ok) return uploads;
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
  const { publicKey } = old.value;
  const oldKey = await readKeptKey(context, storageKey, publicKey);
  if (!oldKey.ok) return oldKey;
  if (oldKey.value === null) return fail({ kind: "decryption_key", reason: "absent" });
  const currentKey = await matchBackupSecret(context, storageKey, current);
  if (!currentKey.ok) {
    wipe(oldKey.value);
    return currentKey;
  }
  return ok({
    storageKey,
    current,
    old: { ...old.value, publicKey },
    oldKey: oldKey.value,
    currentKey: currentKey.value,
  });
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
