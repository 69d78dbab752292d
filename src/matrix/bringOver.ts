import type { BackupVersion } from "@/domain/backup";
import type { BackupEntries } from "@/domain/changes";
import type { AppError } from "@/domain/errors";
import { ok, type Result } from "@/domain/result";
import { compareBackup, type Comparison, type FoundRoomKey } from "./backupComparison";
import { readBackupKeys, readStoredKeys } from "./heldRoomKeys";
import { olmMachineOf, withFreed } from "./olmMachine";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

interface BringOver {
  readonly entries: BackupEntries;
  readonly from: BackupVersion;
  /** The decryption key of `from`. */
  readonly backupKey: Uint8Array;
  readonly to: BackupVersion;
  readonly signal: AbortSignal;
}

/**
 * Brings the keys that one version has and another has not into this device's store. There they
 * count as not backed up, so that the SDK uploads them to the version it uses. Answers with what is
 * neither in the other version nor in the store afterwards, by looking.
 */
export async function bringOver(
  context: SessionContext,
  { entries, from, backupKey, to, signal }: BringOver,
): Promise<Result<Comparison, AppError>> {
  const there = await readBackupKeys(entries, to, signal);
  if (!there.ok) return there;
  const wanted = new Set<string>();
  const walk = (held: typeof there.value, take: (keys: readonly FoundRoomKey[]) => Promise<void>) =>
    compareBackup({ entries, version: from, held, backupKey, take, signal });

  const imported = await attempt(() =>
    walk(there.value, async (keys) => {
      for (const { id } of keys) wanted.add(id);
      await importKeys(context, keys);
    }),
  );
  if (!imported.ok) return imported;
  if (!imported.value.ok || wanted.size === 0) return imported.value;

  const stored = await readStoredKeys(context, wanted);
  if (!stored.ok) return stored;
  const held = new Map(there.value);
  for (const [id, index] of stored.value) {
    held.set(id, Math.min(index, held.get(id) ?? Number.POSITIVE_INFINITY));
  }
  return walk(held, () => Promise.resolve());
}

/** What an old version holds and the current one does not, changing nothing. */
export async function compareVersions(options: BringOver): Promise<Result<Comparison, AppError>> {
  const { entries, from, backupKey, to, signal } = options;
  const held = await readBackupKeys(entries, to, signal);
  if (!held.ok) return held;
  return compareBackup({ entries, version: from, held: held.value, backupKey, signal });
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
