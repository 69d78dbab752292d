import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { raceAbort, TIMED_OUT, withTimeout } from "@/lib/abort";
import { yieldToMain } from "@/lib/yieldToMain";
import type { BackupSplitter } from "./BackupSplitter";
import type { BatchBuilder } from "./BatchBuilder";
import { errorName } from "./errorName";
import type { OpenDownload } from "./openDownload";
import type { BackupBatch } from "./protocol";
import type { RestoreTuning } from "./tuning";

/** Longest stretch of splitting before other work on this thread gets its turn. */
const SPLIT_SLICE_MS = 8;
/** Bytes split between two looks at the clock. */
const SPLIT_BYTES = 1 << 16;

/** No account has so many keys; what the server counts is its word only. */
const MOST_KEYS = 5_000_000;
/** Entries taken beyond twice the server's count: a small backup may grow many times over meanwhile. */
const SPARE_ENTRIES = 10_000;
/** What the entries taken may have on average. Real ones have about 900 bytes with everything around. */
const AVERAGE_ENTRY_BYTES = 4096;

/** The most entries taken of a backup in which the server counts `expected` keys. */
export function entryLimit(expected: number): number {
  return 2 * Math.min(expected, MOST_KEYS) + SPARE_ENTRIES;
}

export interface BodyReader {
  readonly splitter: BackupSplitter;
  readonly builder: BatchBuilder;
  /** An answer with more entries is given up, and one whose bytes are mostly none of its entries'. */
  readonly maxEntries: number;
  readonly tuning: RestoreTuning;
  readonly signal: AbortSignal;
  /** Takes every full batch; reading goes on when it resolves. */
  readonly take: (batch: BackupBatch) => Promise<void>;
  /** Called with the number of bytes read so far. */
  readonly onBytes: (position: number) => void;
}

/**
 * Reads one download to its end. The rest in `builder` is the caller's to take, however it ends.
 * Errors: `network` (broken off, ended early), `timeout` (no byte for too long), `not_matrix`.
 * Rejects when the signal is aborted. The request is over when this settles.
 */
export async function readBody(
  download: OpenDownload,
  { splitter, builder, maxEntries, tuning, signal, take, onBytes }: BodyReader,
): Promise<Result<void, AppError>> {
  const reader = download.body.getReader();
  let position = 0;
  let yieldedAt = tuning.clock.now();
  try {
    for (;;) {
      const chunk = await readChunk(reader, signal, tuning);
      if (!chunk.ok) {
        return chunk;
      }
      if (chunk.value === null) {
        return splitter.end();
      }
      // Large chunks come where the network is faster than the store.
      for (let from = 0; from < chunk.value.length; from += SPLIT_BYTES) {
        const part = chunk.value.subarray(from, from + SPLIT_BYTES);
        position += part.length;
        for (const batch of splitter.push(part)) {
          await take(batch);
        }
        onBytes(position);
        if (splitter.problem !== null) {
          return fail(splitter.problem);
        }
        const { entriesRead } = builder;
        if (
          entriesRead > maxEntries ||
          position > (entriesRead + SPARE_ENTRIES) * AVERAGE_ENTRY_BYTES
        ) {
          return fail(TOO_LARGE);
        }
        if (tuning.clock.now() - yieldedAt > SPLIT_SLICE_MS) {
          await yieldToMain();
          yieldedAt = tuning.clock.now();
        }
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
  signal: AbortSignal,
  tuning: RestoreTuning,
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
const TOO_LARGE: AppError = {
  kind: "not_matrix",
  detail: "too large: the server sends far more than it counted",
};
