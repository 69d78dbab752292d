import {
  emptyTally,
  type RestoreFailure,
  type RestoreReport,
  type RestoreStage,
  type RestoreTally,
  type RestoreWait,
} from "@/domain/restore";
import type { ImportOutcome } from "@/domain/ports";

/** Failures listed in a report; the tally counts them all. */
const MAX_LISTED_FAILURES = 10_000;

/**
 * The counts of one run. An entry is counted as received at the moment its fate is known, so at
 * every moment, also when a run is stopped, received = imported + already + failed.
 */
export class RestoreLedger {
  #tally: RestoreTally;
  #added = 0;
  readonly #failures: RestoreFailure[] = [];
  #isClosed = false;

  constructor(expected: number) {
    this.#tally = emptyTally(expected);
  }

  enter(stage: RestoreStage): void {
    this.#change({ stage });
  }

  /** Position in the download. One begun anew shows no step back. */
  reachedByte(position: number, total: number | null): void {
    const bytes = Math.max(this.#tally.bytes, position);
    // With a compressed answer the length told is not the length read.
    this.#change({ bytes, bytesTotal: total !== null && bytes <= total ? total : null });
  }

  /** A wait before the server is asked again begins, or (null) has ended. */
  waits(waiting: RestoreWait | null): void {
    this.#change({ waiting });
  }

  /** Entries that an earlier run has settled. */
  recall(count: number): void {
    const { received, already, recalled } = this.#tally;
    this.#change({
      received: received + count,
      already: already + count,
      recalled: recalled + count,
    });
  }

  workingOn(roomId: string): void {
    this.#change({ currentRoomId: roomId });
  }

  fail(failure: RestoreFailure): void {
    this.#countFailure(failure.reason, 1);
    if (!this.#isClosed && this.#failures.length < MAX_LISTED_FAILURES) {
      this.#failures.push(failure);
    }
  }

  /**
   * Counts what the sink did with `size` keys. What it leaves unmentioned counts as rejected: better
   * to try a key again than to claim it. Throws when it claims more than it was given.
   */
  imported(outcome: ImportOutcome, size: number): void {
    const { imported, improved, already, failures } = outcome;
    const unmentioned = size - imported - already - failures.length;
    if (unmentioned < 0 || (improved ?? 0) > imported) {
      throw new RangeError("the sink counted more keys than it was given");
    }
    const { tally } = this;
    this.#added += addedRows(outcome);
    this.#change({
      received: tally.received + imported + already,
      imported: tally.imported + imported,
      improved: tally.improved + (improved ?? 0),
      already: tally.already + already,
      relabelled: tally.relabelled + (outcome.relabelled ?? 0),
    });
    for (const failure of failures) {
      this.fail(failure);
    }
    this.#countFailure("rejected", unmentioned);
  }

  /**
   * Counts what came of entries that were sent before in this run with other content. Only what is
   * new in the store counts: the entry itself was counted when it came first.
   */
  importedAgain(outcome: ImportOutcome): void {
    const { imported, improved } = outcome;
    const { tally } = this;
    this.#added += addedRows(outcome);
    this.#change({
      received: tally.received + imported,
      imported: tally.imported + imported,
      improved: tally.improved + (improved ?? 0),
      again: tally.again + imported,
    });
  }

  /** Keys that the store has more than before, as far as it can tell. */
  get added(): number {
    return this.#added;
  }

  /** From here on nothing changes any more: what arrives late was not part of this run. */
  close(): void {
    this.#isClosed = true;
  }

  get tally(): RestoreTally {
    return this.#tally;
  }

  get report(): RestoreReport {
    return { tally: this.#tally, failures: [...this.#failures] };
  }

  #countFailure(reason: RestoreFailure["reason"], count: number): void {
    const { failed, received } = this.#tally;
    this.#change({
      received: received + count,
      failed: { ...failed, [reason]: failed[reason] + count },
    });
  }

  #change(change: Partial<RestoreTally>): void {
    if (!this.#isClosed) {
      this.#tally = { ...this.#tally, ...change };
    }
  }
}

/** How many keys the store has more after an import, at least. */
export function addedRows({ imported, improved }: ImportOutcome): number {
  return improved === null ? 0 : imported - improved;
}
