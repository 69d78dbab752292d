import type { BackupVersion } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import type { RoomKeySource } from "@/domain/ports";
import type { Result } from "@/domain/result";
import { sleep } from "@/lib/abort";
import { BackupSplitter } from "./BackupSplitter";
import { BatchBuilder } from "./BatchBuilder";
import type { EntryGate } from "./EntryGate";
import type { ImportPipeline } from "./ImportPipeline";
import { backoffMs, openDownload } from "./openDownload";
import { entryLimit, readBody } from "./readBody";
import type { RestoreLedger } from "./RestoreLedger";
import type { RestoreTuning } from "./tuning";

/** What the downloads of one run share. */
export interface DownloadContext {
  readonly source: RoomKeySource;
  readonly version: BackupVersion;
  readonly pipeline: ImportPipeline;
  readonly gate: EntryGate;
  readonly ledger: RestoreLedger;
  readonly tuning: RestoreTuning;
  readonly signal: AbortSignal;
  readonly onProgress: () => void;
}

/**
 * Downloads the whole backup and takes its entries through the pipeline, all of them settled when
 * it resolves. A download that breaks off is begun anew (the endpoint has no paging); an entry met
 * before, then, in the same download or in one of a room, is passed over. Rejects when `signal` is
 * aborted.
 */
export async function downloadEntries(context: DownloadContext): Promise<Result<void, AppError>> {
  const { source, version, ledger, pipeline, signal, tuning, onProgress } = context;
  const onWait = (wait: Parameters<typeof ledger.waits>[0]): void => {
    ledger.waits(wait);
    onProgress();
  };
  for (let download = 1; ; download++) {
    const opened = await openDownload(
      (aborted) => source.open(version, aborted),
      signal,
      tuning,
      onWait,
    );
    if (!opened.ok) {
      return opened;
    }
    ledger.enter("downloading");
    const builder = createBuilder(context);
    const takeRecalled = (): void => ledger.recall(builder.takeRecalled());
    const read = await readBody(opened.value, {
      splitter: new BackupSplitter(builder),
      builder,
      maxEntries: entryLimit(ledger.tally.expected),
      tuning,
      signal,
      async take(batch) {
        takeRecalled();
        void pipeline.take(batch);
        await pipeline.hasRoom(signal);
      },
      onBytes(position) {
        takeRecalled();
        ledger.reachedByte(position, opened.value.byteLength);
        onProgress();
      },
    });
    takeRecalled();
    const rest = builder.take();
    if (rest !== null) {
      void pipeline.take(rest);
    }
    ledger.enter("finishing");
    onProgress();
    await pipeline.drain(signal);
    // The last batch may have failed without anybody waiting on it.
    signal.throwIfAborted();
    if (read.ok || !mayPass(read.error) || download > tuning.restarts) {
      return read;
    }
    const ms = backoffMs(download, tuning);
    ledger.enter("opening");
    onWait({ error: read.error, ms });
    await sleep(ms, tuning.clock, signal);
    onWait(null);
  }
}

/** A builder of batches for one download of this run. */
export function createBuilder({ tuning, gate }: DownloadContext): BatchBuilder {
  return new BatchBuilder({ entries: tuning.batchEntries, entryBytes: tuning.entryBytes }, gate);
}

/** Whether the same download may go through when begun anew. */
function mayPass(error: AppError): boolean {
  return error.kind === "network" || error.kind === "timeout";
}
