import type { BackupVersion } from "@/domain/backup";
import type { BackupEntries } from "@/domain/changes";
import type { AppError } from "@/domain/errors";
import { ok, type Result } from "@/domain/result";
import { compareBackup, type Comparison } from "./backupComparison";
import { holdsAsGood, readStoredKeys, type HeldRoomKeys } from "./heldRoomKeys";
import { olmMachineOf, withFreed } from "./olmMachine";
import { keepLowest, readHolding, type FoundRoomKey } from "./openedRoomKeys";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

/** One version whose keys are to be in another. */
export interface Carried {
  readonly entries: BackupEntries;
  readonly from: BackupVersion;
  readonly to: BackupVersion;
  /** The decryption keys of both. Not zeroed here. */
  readonly fromKey: Uint8Array;
  readonly toKey: Uint8Array;
  readonly signal: AbortSignal;
}

/**
 * Brings the keys that one version has and another has not into this device's store. There they
 * count as not backed up, so that the SDK uploads them to the version it uses. Answers with what is
 * neither in the other version nor in the store afterwards, by looking; also with what is in the
 * store and could not take its place in the other version.
 */
export async function bringOver(
  context: SessionContext,
  { entries, from, fromKey, to, toKey, signal }: Carried,
): Promise<Result<Comparison, AppError>> {
  const there = await readHolding({ entries, version: to, backupKey: toKey, signal });
  if (!there.ok) return there;
  const wanted = new Set<string>();
  const walk = (held: HeldRoomKeys, take: (keys: readonly FoundRoomKey[]) => Promise<void>) =>
    compareBackup({ entries, version: from, held, backupKey: fromKey, take, signal });

  const imported = await walk(there.value.held, async (keys) => {
    for (const { id } of keys) wanted.add(id);
    await importKeys(context, keys);
  });
  if (!imported.ok || wanted.size === 0) return imported;

  const stored = await readStoredKeys(context, wanted);
  if (!stored.ok) return stored;
  const held = new Map(there.value.held);
  for (const [id, index] of stored.value) {
    const isKeptOut = holdsAsGood(there.value.blocked, id, index);
    if (!isKeptOut) keepLowest(held, id, index);
  }
  return walk(held, () => Promise.resolve());
}

/** What an old version holds and the current one does not, changing nothing. */
export async function compareVersions(options: Carried): Promise<Result<Comparison, AppError>> {
  const { entries, from, fromKey, to, toKey, signal } = options;
  const there = await readHolding({ entries, version: to, backupKey: toKey, signal });
  if (!there.ok) return there;
  const { held } = there.value;
  return compareBackup({ entries, version: from, held, backupKey: fromKey, signal });
}

/** One that the crypto module refuses harms no other; what came of each is looked up afterwards. */
async function importKeys(context: SessionContext, keys: readonly FoundRoomKey[]): Promise<void> {
  const all = await attempt(() => importBatch(context, keys));
  if (all.ok || keys.length === 1) return;
  // Thrown out by a closed session, every one of them would fail again.
  context.crypto();
  for (const key of keys) await attempt(() => importBatch(context, [key]));
}

async function importBatch(
  context: SessionContext,
  keys: readonly FoundRoomKey[],
): Promise<Result<void, AppError>> {
  const machine = await olmMachineOf(context);
  const json = JSON.stringify(keys.map(({ exported }) => exported));
  return withFreed(await machine.importExportedRoomKeys(json, () => undefined), () =>
    ok(undefined),
  );
}
