import type { BackupVersion } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import type {
  DecryptedRoomKey,
  DecryptionKeySource,
  ImportOutcome,
  RestoreCursorStore,
  RestoreProgressRecord,
  RoomKeyDownload,
  RoomKeyImport,
  RoomKeySink,
  RoomKeySource,
} from "@/domain/ports";
import { fail, ok, type Result } from "@/domain/result";

/** One answer of a scripted source: an error, a body, or a promise of either. */
export type ScriptedAnswer = AppError | ReadableStream<Uint8Array> | Promise<never>;

/** A source that gives its answers one after the other; the last one again and again. */
export class ScriptedSource implements RoomKeySource {
  readonly signals: AbortSignal[] = [];
  /** Answers for single rooms; a room without one has no keys. */
  readonly rooms = new Map<string, () => ScriptedAnswer>();
  readonly roomsAsked: string[] = [];
  readonly #answers: readonly (() => ScriptedAnswer)[];

  constructor(...answers: readonly (() => ScriptedAnswer)[]) {
    this.#answers = answers;
  }

  get opened(): number {
    return this.signals.length;
  }

  async open(_version: BackupVersion, signal: AbortSignal): ReturnType<RoomKeySource["open"]> {
    const answer = this.#answers[Math.min(this.signals.length, this.#answers.length - 1)];
    this.signals.push(signal);
    if (answer === undefined) {
      throw new Error("the script is empty");
    }
    return resultOf(await answer());
  }

  async openRoom(
    _version: BackupVersion,
    roomId: string,
    _signal: AbortSignal,
  ): ReturnType<RoomKeySource["openRoom"]> {
    this.roomsAsked.push(roomId);
    const answer = this.rooms.get(roomId);
    return resultOf(
      answer === undefined ? bodyOf(new TextEncoder().encode('{"sessions":{}}')) : await answer(),
    );
  }
}

function resultOf(given: AppError | ReadableStream<Uint8Array>): Result<RoomKeyDownload, AppError> {
  return given instanceof ReadableStream ? ok({ body: given, byteLength: null }) : fail(given);
}

export interface BodyOptions {
  /** Bytes per chunk. */
  readonly chunk?: number;
  /** What follows the bytes: a proper end, a broken connection, or nothing at all. */
  readonly ending?: "end" | "break" | "silence";
  readonly onPull?: () => void;
  readonly onCancel?: () => void;
}

/** A body that gives a chunk whenever one is asked for. */
export function bodyOf(bytes: Uint8Array, options: BodyOptions = {}): ReadableStream<Uint8Array> {
  const { chunk = 16 * 1024, ending = "end" } = options;
  let at = 0;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        options.onPull?.();
        if (at < bytes.length) {
          controller.enqueue(bytes.slice(at, at + chunk));
          at += chunk;
        } else if (ending === "end") {
          controller.close();
        } else if (ending === "break") {
          controller.error(new TypeError("network error"));
        }
      },
      cancel() {
        options.onCancel?.();
      },
    },
    { highWaterMark: 0 },
  );
}

/** A store in memory that holds the first copy of every key. */
export class MemorySink implements RoomKeySink {
  readonly held = new Map<string, DecryptedRoomKey>();
  readonly batchSizes: number[] = [];
  /** Imports opened and not closed. */
  openImports = 0;
  /** Called before each import; may wait, or answer in the sink's place. */
  intercept: (
    batch: readonly DecryptedRoomKey[],
  ) => Promise<Result<ImportOutcome, AppError> | undefined> = async () => undefined;
  /** What the store says of its size. */
  count: () => number = () => this.held.size;

  async open(): Promise<Result<RoomKeyImport, AppError>> {
    this.openImports++;
    let isOpen = true;
    return ok({
      held: this.count(),
      import: (batch) => this.#import(batch),
      count: async () => ok(this.count()),
      close: () => {
        this.openImports -= isOpen ? 1 : 0;
        isOpen = false;
      },
    });
  }

  async #import(batch: readonly DecryptedRoomKey[]): Promise<Result<ImportOutcome, AppError>> {
    const answer = await this.intercept(batch);
    if (answer !== undefined) {
      return answer;
    }
    this.batchSizes.push(batch.length);
    const before = this.held.size;
    for (const key of batch) {
      const id = `${key.roomId}\n${key.sessionId}`;
      if (!this.held.has(id)) {
        this.held.set(id, key);
      }
    }
    const imported = this.held.size - before;
    return ok({ imported, improved: 0, already: batch.length - imported, failures: [] });
  }
}

/** A cursor in memory, as it would be after a crash at any moment. */
export class MemoryCursorStore implements RestoreCursorStore {
  readonly records = new Map<BackupVersion, RestoreProgressRecord>();
  /** Answers in the store's place when it is not null. */
  failure: AppError | null = null;
  writes = 0;

  async read(version: BackupVersion) {
    return this.#unlessFailing(() => this.records.get(version) ?? null);
  }

  async begin(version: BackupVersion, seed: Uint32Array<ArrayBuffer>) {
    return this.#unlessFailing(() => {
      this.records.clear();
      this.records.set(version, { seed, settled: [], held: 0, completed: null });
    });
  }

  async append(version: BackupVersion, settled: Uint32Array<ArrayBuffer>, held: number) {
    return this.#change(version, (record) => ({
      ...record,
      settled: [...record.settled, settled],
      held: Math.max(record.held, held),
    }));
  }

  async complete(version: BackupVersion, completed: { etag: string; count: number }) {
    return this.#change(version, (record) => ({ ...record, completed }));
  }

  #change(
    version: BackupVersion,
    change: (record: RestoreProgressRecord) => RestoreProgressRecord,
  ): Result<void, AppError> {
    return this.#unlessFailing(() => {
      const record = this.records.get(version);
      if (record === undefined) {
        throw new Error("nothing was begun");
      }
      this.writes++;
      this.records.set(version, change(record));
    });
  }

  #unlessFailing<T>(work: () => T): Result<T, AppError> {
    return this.failure === null ? ok(work()) : fail(this.failure);
  }
}

/** A key source that remembers the copies it gave out, so that a test can see them zeroed. */
export class FixedKeySource implements DecryptionKeySource {
  readonly given: Uint8Array[] = [];
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  async read(): Promise<Result<Uint8Array, AppError>> {
    const copy = this.#key.slice();
    this.given.push(copy);
    return ok(copy);
  }
}
