import type { BackupVersion } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import type { RoomKeySource } from "@/domain/ports";
import { fail, ok, type Result } from "@/domain/result";
import { raceAbort, sleep, TIMED_OUT, withTimeout } from "@/lib/abort";
import { yieldToMain } from "@/lib/yieldToMain";
import { BackupSplitter } from "./BackupSplitter";
import { BatchBuilder } from "./BatchBuilder";
import { errorName } from "./errorName";
import type { ImportPipeline } from "./ImportPipeline";
import { backoffMs, openDownload, type OpenDownload } from "./openDownload";
import type { RestoreLedger } from "./RestoreLedger";
import { SeenEntries } from "./SeenEntries";
import type { RestoreTuning } from "./tuning";

export interface DownloadContext {
  readonly source: RoomKeySource;
  readonly version: BackupVersion;
  readonly pipeline: ImportPipeline;
  readonly ledger: RestoreLedger;
  readonly tuning: RestoreTuning;
  readonly signal: AbortSignal;
  readonly onProgress: () => void;
}

/** Longest stretch of splitting before other work on this thread gets its turn. */
const SPLIT_SLICE_MS = 8;

/** Entries taken beyond twice the server's count: a small backup may grow many times over meanwhile. */
const SPARE_ENTRIES = 10_000;
/** What the entries taken may have on average. Real ones have about 900 bytes with everything around. */
const AVERAGE_ENTRY_BYTES = 4096;

/**
 * Downloads the backup and takes its entries through the pipeline, all of them settled when it
 * resolves. A download that breaks off is begun anew (the endpoint has no paging); an entry met
 * before, then or in the same download, is passed over. Rejects when `signal` is aborted.
 */
export async function downloadEntries(context: DownloadContext): Promise<Result<void, AppError>> {
  const { ledger, pipeline, signal, tuning, onProgress } = context;
  const seen = new SeenEntries();
  for (let download = 1; ; download++) {
    ledger.enter("opening");
    onProgress();
    const opened = await openDownload(context.source, context.version, signal, tuning);
    if (!opened.ok) {
      return opened;
    }
    ledger.enter("downloading");
    const builder = new BatchBuilder(
      { entries: tuning.batchEntries, entryBytes: tuning.entryBytes },
      ({ roomId, sessionId }) => seen.add(roomId, sessionId),
    );
    const read = await readDownload(context, opened.value, builder);
    const rest = builder.take();
    if (rest !== null) {
      await pipeline.submit(rest, signal);
    }
    ledger.enter("finishing");
    onProgress();
    await pipeline.drain(signal);
    // The last batch may have failed without anybody waiting on it.
    signal.throwIfAborted();
    if (read.ok || !mayPass(read.error) || download > tuning.restarts) {
      return read;
    }
    await sleep(backoffMs(download, tuning), tuning.clock, signal);
  }
}

/** Reads one download to its end and submits every full batch. */
async function readDownload(
  context: DownloadContext,
  download: OpenDownload,
  builder: BatchBuilder,
): Promise<Result<void, AppError>> {
  const { ledger, pipeline, signal, tuning, onProgress } = context;
  const splitter = new BackupSplitter(builder);
  const { expected } = ledger.tally;
  const maxEntries = 2 * expected + SPARE_ENTRIES;
  const reader = download.body.getReader();
  let position = 0;
  let yieldedAt = tuning.clock.now();
  try {
    for (;;) {
      const chunk = await readChunk(reader, context);
      if (!chunk.ok) {
        return chunk;
      }
      if (chunk.value === null) {
        return splitter.end();
      }
      position += chunk.value.length;
      ledger.reachedByte(position, download.byteLength);
      onProgress();
      for (const batch of splitter.push(chunk.value)) {
        await pipeline.submit(batch, signal);
      }
      if (splitter.problem !== null) {
        return fail(splitter.problem);
      }
      if (builder.entriesRead > maxEntries || position > maxEntries * AVERAGE_ENTRY_BYTES) {
        return fail(tooLarge(expected));
      }
      if (tuning.clock.now() - yieldedAt > SPLIT_SLICE_MS) {
        await yieldToMain();
        yieldedAt = tuning.clock.now();
      }
    }
  } finally {
    // Both are needed: cancelling frees the stream, closing ends a request that ignores it.
    reader.cancel().catch(() => undefined);
    download.close();
  }
}

/** The next bytes, or null at the end. */
async function readChunk(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  { signal, tuning }: DownloadContext,
): Promise<Result<Uint8Array | null, AppError>> {
  const reading = reader.read().catch((error: unknown) => errorName(error));
  const read = await raceAbort(withTimeout(reading, tuning.stallTimeoutMs, tuning.clock), signal);
  if (read === TIMED_OUT) {
    return fail({ kind: "timeout", detail: "the download stood still" });
  }
  if (typeof read === "string") {
    return fail({ kind: "network", detail: `the download broke off (${read})` });
  }
  return ok(read.done ? null : read.value);
}

/** An answer that may never end. What came of it so far is settled like any other. */
function tooLarge(expected: number): AppError {
  const detail = `too large: the server sends far more than the ${expected} keys it counted`;
  return { kind: "not_matrix", detail };
}

/** Whether the same download may go through when begun anew. */
function mayPass(error: AppError): boolean {
  return error.kind === "network" || error.kind === "timeout";
}
