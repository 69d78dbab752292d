import type { BackupInfo } from "@/domain/backup";
import { unsupportedReason } from "@/domain/backupState";
import type { BackupEntries, OldBackup, ReplaceOffer, ReplacePlan } from "@/domain/changes";
import type { AppError } from "@/domain/errors";
import { ok, type Result } from "@/domain/result";
import { wipe } from "@/lib/bytes";
import { compareBackup } from "./backupComparison";
import { listStoredKeys } from "./heldRoomKeys";
import { listKeptKeys, type KeptKey } from "./keptBackupKey";
import { readReplacement, type Replacement } from "./replaceJournal";
import { fetchBackupInfo, fetchBackupVersion } from "./roomKeysApi";
import { readDefaultKey, readSecretStorageStatus } from "./secretStorage";
import type { SessionContext } from "./sessionContext";
import { readHeldKey } from "./setUpBackupKey";

/** What replacing would do now, or what is left of a replacement. Fresh; changes nothing. */
export async function planReplacement(
  context: SessionContext,
  entries: BackupEntries,
  signal: AbortSignal,
): Promise<Result<ReplacePlan, AppError>> {
  const info = await fetchBackupInfo(context, signal);
  if (!info.ok) return info;
  const journaled = await readReplacement(context.journal);
  if (!journaled.ok) return journaled;
  const left = journaled.value === null ? await recoverReplacement(context, info.value) : journaled;
  if (!left.ok) return left;
  if (left.value !== null) {
    const { step, startedAt, ...facts } = left.value;
    const entry = { change: "replace_backup", step, startedAt, facts } as const;
    return ok({ kind: "unfinished", entry, here: journaled.value !== null });
  }
  if (info.value === null) return ok({ kind: "no_backup" });
  const storage = await readSecretStorageStatus(context);
  if (!storage.ok) return storage;
  if (storage.value.defaultKey !== "present") {
    return ok({ kind: "no_recovery", defaultKey: storage.value.defaultKey });
  }
  return offer(context, entries, info.value, storage.value.backupKeyStored, signal);
}

async function offer(
  context: SessionContext,
  entries: BackupEntries,
  info: BackupInfo,
  isStored: boolean,
  signal: AbortSignal,
): Promise<Result<ReplaceOffer, AppError>> {
  const stored = await listStoredKeys(context);
  if (!stored.ok) return stored;
  const { version, count } = info;
  if (unsupportedReason(info) !== null) {
    // Nothing here can look inside it, whatever keys there are.
    const here = { held: stored.value.size, onlyInBackup: null };
    return ok({ kind: "ready", version, count, ...here, oldKey: "nowhere" });
  }
  const held = await readHeldKey(context, info);
  if (!held.ok) return held;
  try {
    // By ids alone: the store tells no more without giving its keys out.
    const ids = new Map([...stored.value].map((id) => [id, 0] as const));
    const compared = await compareBackup({
      entries,
      version,
      held: ids,
      backupKey: held.value,
      signal,
    });
    if (!compared.ok && compared.error.kind === "closed") return compared;
    return ok({
      kind: "ready",
      version,
      count,
      held: stored.value.size,
      onlyInBackup: compared.ok ? compared.value.missing : null,
      oldKey: held.value !== null ? "here" : isStored ? "maybe_stored" : "nowhere",
    });
  } finally {
    wipe(held.value);
  }
}

/**
 * A replacement that was begun on another device, or here before the browser lost its data: the
 * current version's key is kept as that of a replacement, which ends with the copy's removal.
 */
export async function recoverReplacement(
  context: SessionContext,
  info: BackupInfo | null,
): Promise<Result<Replacement | null, AppError>> {
  if (info?.publicKey === null || info === null) return ok(null);
  const kept = await listReachable(context);
  if (!kept.ok) return kept;
  const own = kept.value.find(({ publicKey }) => publicKey === info.publicKey);
  if (own === undefined || own.replaces === null) return ok(null);
  const old = await fetchBackupVersion(context, own.replaces);
  if (!old.ok) return old;
  const oldPublicKey = old.value?.publicKey ?? null;
  return ok({
    step: "create",
    startedAt: Date.now(),
    oldVersion: own.replaces,
    oldPublicKey,
    oldCount: old.value?.count ?? 0,
    newPublicKey: info.publicKey,
    newVersion: info.version,
    secretBefore: oldPublicKey,
  });
}

/**
 * The kept keys that the recovery key in use opens. Others may stand under one that was lost and
 * replaced elsewhere: nothing can be begun, ended or compared with them.
 */
async function listReachable(
  context: SessionContext,
): Promise<Result<readonly KeptKey[], AppError>> {
  const defaultKey = await readDefaultKey(context);
  if (!defaultKey.ok) return defaultKey;
  if (defaultKey.value.kind !== "present") return ok([]);
  const { keyId } = defaultKey.value;
  const kept = await listKeptKeys(context);
  return kept.ok ? ok(kept.value.filter(({ keyIds }) => keyIds.includes(keyId))) : kept;
}

/** The versions of kept keys that the server still has, the current one left out. */
export async function listOldBackups(
  context: SessionContext,
): Promise<Result<readonly OldBackup[], AppError>> {
  const info = await fetchBackupInfo(context);
  if (!info.ok) return info;
  const kept = await listReachable(context);
  if (!kept.ok) return kept;
  const old: OldBackup[] = [];
  for (const { version, publicKey } of kept.value) {
    if (version === null || version === info.value?.version) continue;
    const found = await fetchBackupVersion(context, version);
    if (!found.ok) return found;
    // Another key by now: what is kept says nothing about this version.
    if (found.value?.publicKey !== publicKey || unsupportedReason(found.value) !== null) continue;
    old.push({ version, count: found.value.count });
  }
  return ok(old);
}
