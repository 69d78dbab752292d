import type { BackupEntries, BackupEntry } from "@/domain/changes";
import type { RoomKeySource } from "@/domain/ports";
import { BackupSplitter } from "./BackupSplitter";
import { BatchBuilder } from "./BatchBuilder";
import { openDownload } from "./openDownload";
import type { BackupBatch } from "./protocol";
import { entryLimit, readBody } from "./readBody";
import { defaultTuning, type RestoreTuning } from "./tuning";
import { isObject, own } from "./validateSessionData";

/** No gate: every entry is wanted, and a download is read once. */
const EVERY_ENTRY = { judge: () => "new" as const, high: 0, low: 0 };

/** Most entries taken of a backup whose count is not asked for. */
const MOST_ENTRIES = entryLimit(5_000_000);

/**
 * Reads a backup's entries as they stand on the server, as they arrive. A download that breaks off
 * is an error: what is compared must be whole, and nobody is to count an entry twice.
 */
export function createBackupEntries(
  source: RoomKeySource,
  tuning: RestoreTuning = defaultTuning,
): BackupEntries {
  return {
    async read(version, take, signal) {
      const opened = await openDownload(
        (aborted) => source.open(version, aborted),
        signal,
        tuning,
        () => undefined,
      );
      if (!opened.ok) {
        return opened;
      }
      const limits = { entries: tuning.batchEntries, entryBytes: tuning.entryBytes };
      const builder = new BatchBuilder(limits, EVERY_ENTRY);
      const read = await readBody(opened.value, {
        splitter: new BackupSplitter(builder),
        builder,
        maxEntries: MOST_ENTRIES,
        tuning,
        signal,
        take: (batch) => take(entriesOf(batch)),
        onBytes: () => undefined,
      });
      const rest = builder.take();
      if (read.ok && rest !== null) {
        await take(entriesOf(rest));
      }
      return read;
    },
  };
}

const decoder = new TextDecoder();

function entriesOf(batch: BackupBatch): BackupEntry[] {
  const entries = batch.entries.map((ids, index): BackupEntry => {
    const start = index === 0 ? 0 : (batch.ends[index - 1] ?? 0);
    return { ...ids, ...readEntry(batch.bytes.subarray(start, batch.ends[index])) };
  });
  for (const { roomId, sessionId } of batch.refused) {
    entries.push({ roomId, sessionId, ...UNREADABLE });
  }
  return entries;
}

const UNREADABLE = { firstMessageIndex: null, sealed: null };

function readEntry(bytes: Uint8Array): Pick<BackupEntry, "firstMessageIndex" | "sealed"> {
  const entry = parseJson(decoder.decode(bytes));
  if (!isObject(entry)) {
    return UNREADABLE;
  }
  const index = own(entry, "first_message_index");
  return {
    firstMessageIndex:
      typeof index === "number" && Number.isSafeInteger(index) && index >= 0 ? index : null,
    sealed: readSealed(own(entry, "session_data")),
  };
}

function readSealed(data: unknown): BackupEntry["sealed"] {
  if (!isObject(data)) {
    return null;
  }
  const ephemeral = own(data, "ephemeral");
  const mac = own(data, "mac");
  const ciphertext = own(data, "ciphertext");
  return typeof ephemeral === "string" && typeof mac === "string" && typeof ciphertext === "string"
    ? { ephemeral, mac, ciphertext }
    : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
