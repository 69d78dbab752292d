import type { RestoreTally } from "@/domain/restore";
import type { Clock } from "@/lib/clock";

/** Tells the listener of changes, seldom enough for a screen, and never keeps the last one back. */
export class ProgressReporter {
  readonly #read: () => RestoreTally;
  readonly #listener: (tally: RestoreTally) => void;
  readonly #everyMs: number;
  readonly #clock: Clock;
  #lastAt = Number.NEGATIVE_INFINITY;
  #cancelTimer: (() => void) | null = null;

  constructor(
    read: () => RestoreTally,
    listener: (tally: RestoreTally) => void,
    options: { readonly everyMs: number; readonly clock: Clock },
  ) {
    this.#read = read;
    this.#listener = listener;
    this.#everyMs = options.everyMs;
    this.#clock = options.clock;
  }

  /** Something changed: tell now, or as soon as the last telling is old enough. */
  changed(): void {
    const wait = this.#lastAt + this.#everyMs - this.#clock.now();
    if (wait <= 0) {
      this.#tell();
    } else {
      this.#cancelTimer ??= this.#clock.startTimer(wait, () => {
        this.#tell();
      });
    }
  }

  /** Tells the final state; nothing is told after it. */
  finish(): void {
    this.#tell();
    this.#cancelTimer = () => undefined;
    this.#lastAt = Number.POSITIVE_INFINITY;
  }

  #tell(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#lastAt = this.#clock.now();
    this.#listener(this.#read());
  }
}
