import type { Clock } from "@/lib/clock";

interface Timer {
  readonly ms: number;
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #now = 0;
  readonly #timers = new Set<Timer>();
  readonly #waiters = new Set<() => void>();

  now(): number {
    return this.#now;
  }

  startTimer(ms: number, callback: () => void): () => void {
    const timer = { ms, at: this.#now + ms, callback };
    this.#timers.add(timer);
    for (const check of this.#waiters) {
      check();
    }
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** Resolves as soon as a timer of `ms` is running. */
  timerStarted(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if ([...this.#timers].some((timer) => timer.ms === ms)) {
          this.#waiters.delete(check);
          resolve();
        }
      };
      this.#waiters.add(check);
      check();
    });
  }

  /** Moves the time on and fires what is due, in order. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const [next] = [...this.#timers]
        .filter((timer) => timer.at <= until)
        .toSorted((one, other) => one.at - other.at);
      if (next === undefined) {
        break;
      }
      this.#timers.delete(next);
      this.#now = next.at;
      next.callback();
    }
    this.#now = until;
  }

  /** Waits for a timer of `ms` and lets it run out. */
  async elapse(ms: number): Promise<void> {
    await this.timerStarted(ms);
    this.advance(ms);
  }
}
