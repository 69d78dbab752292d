import type { BackupInfo, BackupVersion } from "@/domain/backup";
import type { BackupEntries, BackupEntry } from "@/domain/changes";
import type { AppError } from "@/domain/errors";
import { ok, type Result } from "@/domain/result";
import { holdsAsGood, roomKeyId, type HeldRoomKeys } from "./heldRoomKeys";
import { readRoomKeys, type FoundRoomKey } from "./openedRoomKeys";
import { attempt } from "./toAppError";

export interface Comparison {
  /** Entries of the version. */
  readonly entries: number;
  /** Not among the held ones, or not as good; where there is no key, all that are not held. */
  readonly missing: number;
  /** What the version's own key does not open. */
  readonly unreadable: number;
}

/**
 * How many entries of a version a comparison has not seen. The answer that lists them is whole JSON
 * also when it is short; what the server counts is the only word against it.
 */
export function unseenEntries(
  { entries }: Comparison,
  { count }: Pick<BackupInfo, "count">,
): number {
  return Math.max(0, count - entries);
}

/**
 * Goes through a backup version and finds what is not among the held keys. With the version's
 * decryption key every entry is opened: some are garbage, and some stand under another id than
 * their own. Without it there are only the ids that stand beside them. `take` gets the missing
 * ones, batch by batch.
 */
export async function compareBackup(options: {
  readonly entries: BackupEntries;
  readonly version: BackupVersion;
  readonly held: HeldRoomKeys;
  /** Null: nothing is opened. Not zeroed here. */
  readonly backupKey: Uint8Array | null;
  readonly take?: (keys: readonly FoundRoomKey[]) => Promise<void>;
  readonly signal: AbortSignal;
}): Promise<Result<Comparison, AppError>> {
  const { entries, version, held, backupKey, take, signal } = options;
  if (backupKey === null) return compareIds(entries, version, held, signal);
  const tally = { entries: 0, missing: 0, unreadable: 0 };
  const read = await readRoomKeys({ entries, version, backupKey, signal }, async (batch) => {
    const found: FoundRoomKey[] = [];
    for (const [, key] of batch) {
      tally.entries += 1;
      if (key === "unreadable") tally.unreadable += 1;
      else if (key === "sealed") tally.missing += 1;
      else if (!holdsAsGood(held, key.id, key.firstIndex)) {
        tally.missing += 1;
        found.push(key);
      }
    }
    if (found.length > 0) await take?.(found);
  });
  return read.ok ? ok(tally) : read;
}

async function compareIds(
  entries: BackupEntries,
  version: BackupVersion,
  held: HeldRoomKeys,
  signal: AbortSignal,
): Promise<Result<Comparison, AppError>> {
  const tally = { entries: 0, missing: 0, unreadable: 0 };
  const count = async (batch: readonly BackupEntry[]): Promise<void> => {
    for (const { roomId, sessionId, firstMessageIndex, sealed } of batch) {
      tally.entries += 1;
      if (sealed === null) tally.unreadable += 1;
      else if (!holdsAsGood(held, roomKeyId(roomId, sessionId), firstMessageIndex ?? 0)) {
        tally.missing += 1;
      }
    }
  };
  const read = await attempt(() => entries.read(version, count, signal));
  if (!read.ok) return read;
  return read.value.ok ? ok(tally) : read.value;
}
