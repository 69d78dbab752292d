import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import type { Clock } from "@/lib/clock";
import { RpcWorker, WorkerLost, WorkerRefused } from "@/lib/rpc";
import { InThreadDecryptor } from "./InThreadDecryptor";
import type {
  DecryptAnswer,
  DecryptRequest,
  EncryptedEntries,
  EngineChoice,
  SessionResult,
} from "./protocol";

type DecryptWorker = RpcWorker<DecryptRequest, DecryptAnswer>;

/** A place for one worker; a dead one is replaced in it. */
interface Slot {
  /** Null when no worker could be started here. */
  worker: Promise<DecryptWorker | null>;
  batches: number;
}

export interface DecryptPoolOptions {
  readonly createWorker: () => Worker;
  readonly workers: number;
  /** What the workers decrypt with. This thread always uses the WebAssembly. */
  readonly engine: EngineChoice;
  /** A fresh copy of the raw key; the pool zeroes it. */
  readonly readKey: () => Promise<Result<Uint8Array, AppError>>;
  readonly silenceMs: number;
  readonly clock: Clock;
}

const KEY_BYTES = 32;
/** Tries to start a worker in one place. */
const STARTS = 2;
/** Workers a batch may cost before the restore says so: with the second it is no accident. */
const CRASHES = 2;

/**
 * Decrypts batches in workers. No batch is ever left hanging: a worker that dies or falls silent
 * is replaced and its batches are tried once more; where no worker can be started, batches are
 * decrypted on this thread in small steps.
 */
export class DecryptPool {
  readonly #options: DecryptPoolOptions;
  readonly #inThread: InThreadDecryptor;
  #slots: Slot[] = [];
  /** Workers that have not said yet that they are ready. */
  readonly #starting = new Set<DecryptWorker>();
  #isClosed = false;
  #keyError: AppError | null = null;

  constructor(options: DecryptPoolOptions) {
    this.#options = options;
    this.#inThread = new InThreadDecryptor(() => this.#readKey());
  }

  /** Reads the key and starts the workers. Fails with the key's error; workers may still be loading. */
  async open(): Promise<Result<void, AppError>> {
    const key = await this.#readKey();
    if (!key.ok) {
      return key;
    }
    this.#slots = Array.from({ length: this.#options.workers }, () => ({
      worker: this.#begin(key.value),
      batches: 0,
    }));
    // Each worker was posted its own copy above.
    key.value.fill(0);
    return ok(undefined);
  }

  /** Decrypts and validates each entry for itself. Fails only when the batch as a whole cannot be. */
  async decrypt(batch: EncryptedEntries): Promise<Result<readonly SessionResult[], AppError>> {
    let crashes = 0;
    for (let slot = this.#leastBusy(); slot !== undefined; slot = this.#leastBusy()) {
      slot.batches++;
      const worker = await slot.worker;
      try {
        if (worker === null) {
          this.#slots = this.#slots.filter((other) => other !== slot);
          continue;
        }
        const answer = await worker.call({
          kind: "decrypt",
          batch: { bytes: batch.bytes, ends: batch.ends },
        });
        if (answer.kind === "decrypted" && answer.results.length === batch.ends.length) {
          return ok(answer.results);
        }
        throw new WorkerRefused("an answer to another question");
      } catch (error) {
        if (!(error instanceof WorkerLost || error instanceof WorkerRefused)) {
          throw error;
        }
        if (this.#isClosed) {
          return fail({ kind: "closed" });
        }
        crashes++;
        if (worker !== null) {
          await this.#replace(slot, worker);
        }
        if (crashes >= CRASHES) {
          return fail({ kind: "worker_crashed" });
        }
      } finally {
        slot.batches--;
      }
    }
    if (this.#isClosed) {
      return fail({ kind: "closed" });
    }
    return this.#keyError === null ? this.#inThread.decrypt(batch) : fail(this.#keyError);
  }

  /** Terminates the workers and frees the key. Batches under way fail with `closed`. */
  close(): void {
    this.#isClosed = true;
    const slots = this.#slots;
    this.#slots = [];
    for (const slot of slots) {
      void slot.worker.then((worker) => worker?.close()).catch(() => undefined);
    }
    for (const worker of this.#starting) {
      worker.close();
    }
    this.#inThread.close();
  }

  #leastBusy(): Slot | undefined {
    let best: Slot | undefined;
    for (const slot of this.#slots) {
      if (best === undefined || slot.batches < best.batches) {
        best = slot;
      }
    }
    return best;
  }

  /** Puts a new worker in the place of a dead one, unless another batch has done so already. */
  async #replace(slot: Slot, dead: DecryptWorker): Promise<void> {
    dead.close();
    const current = slot.worker;
    if ((await current) === dead && slot.worker === current) {
      slot.worker = this.#begin();
    }
  }

  /** As `start`; a start that fails with nobody waiting for it is no news. */
  #begin(given?: Uint8Array<ArrayBuffer>): Promise<DecryptWorker | null> {
    const starting = this.#start(given);
    starting.catch(() => undefined);
    return starting;
  }

  /** A worker that has loaded its crypto and holds the key, or null. `given` is copied, not kept. */
  async #start(given?: Uint8Array<ArrayBuffer>): Promise<DecryptWorker | null> {
    const { engine } = this.#options;
    for (let attempt = 0; attempt < STARTS && !this.#isClosed; attempt++) {
      const worker = this.#create();
      if (worker === null) {
        return null;
      }
      this.#starting.add(worker);
      try {
        if (given !== undefined && attempt === 0) {
          await worker.call({ kind: "open", key: given, engine });
          return worker;
        }
        const key = await this.#readKey();
        if (!key.ok) {
          this.#keyError = key.error;
          worker.close();
          return null;
        }
        const opened = worker.call({ kind: "open", key: key.value, engine });
        key.value.fill(0);
        await opened;
        return worker;
      } catch (error) {
        worker.close();
        if (!(error instanceof WorkerLost || error instanceof WorkerRefused)) {
          throw error;
        }
      } finally {
        this.#starting.delete(worker);
      }
    }
    return null;
  }

  #create(): DecryptWorker | null {
    try {
      return new RpcWorker(this.#options.createWorker(), this.#options);
    } catch {
      return null;
    }
  }

  async #readKey(): Promise<Result<Uint8Array<ArrayBuffer>, AppError>> {
    const read = await this.#options.readKey();
    if (!read.ok) {
      return read;
    }
    const key = Uint8Array.from(read.value);
    read.value.fill(0);
    return key.length === KEY_BYTES
      ? ok(key)
      : fail({ kind: "decryption_key", reason: "mismatch" });
  }
}
