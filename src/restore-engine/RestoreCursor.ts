import type { BackupVersion } from "@/domain/backup";
import type { RestoreCursorStore, RestoreProgressRecord } from "@/domain/ports";
import { fingerprintSeed, FingerprintSet } from "@/lib/fingerprints";

export interface RestoreCursorOptions {
  readonly store: RestoreCursorStore;
  readonly version: BackupVersion;
  /** Room keys in the store now. */
  readonly held: number;
  /** Keys the server counts. */
  readonly expected: number;
  /** Keys between two notes. */
  readonly everyKeys: number;
}

type Read = Awaited<ReturnType<RestoreCursorStore["read"]>>;

/** Notes beyond the keys there are, before a record is given up. Entries that change leave old ones behind. */
const SPARE_NOTES = 10_000;

/**
 * How far the restore of one backup version came on this device: fingerprints of the entries whose
 * keys are in the store. They are written after the import they stand for, so what is lost in a
 * crash is decrypted again and nothing is taken for stored that is not. That the cursor cannot be
 * read or written costs work and stops nothing.
 */
export class RestoreCursor {
  readonly seed: Uint32Array<ArrayBuffer>;
  /** What earlier runs have settled. */
  readonly recalled: FingerprintSet;
  readonly completed: RestoreProgressRecord["completed"];
  readonly #options: RestoreCursorOptions;
  #held: number;
  #pending: number[] = [];
  #lastWrite: Promise<void> = Promise.resolve();
  #unfinishedWrites = 0;
  /** Whether the store of cursors has this one; before that nothing is noted. */
  #hasBegun: boolean;
  /** Nothing more may be noted. */
  #isOver = false;

  private constructor(options: RestoreCursorOptions, record: RestoreProgressRecord | null) {
    this.#options = options;
    this.#held = options.held;
    this.#hasBegun = record !== null;
    this.seed = record?.seed ?? fingerprintSeed();
    this.completed = record?.completed ?? null;
    this.recalled = new FingerprintSet(record === null ? 0 : countNotes(record));
    for (const part of record?.settled ?? []) {
      for (let at = 0; at + 1 < part.length; at += 2) {
        this.recalled.add(part[at] ?? 0, part[at + 1] ?? 0);
      }
    }
  }

  /** `read` is what earlier runs noted. A store with fewer keys than they left has lost some: then nothing of it is believed. */
  static open(read: Read, options: RestoreCursorOptions): RestoreCursor {
    const record = read.ok ? read.value : null;
    const believed = record !== null && isBelieved(record, options) ? record : null;
    const cursor = new RestoreCursor(options, believed);
    // At once, so that a record that is not believed now is never believed later.
    cursor.#write(async () => true);
    return cursor;
  }

  /**
   * Entries whose import has ended well, as fingerprints. `newRows`: how many of their keys were not
   * there before, or null when the store cannot tell; then it is not known any more how many keys
   * there must be, and this run notes nothing further.
   */
  settle(prints: readonly number[], newRows: number | null): void {
    if (newRows === null) {
      this.#isOver = true;
      this.#pending = [];
    }
    if (this.#isOver) {
      return;
    }
    this.#held += newRows ?? 0;
    for (const word of prints) {
      this.#pending.push(word);
    }
    this.#flushWhenDue();
  }

  /**
   * With a write under way the notes gather for the next one. Each in a line of its own would fall
   * ever further behind a store that is busy, and all that stands in the line is lost in a crash.
   */
  #flushWhenDue(): void {
    const isDue = this.#pending.length >= this.#options.everyKeys * 2;
    if (isDue && this.#unfinishedWrites === 0 && !this.#isOver) {
      this.#flush();
    }
  }

  /**
   * Writes what is still to be written, and nothing after it. `completedAt`: everything of the backup
   * with this etag is here, in a store of `held` keys.
   */
  async close(
    completedAt: { readonly etag: string; readonly count: number; readonly held: number } | null,
  ): Promise<void> {
    const { store, version } = this.#options;
    this.#flush();
    if (completedAt !== null && !this.#isOver) {
      const { held, ...at } = completedAt;
      // The store's own count: it has the keys that came by sync meanwhile, too.
      this.#write(
        async () =>
          (await store.append(version, new Uint32Array(0), held)).ok &&
          (await store.complete(version, at)).ok,
      );
    }
    this.#isOver = true;
    await this.#lastWrite;
  }

  #flush(): void {
    if (this.#pending.length === 0) {
      return;
    }
    const { store, version } = this.#options;
    const prints = Uint32Array.from(this.#pending);
    const held = this.#held;
    this.#pending = [];
    this.#write(async () => (await store.append(version, prints, held)).ok);
  }

  /** One after the other; after a failure nothing more, so that no note stands for more than is there. */
  #write(work: () => Promise<boolean>): void {
    const { store, version } = this.#options;
    this.#unfinishedWrites++;
    this.#lastWrite = this.#lastWrite.then(async () => {
      try {
        this.#hasBegun ||= (await store.begin(version, this.seed)).ok;
        // What could not begin is tried again with the next note; one that was begun and fails is over.
        if (this.#hasBegun && !(await work())) {
          this.#isOver = true;
        }
      } catch {
        this.#isOver = true;
      }
      this.#unfinishedWrites--;
      this.#flushWhenDue();
    });
  }
}

function countNotes({ settled }: RestoreProgressRecord): number {
  return settled.reduce((words, part) => words + part.length, 0) / 2;
}

function isBelieved(
  record: RestoreProgressRecord,
  { held, expected }: RestoreCursorOptions,
): boolean {
  return record.held <= held && countNotes(record) <= 4 * expected + SPARE_NOTES;
}
