import type { AppError } from "@/domain/errors";
import type { DecryptedRoomKey, ImportOutcome, RoomKeyImport } from "@/domain/ports";
import { raceAbort, withTimeout } from "@/lib/abort";
import { yieldToMain } from "@/lib/yieldToMain";
import type { DecryptPool } from "./DecryptPool";
import { errorName } from "./errorName";
import { Lanes } from "./Lanes";
import type { BackupBatch, SessionResult } from "./protocol";
import type { RestoreCursor } from "./RestoreCursor";
import { addedRows, type RestoreLedger } from "./RestoreLedger";
import type { RestoreTuning } from "./tuning";

export interface ImportPipelineOptions {
  readonly pool: DecryptPool;
  readonly store: RoomKeyImport;
  readonly cursor: RestoreCursor;
  readonly ledger: RestoreLedger;
  readonly tuning: RestoreTuning;
  readonly onSettled: () => void;
}

/** Keys for one call of the sink, with the fingerprints of their entries. */
interface ImportPart {
  readonly keys: DecryptedRoomKey[];
  readonly prints: number[];
  /** Whether their entries were counted before: see BackupBatch. */
  readonly changed: boolean;
}

/**
 * Takes batches through decryption (several at once) and import (a few calls at a time). The first
 * error ends it.
 */
export class ImportPipeline {
  readonly #options: ImportPipelineOptions;
  readonly #broken = new AbortController();
  readonly #inFlight = new Set<Promise<boolean>>();
  readonly #lanes: Lanes;
  /** Imports that the store is working on. */
  readonly #imports = new Set<Promise<void>>();
  #isStopped = false;
  #error: AppError | null = null;

  constructor(options: ImportPipelineOptions) {
    this.#options = options;
    this.#lanes = new Lanes(options.tuning.importLanes);
  }

  /** What ended the pipeline, or null. */
  get error(): AppError | null {
    return this.#error;
  }

  /** Aborted when the pipeline has failed. */
  get broken(): AbortSignal {
    return this.#broken.signal;
  }

  /**
   * Takes a batch over. Resolves when all its entries are settled, or will not be; true when the key
   * of every one is in the store. Never rejects.
   */
  take(batch: BackupBatch): Promise<boolean> {
    const settled = this.#process(batch).finally(() => {
      this.#inFlight.delete(settled);
    });
    this.#inFlight.add(settled);
    return settled;
  }

  /** Resolves when there is room for another batch. Rejects when aborted. */
  async hasRoom(signal: AbortSignal): Promise<void> {
    while (this.#inFlight.size >= this.#options.tuning.batchesInFlight) {
      await raceAbort(Promise.race(this.#inFlight), signal);
    }
  }

  /** Resolves when every batch taken is settled. Rejects when aborted. */
  async drain(signal: AbortSignal): Promise<void> {
    await raceAbort(Promise.all(this.#inFlight), signal);
  }

  /**
   * Starts nothing more, and waits for the imports under way: so that they are counted, and because
   * the store may be closed when the run has ended. A store that hangs is not waited for for ever.
   */
  async stop(): Promise<void> {
    this.#isStopped = true;
    const { stopGraceMs, clock } = this.#options.tuning;
    await withTimeout(Promise.all(this.#imports), stopGraceMs, clock);
  }

  async #process(batch: BackupBatch): Promise<boolean> {
    try {
      const decrypted = await this.#options.pool.decrypt(batch);
      if (this.#isStopped) {
        return false;
      }
      if (decrypted.ok) {
        return await this.#settle(batch, decrypted.value);
      }
      this.#fail(decrypted.error);
    } catch (error) {
      this.#fail({ kind: "unexpected", detail: errorName(error) });
    }
    return false;
  }

  async #settle(batch: BackupBatch, results: readonly SessionResult[]): Promise<boolean> {
    const { ledger, onSettled } = this.#options;
    for (const failure of batch.refused) {
      ledger.fail(failure);
    }
    const parts: ImportPart[] = [];
    let areAllIn = batch.refused.length === 0;
    for (const [index, entry] of batch.entries.entries()) {
      const result = results[index];
      if (result === undefined) {
        throw new RangeError("fewer results than entries");
      }
      const changed = batch.changed[index] === true;
      if (result.ok) {
        const part = this.#partFor(parts, changed);
        part.keys.push({ ...entry, sessionData: result.sessionData });
        part.prints.push(batch.prints[index * 2] ?? 0, batch.prints[index * 2 + 1] ?? 0);
        continue;
      }
      areAllIn = false;
      if (!changed) {
        ledger.fail({ ...entry, reason: result.reason });
      }
    }
    onSettled();
    const imported = await Promise.all(
      parts.map((part) => this.#lanes.run(() => this.#import(part))),
    );
    return areAllIn && imported.every(Boolean);
  }

  /** The part that takes the next key. */
  #partFor(parts: ImportPart[], changed: boolean): ImportPart {
    const last = parts.findLast((part) => part.changed === changed);
    if (last !== undefined && last.keys.length < this.#options.tuning.importKeys) {
      return last;
    }
    const part: ImportPart = { keys: [], prints: [], changed };
    parts.push(part);
    return part;
  }

  async #import(part: ImportPart): Promise<boolean> {
    if (this.#isStopped) {
      return false;
    }
    const importing = this.#importNow(part);
    const ended = importing.then(
      () => undefined,
      () => undefined,
    );
    this.#imports.add(ended);
    try {
      return await importing;
    } finally {
      this.#imports.delete(ended);
      await yieldToMain();
    }
  }

  async #importNow({ keys, prints, changed }: ImportPart): Promise<boolean> {
    const { store, ledger, cursor, onSettled } = this.#options;
    ledger.workingOn(keys[0]?.roomId ?? "");
    const outcome = await store.import(keys);
    if (!outcome.ok) {
      this.#fail(outcome.error);
      return false;
    }
    const { value } = outcome;
    if (changed) {
      ledger.importedAgain(value);
    } else {
      ledger.imported(value, keys.length);
    }
    cursor.settle(
      withoutFailed(keys, prints, value),
      value.improved === null ? null : addedRows(value),
    );
    onSettled();
    return value.imported + value.already === keys.length;
  }

  #fail(error: AppError): void {
    this.#error ??= error;
    this.#isStopped = true;
    this.#broken.abort();
  }
}

/** Fingerprints of what is surely in the store. What failed is tried again by the next run. */
function withoutFailed(
  keys: readonly DecryptedRoomKey[],
  prints: readonly number[],
  { imported, already, failures }: ImportOutcome,
): readonly number[] {
  if (failures.length === 0 && imported + already === keys.length) {
    return prints;
  }
  if (imported + already + failures.length !== keys.length) {
    return [];
  }
  const failed = new Set(failures.map(({ roomId, sessionId }) => `${roomId}\n${sessionId}`));
  return keys.flatMap(({ roomId, sessionId }, index) =>
    failed.has(`${roomId}\n${sessionId}`)
      ? []
      : [prints[index * 2] ?? 0, prints[index * 2 + 1] ?? 0],
  );
}
