import type { BackupVersion } from "@/domain/backup";
import type { RestoreCursorStore, RestoreProgressRecord } from "@/domain/ports";
import { fingerprintSeed, FingerprintSet } from "@/lib/fingerprints";

export interface RestoreCursorOptions {
  readonly store: RestoreCursorStore;
  readonly version: BackupVersion;
  /** Room keys in the store now. */
  readonly held: number;
  /** Keys between two notes. */
  readonly everyKeys: number;
}

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
  #isBroken = false;

  private constructor(options: RestoreCursorOptions, record: RestoreProgressRecord | null) {
    this.#options = options;
    this.#held = options.held;
    this.seed = record?.seed ?? fingerprintSeed();
    this.completed = record?.completed ?? null;
    const words = record?.settled.reduce((sum, part) => sum + part.length, 0) ?? 0;
    this.recalled = new FingerprintSet(words / 2);
    for (const part of record?.settled ?? []) {
      for (let at = 0; at + 1 < part.length; at += 2) {
        this.recalled.add(part[at] ?? 0, part[at + 1] ?? 0);
      }
    }
  }

  /** `read` is what earlier runs noted. A store with fewer keys than they left has lost some: then nothing of it is believed. */
  static open(
    read: Awaited<ReturnType<RestoreCursorStore["read"]>>,
    options: RestoreCursorOptions,
  ): RestoreCursor {
    const { store, version, held } = options;
    const record = read.ok ? read.value : null;
    const cursor = new RestoreCursor(
      options,
      record !== null && record.held <= held ? record : null,
    );
    if (record === null || record.held > held) {
      cursor.#write(() => store.begin(version, cursor.seed));
    }
    return cursor;
  }

  /** Entries whose import has ended well, as fingerprints; `newRows` of their keys were not there before. */
  settle(prints: readonly number[], newRows: number): void {
    this.#held += newRows;
    for (const word of prints) {
      this.#pending.push(word);
    }
    if (this.#pending.length >= this.#options.everyKeys * 2) {
      this.#flush();
    }
  }

  /** Writes what is still to be written. `completedAt`: everything of the backup with this etag is here. */
  async close(
    completedAt: { readonly etag: string; readonly count: number } | null,
  ): Promise<void> {
    const { store, version } = this.#options;
    this.#flush();
    if (completedAt !== null) {
      this.#write(() => store.complete(version, completedAt));
    }
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
    this.#write(() => store.append(version, prints, held));
  }

  /** One after the other; after a failure nothing more, so that no note stands for more than is there. */
  #write(work: () => Promise<{ readonly ok: boolean }>): void {
    this.#lastWrite = this.#lastWrite.then(async () => {
      if (this.#isBroken) {
        return;
      }
      try {
        this.#isBroken = !(await work()).ok;
      } catch {
        this.#isBroken = true;
      }
    });
  }
}
