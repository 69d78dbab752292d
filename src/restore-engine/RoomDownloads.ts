import { raceAbort, withTimeout } from "@/lib/abort";
import { BackupSplitter } from "./BackupSplitter";
import { createBuilder, type DownloadContext } from "./downloadEntries";
import { openDownload } from "./openDownload";
import { entryLimit, readBody } from "./readBody";
import { isRoomId } from "./roomId";

/** Entries that a room nobody asked for may bring beyond what rooms may bring: one can be busy. */
const SPARE_ROOM_ENTRIES = 2_000;

/** Batches of a room on their way at a time, beside those of the whole download. */
const BATCHES_AT_ONCE = 2;

/**
 * Fetches rooms by themselves, ahead of the whole backup: those used last, as far as they are a
 * small part of it, and any that a person asks for. They come once more with the whole backup and
 * are passed over then, so a room that fails here is late and never lost.
 */
export class RoomDownloads {
  readonly #context: DownloadContext;
  readonly #onReady: (roomId: string) => void;
  readonly #first: string[];
  /** Entries that the rooms used last may still bring; none after the first one that fails. */
  #allowance: number;
  readonly #asked: string[] = [];
  readonly #ready = new Set<string>();
  readonly #ending = new AbortController();
  readonly #signal: AbortSignal;
  readonly #underWay = new Map<string, Promise<void>>();
  /** Ends what nobody asked for. */
  #unasked = new AbortController();
  #wake: (() => void) | null = null;

  constructor(
    context: DownloadContext,
    firstRooms: readonly string[],
    onReady: (roomId: string) => void,
  ) {
    this.#context = context;
    this.#signal = AbortSignal.any([context.signal, this.#ending.signal]);
    this.#onReady = onReady;
    this.#first = firstRooms.filter(isRoomId);
    this.#allowance = Math.max(1, context.ledger.tally.expected * context.tuning.firstRoomsShare);
  }

  /** Puts a room before all others, the latest wish first. One that is in already is told of again. */
  bringForward(roomId: string): void {
    if (this.#ready.has(roomId)) {
      this.#onReady(roomId);
      return;
    }
    if (!isRoomId(roomId) || this.#asked.includes(roomId) || this.#underWay.has(roomId)) {
      return;
    }
    this.#asked.unshift(roomId);
    // What nobody asked for may stand still; it comes with the whole backup.
    this.#unasked.abort();
    this.#unasked = new AbortController();
    this.#wake?.();
  }

  /**
   * The room used last. Resolves when its bytes are here, so that its keys are ahead of all others
   * on their way into the store; or when that has failed, or takes too long and goes on meanwhile.
   * Rejects when the run is aborted.
   */
  async begin(): Promise<void> {
    const { ledger, tuning, onProgress, signal } = this.#context;
    const roomId = this.#first.shift();
    if (roomId === undefined) {
      return;
    }
    ledger.enter("first_rooms");
    onProgress();
    const { promise: arrived, resolve: onArrived } = Promise.withResolvers<void>();
    const fetched = this.#fetch(roomId, false, onArrived);
    await raceAbort(
      withTimeout(Promise.race([arrived, fetched]), tuning.firstRoomMs, tuning.clock),
      signal,
    );
  }

  /** Fetches room after room, and waits for more to be asked for, until `end`. */
  async serve(): Promise<void> {
    while (!this.#signal.aborted) {
      const asked = this.#asked.shift();
      const roomId = asked ?? (this.#allowance > 0 ? this.#first.shift() : undefined);
      await (roomId === undefined
        ? this.#somethingToDo()
        : this.#fetch(roomId, asked !== undefined));
    }
  }

  /** Stops what is under way: the rest comes, or came, with the whole backup. */
  async end(): Promise<void> {
    this.#ending.abort();
    await Promise.all(this.#underWay.values());
  }

  #somethingToDo(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    return raceAbort(promise, this.#signal).catch(() => undefined);
  }

  /** Never rejects: every failure, also an abort, is left to the whole download. */
  #fetch(roomId: string, asked: boolean, onArrived: () => void = () => undefined): Promise<void> {
    const signal = asked ? this.#signal : AbortSignal.any([this.#signal, this.#unasked.signal]);
    const fetching = this.#fetchRoom(roomId, asked, signal, onArrived)
      .catch(() => undefined)
      .finally(() => {
        this.#underWay.delete(roomId);
      });
    this.#underWay.set(roomId, fetching);
    return fetching;
  }

  async #fetchRoom(
    roomId: string,
    asked: boolean,
    signal: AbortSignal,
    onArrived: () => void,
  ): Promise<void> {
    const { source, version, ledger, pipeline, tuning, onProgress } = this.#context;
    // Until it is here whole: a server that refuses one is not asked for others unasked.
    const allowance = this.#allowance;
    this.#allowance = 0;
    const opened = await openDownload(
      (aborted) => source.openRoom(version, roomId, aborted),
      signal,
      { ...tuning, openAttempts: 1 },
      () => undefined,
    );
    if (!opened.ok) {
      return;
    }
    const builder = createBuilder(this.#context);
    const whole = entryLimit(ledger.tally.expected);
    const batches: Promise<boolean>[] = [];
    let isWhole = false;
    try {
      const read = await readBody(opened.value, {
        splitter: new BackupSplitter(builder, roomId),
        builder,
        maxEntries: asked ? whole : Math.min(whole, 2 * allowance + SPARE_ROOM_ENTRIES),
        tuning,
        signal,
        async take(batch) {
          batches.push(pipeline.take(batch));
          await raceAbort(batches.at(-BATCHES_AT_ONCE) ?? Promise.resolve(true), signal);
        },
        onBytes: () => undefined,
      });
      isWhole = read.ok;
    } finally {
      // What was met here is passed over in the whole download, so it must be settled here.
      const rest = builder.take();
      if (rest !== null) {
        batches.push(pipeline.take(rest));
      }
      ledger.recall(builder.takeRecalled());
      onProgress();
      onArrived();
    }
    this.#allowance = isWhole ? allowance - builder.entriesRead : 0;
    const areIn = await raceAbort(Promise.all(batches), signal);
    // What the whole download had met before is passed over here, and may still be on its way.
    await pipeline.drain(signal);
    if (isWhole && areIn.every(Boolean) && pipeline.error === null) {
      this.#ready.add(roomId);
      this.#onReady(roomId);
    }
  }
}
