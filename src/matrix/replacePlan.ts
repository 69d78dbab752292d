import type { BackupInfo } from "@/domain/backup";
import { unsupportedReason } from "@/domain/backupState";
import type { BackupEntries, OldBackup, ReplaceOffer, ReplacePlan } from "@/domain/changes";
import type { AppError } from "@/domain/errors";
import { ok, type Result } from "@/domain/result";
import { wipe } from "@/lib/bytes";
import { compareBackup, unseenEntries } from "./backupComparison";
import { isUnchanged } from "./backupInfo";
import { listStoredKeys, readHeldKeys } from "./heldRoomKeys";
import { listKeptKeys, type KeptKey } from "./keptBackupKey";
import { readReplacement, type Replacement } from "./replaceJournal";
import { fetchBackupInfo, fetchBackupVersion } from "./roomKeysApi";
import { readDefaultKey } from "./secretStorage";
import { readSecretStorageStatus } from "./secretStorageStatus";
import type { SessionContext } from "./sessionContext";
import { readHeldKey } from "./setUpBackupKey";

/** Looks, where other devices upload in the meantime. */
const LOOKS = 3;

/**
 * What replacing would do now, or what is left of a replacement. Fresh; changes nothing. What is
 * under way decides what there is to plan, so it has its turn first. The long look at the backup is
 * taken outside of a turn; its number is given only when the backup is still the one it looked at.
 */
export async function planReplacement(
  context: SessionContext,
  entries: BackupEntries,
  signal: AbortSignal,
): Promise<Result<ReplacePlan, AppError>> {
  let stand = await context.takeTurn(() => readStand(context, signal));
  for (let look = 1; ; look++) {
    if (!stand.ok) return stand;
    const before = stand.value;
    if (before.kind !== "replaceable") return ok(before);
    const looked = await lookAtKeys(context, entries, before, signal);
    if (!looked.ok) return looked;
    stand = await context.takeTurn(() => readStand(context, signal));
    if (!stand.ok) return stand;
    if (stand.value.kind !== "replaceable") return ok(stand.value);
    const { info } = stand.value;
    const isSame = isUnchanged(before.info, info);
    if (!isSame && look < LOOKS) continue;
    return ok({
      ...looked.value,
      kind: "ready",
      version: info.version,
      count: info.count,
      onlyInBackup: isSame ? looked.value.onlyInBackup : null,
    });
  }
}

/** A backup that can be replaced. `isStored`: a decryption key is behind the recovery key. */
interface Replaceable {
  readonly kind: "replaceable";
  readonly info: BackupInfo;
  readonly isStored: boolean;
}

async function readStand(
  context: SessionContext,
  signal: AbortSignal,
): Promise<Result<Exclude<ReplacePlan, ReplaceOffer> | Replaceable, AppError>> {
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
  return storage.value.defaultKey === "present"
    ? ok({ kind: "replaceable", info: info.value, isStored: storage.value.backupKeyStored })
    : ok({ kind: "no_recovery", defaultKey: storage.value.defaultKey });
}

/** Downloads the backup and compares it with the store. A number that is not whole is none. */
async function lookAtKeys(
  context: SessionContext,
  entries: BackupEntries,
  { info, isStored }: Replaceable,
  signal: AbortSignal,
): Promise<Result<Pick<ReplaceOffer, "held" | "onlyInBackup" | "oldKey">, AppError>> {
  const stored = await listStoredKeys(context);
  if (!stored.ok) return stored;
  const { version } = info;
  if (unsupportedReason(info) !== null) {
    // Nothing here can look inside it, whatever keys there are.
    return ok({ held: stored.value.size, onlyInBackup: null, oldKey: "nowhere" });
  }
  // Before the backup: what comes in meanwhile counts as only there, never the other way round.
  const held = await readHeldKeys(context, stored.value, { signal });
  if (!held.ok) return held;
  const backupKey = await readHeldKey(context, info);
  if (!backupKey.ok) return backupKey;
  try {
    const compared = await compareBackup({
      entries,
      version,
      held: held.value,
      backupKey: backupKey.value,
      signal,
    });
    if (!compared.ok && compared.error.kind === "closed") return compared;
    const isWhole = compared.ok && unseenEntries(compared.value, info) === 0;
    return ok({
      held: stored.value.size,
      onlyInBackup: isWhole ? compared.value.missing : null,
      oldKey: backupKey.value !== null ? "here" : isStored ? "maybe_stored" : "nowhere",
    });
  } finally {
    wipe(backupKey.value);
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

export interface KeptBackup extends OldBackup {
  readonly publicKey: string;
}

/** The versions of kept keys that the server still has, the current one left out. */
export async function listOldBackups(
  context: SessionContext,
): Promise<Result<readonly OldBackup[], AppError>> {
  const found = await readOldBackups(context);
  return found.ok ? ok(found.value.map(({ version, count }) => ({ version, count }))) : found;
}

/** The same, each with the public key that it and its kept key have. */
export async function readOldBackups(
  context: SessionContext,
): Promise<Result<readonly KeptBackup[], AppError>> {
  const info = await fetchBackupInfo(context);
  if (!info.ok) return info;
  const kept = await listReachable(context);
  if (!kept.ok) return kept;
  const old: KeptBackup[] = [];
  for (const { version, publicKey } of kept.value) {
    if (version === null || version === info.value?.version) continue;
    const found = await fetchBackupVersion(context, version);
    if (!found.ok) return found;
    // Another key by now: what is kept says nothing about this version.
    if (found.value?.publicKey !== publicKey || unsupportedReason(found.value) !== null) continue;
    old.push({ version, publicKey, count: found.value.count });
  }
  return ok(old);
}
