import type { BackupVersion } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import type { DecryptedRoomKey, RoomKeySink } from "@/domain/ports";
import { raceAbort, withTimeout } from "@/lib/abort";
import { yieldToMain } from "@/lib/yieldToMain";
import type { DecryptPool } from "./DecryptPool";
import { errorName } from "./errorName";
import type { BackupBatch, SessionResult } from "./protocol";
import type { RestoreLedger } from "./RestoreLedger";
import type { RestoreTuning } from "./tuning";

export interface ImportPipelineOptions {
  readonly pool: DecryptPool;
  readonly sink: RoomKeySink;
  readonly version: BackupVersion;
  readonly ledger: RestoreLedger;
  readonly tuning: RestoreTuning;
  readonly onSettled: () => void;
}

/**
 * Takes batches through decryption (several at once) and import (one call at a time, in the order
 * of arrival), never more than `batchesInFlight` together. The first error ends it.
 */
export class ImportPipeline {
  readonly #options: ImportPipelineOptions;
  readonly #broken = new AbortController();
  readonly #inFlight = new Set<Promise<void>>();
  #lastImport: Promise<void> = Promise.resolve();
  #isStopped = false;
  #error: AppError | null = null;

  constructor(options: ImportPipelineOptions) {
    this.#options = options;
  }

  /** What ended the pipeline, or null. */
  get error(): AppError | null {
    return this.#error;
  }

  /** Aborted when the pipeline has failed. */
  get broken(): AbortSignal {
    return this.#broken.signal;
  }

  /** Takes a batch over; resolves when there is room for another. Rejects when aborted. */
  async submit(batch: BackupBatch, signal: AbortSignal): Promise<void> {
    const settled = this.#process(batch).finally(() => {
      this.#inFlight.delete(settled);
    });
    this.#inFlight.add(settled);
    while (this.#inFlight.size >= this.#options.tuning.batchesInFlight) {
      await raceAbort(Promise.race(this.#inFlight), signal);
    }
  }

  /** Resolves when every batch taken is settled. Rejects when aborted. */
  async drain(signal: AbortSignal): Promise<void> {
    await raceAbort(Promise.all(this.#inFlight), signal);
  }

  /**
   * Starts nothing more, and waits for the import under way: so that it is counted, and because the
   * store may be closed when the run has ended. A store that hangs is not waited for for ever.
   */
  async stop(): Promise<void> {
    this.#isStopped = true;
    const { stopGraceMs, clock } = this.#options.tuning;
    await withTimeout(this.#lastImport, stopGraceMs, clock);
  }

  async #process(batch: BackupBatch): Promise<void> {
    try {
      const decrypted = this.#options.pool.decrypt(batch);
      const before = this.#lastImport;
      const mine = Promise.all([decrypted, before]).then(async ([result]) => {
        if (this.#isStopped) {
          return;
        }
        if (result.ok) {
          await this.#settle(batch, result.value);
        } else {
          this.#fail(result.error);
        }
      });
      this.#lastImport = mine.catch(() => undefined);
      await mine;
    } catch (error) {
      this.#fail({ kind: "unexpected", detail: errorName(error) });
    }
  }

  async #settle(batch: BackupBatch, results: readonly SessionResult[]): Promise<void> {
    const { ledger, onSettled, tuning } = this.#options;
    for (const failure of batch.refused) {
      ledger.fail(failure);
    }
    let keys: DecryptedRoomKey[] = [];
    for (const [index, entry] of batch.entries.entries()) {
      const result = results[index];
      if (result === undefined) {
        throw new RangeError("fewer results than entries");
      }
      if (!result.ok) {
        ledger.fail({ ...entry, reason: result.reason });
        continue;
      }
      if (keys.length >= tuning.importKeys) {
        await this.#import(keys);
        keys = [];
      }
      keys.push({ ...entry, sessionData: result.sessionData });
    }
    await this.#import(keys);
    onSettled();
  }

  async #import(keys: readonly DecryptedRoomKey[]): Promise<void> {
    const { sink, version, ledger, onSettled } = this.#options;
    const [first] = keys;
    if (this.#isStopped || first === undefined) {
      return;
    }
    ledger.workingOn(first.roomId);
    const outcome = await sink.import(keys, version);
    if (!outcome.ok) {
      this.#fail(outcome.error);
      return;
    }
    ledger.imported(outcome.value, keys.length);
    onSettled();
    await yieldToMain();
  }

  #fail(error: AppError): void {
    this.#error ??= error;
    this.#isStopped = true;
    this.#broken.abort();
  }
}
