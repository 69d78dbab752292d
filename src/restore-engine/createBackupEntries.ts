import type { BackupVersion } from "@/domain/backup";
import type { BackupEntries, BackupEntry, OpenedEntry } from "@/domain/changes";
import type { AppError } from "@/domain/errors";
import type { RoomKeySource } from "@/domain/ports";
import { fail, ok, type Result } from "@/domain/result";
import { raceAbort } from "@/lib/abort";
import { BackupSplitter } from "./BackupSplitter";
import { BatchBuilder } from "./BatchBuilder";
import { DecryptPool } from "./DecryptPool";
import { openDownload } from "./openDownload";
import type { BackupBatch, SessionResult } from "./protocol";
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
  options: { readonly createWorker: () => Worker; readonly tuning?: RestoreTuning },
): BackupEntries {
  const tuning = options.tuning ?? defaultTuning;

  async function walk(
    version: BackupVersion,
    take: (batch: BackupBatch) => Promise<void>,
    signal: AbortSignal,
  ): Promise<Result<void, AppError>> {
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
      take,
      onBytes: () => undefined,
    });
    const rest = builder.take();
    if (read.ok && rest !== null) {
      await take(rest);
    }
    return read;
  }

  return {
    read: (version, take, signal) => walk(version, (batch) => take(entriesOf(batch)), signal),
    async readOpened(version, backupKey, take, signal) {
      const key = backupKey.slice();
      const pool = new DecryptPool({
        createWorker: options.createWorker,
        workers: 1,
        engine: "auto",
        readKey: () => Promise.resolve(ok(key.slice())),
        silenceMs: tuning.workerSilenceMs,
        clock: tuning.clock,
      });
      const broken = new AbortController();
      let failure: AppError | null = null;
      const open = async (batch: BackupBatch): Promise<void> => {
        const results = await raceAbort(pool.decrypt(batch), signal);
        if (results.ok) {
          return take(openedOf(batch, results.value));
        }
        failure = results.error;
        broken.abort();
      };
      try {
        const opened = await pool.open();
        if (!opened.ok) {
          return opened;
        }
        const read = await walk(version, open, AbortSignal.any([signal, broken.signal]));
        return failure === null ? read : fail(failure);
      } catch (error) {
        if (failure === null) {
          throw error;
        }
        return fail(failure);
      } finally {
        pool.close();
        key.fill(0);
      }
    },
  };
}

/** What was refused by its ids or its size was not tried. */
function openedOf(batch: BackupBatch, results: readonly SessionResult[]): OpenedEntry[] {
  return entriesOf(batch).map((entry, index) => {
    const result = results[index];
    return { ...entry, sessionData: result?.ok === true ? result.sessionData : null };
  });
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
