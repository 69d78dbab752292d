import type { AppError } from "@/domain/errors";
import { SAMPLE_ENTRIES, SAMPLE_ROOMS, type BackupSampler, type EntryTest } from "@/domain/keyTest";
import type { RestoreFailureReason } from "@/domain/restore";
import { fail, ok, type Result } from "@/domain/result";
import { FingerprintSet, fingerprintSeed } from "@/lib/fingerprints";
import { BackupSplitter } from "./BackupSplitter";
import { BatchBuilder } from "./BatchBuilder";
import { DecryptPool } from "./DecryptPool";
import { EntryGate } from "./EntryGate";
import { errorName } from "./errorName";
import { openDownload, type OpenDownload, type OpenRequest } from "./openDownload";
import type { BackupBatch, EngineChoice } from "./protocol";
import { entryLimit, readBody } from "./readBody";
import { defaultTuning, type RestoreTuning } from "./tuning";

export interface BackupSamplerOptions {
  readonly createWorker: () => Worker;
  readonly decryptWith?: EngineChoice;
  readonly tuning?: Partial<RestoreTuning>;
}

type Request = Parameters<BackupSampler["test"]>[0];

/** Rooms asked for before the sample is taken from the start of the backup: most have keys. */
const MOST_ROOMS_ASKED = 10;

/**
 * Decrypts and checks entries as a restore does, with the same parts, and drops what comes out: no
 * store, no cursor. The key goes to one worker, which ends with the test.
 */
export function createBackupSampler(options: BackupSamplerOptions): BackupSampler {
  const tuning = { ...defaultTuning, ...options.tuning };
  return {
    async test(request) {
      const pool = new DecryptPool({
        createWorker: options.createWorker,
        workers: 1,
        engine: options.decryptWith ?? "auto",
        readKey: () => Promise.resolve(ok(request.key.slice())),
        silenceMs: tuning.workerSilenceMs,
        clock: tuning.clock,
      });
      const run = new SampleRun(request, pool, tuning);
      try {
        return run.result(await run.go());
      } catch (thrown) {
        if (request.signal.aborted) return run.result("stopped");
        return run.result({ kind: "unexpected", detail: errorName(thrown) });
      } finally {
        pool.close();
      }
    },
  };
}

/** One test: its counts, and the way through the backup. */
class SampleRun {
  readonly #request: Request;
  readonly #pool: DecryptPool;
  readonly #tuning: RestoreTuning;
  readonly #gate: EntryGate;
  readonly #failed: Partial<Record<RestoreFailureReason, number>> = {};
  readonly #rooms = new Set<string>();
  #opened = 0;
  #tested = 0;
  /** What broke down while entries were decrypted. */
  #failure: AppError | null = null;

  constructor(request: Request, pool: DecryptPool, tuning: RestoreTuning) {
    this.#request = request;
    this.#pool = pool;
    this.#tuning = tuning;
    this.#gate = new EntryGate(fingerprintSeed(), new FingerprintSet(0), request.expected);
  }

  result(endedBy: EntryTest["endedBy"]): EntryTest {
    const { scope, expected } = this.#request;
    return {
      scope,
      expected,
      tested: this.#tested,
      opened: this.#opened,
      failed: { ...this.#failed },
      rooms: this.#rooms.size,
      endedBy,
    };
  }

  /** Why it ended early, or null. Rejects when aborted. */
  async go(): Promise<EntryTest["endedBy"]> {
    const { source, version, scope, signal } = this.#request;
    signal.throwIfAborted();
    const opened = await this.#pool.open();
    if (!opened.ok) return opened.error;
    if (scope === "sample") {
      const sampled = await this.#readRooms();
      if (!sampled.ok) return sampled.error;
      if (this.#tested > 0) return null;
    }
    const read = await this.#read((until) => source.open(version, until));
    return read.ok ? null : read.error;
  }

  /** Entries of the rooms used last, until there are enough. */
  async #readRooms(): Promise<Result<void, AppError>> {
    const { source, version, rooms } = this.#request;
    for (const roomId of rooms.slice(0, MOST_ROOMS_ASKED)) {
      if (this.#isEnough || this.#rooms.size >= SAMPLE_ROOMS) break;
      const read = await this.#read((until) => source.openRoom(version, roomId, until), roomId);
      if (!read.ok) return read;
    }
    return ok(undefined);
  }

  /** Reads one answer, to its end or until there is enough. Rejects when aborted. */
  async #read(open: OpenRequest, roomId?: string): Promise<Result<void, AppError>> {
    const { signal } = this.#request;
    const enough = new AbortController();
    const until = AbortSignal.any([signal, enough.signal]);
    try {
      const opened = await openDownload(open, until, this.#tuning, () => undefined);
      if (!opened.ok) return opened;
      return await this.#readBody(opened.value, roomId, until, () => {
        enough.abort();
      });
    } catch (error) {
      if (signal.aborted || !enough.signal.aborted) throw error;
      return this.#failure === null ? ok(undefined) : fail(this.#failure);
    }
  }

  async #readBody(
    download: OpenDownload,
    roomId: string | undefined,
    signal: AbortSignal,
    end: () => void,
  ): Promise<Result<void, AppError>> {
    const { scope, expected } = this.#request;
    const tuning = this.#tuning;
    const entries =
      scope === "sample" ? Math.max(1, SAMPLE_ENTRIES - this.#tested) : tuning.batchEntries;
    const builder = new BatchBuilder({ entries, entryBytes: tuning.entryBytes }, this.#gate);
    const take = async (batch: BackupBatch): Promise<void> => {
      await this.#settle(batch);
      if (this.#failure !== null || this.#isEnough) end();
    };
    const read = await readBody(download, {
      splitter: new BackupSplitter(builder, roomId),
      builder,
      maxEntries: entryLimit(expected),
      tuning,
      signal,
      take,
      onBytes: () => undefined,
    });
    const rest = builder.take();
    if (rest !== null) await take(rest);
    return this.#failure === null ? read : fail(this.#failure);
  }

  get #isEnough(): boolean {
    return this.#request.scope === "sample" && this.#tested >= SAMPLE_ENTRIES;
  }

  async #settle(batch: BackupBatch): Promise<void> {
    const results = await this.#pool.decrypt(batch);
    if (!results.ok) {
      this.#failure = results.error;
      return;
    }
    for (const [index, { roomId }] of batch.entries.entries()) {
      // The same entry sent again with other content is not another one.
      if (batch.changed[index] === true) continue;
      const result = results.value[index];
      this.#rooms.add(roomId);
      this.#count(result?.ok === true ? null : (result?.reason ?? "malformed"));
    }
    for (const { reason } of batch.refused) this.#count(reason);
    const [tested, opened] = [this.#tested, this.#opened];
    this.#request.onProgress({ tested, opened, failed: tested - opened });
  }

  #count(failure: RestoreFailureReason | null): void {
    this.#tested++;
    if (failure === null) this.#opened++;
    else this.#failed[failure] = (this.#failed[failure] ?? 0) + 1;
  }
}
