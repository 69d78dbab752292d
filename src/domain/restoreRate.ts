/** How fast a restore is going; null until enough was seen to mean something. */
export interface RestoreRate {
  readonly keysPerSecond: number | null;
  readonly secondsLeft: number | null;
}

/**
 * A running average over the last seconds: sums of keys and of time in which older samples weigh
 * less and less. Bursts settle, a stall pulls the rate down, and the first samples are not biased.
 */
export interface RateMeter {
  /** The newest sample, in milliseconds of any clock that does not run backwards. */
  readonly at: number;
  readonly done: number;
  /** Weighted sums; both 0 until the first key. */
  readonly keys: number;
  readonly seconds: number;
}

const MEMORY_SECONDS = 8;
const SHORTEST_SAMPLE_MS = 250;
/** Rate and time left appear together: one without the other looks like a fault. */
const RATE_NEEDS_SECONDS = 1.5;
/** Slower than this the work has stopped for the person watching. */
const SLOWEST_KEYS_PER_SECOND = 0.05;

export function startRateMeter(at: number): RateMeter {
  return { at, done: 0, keys: 0, seconds: 0 };
}

/** Adds a sample: `done` keys were settled at `at`. The wait for the first key does not count. */
export function addSample(meter: RateMeter, at: number, done: number): RateMeter {
  const elapsed = at - meter.at;
  if (meter.done === 0 && meter.seconds === 0 && done === 0) {
    return elapsed > 0 ? { ...meter, at } : meter;
  }
  if (elapsed < SHORTEST_SAMPLE_MS || done < meter.done) return meter;
  const seconds = elapsed / 1000;
  const fade = Math.exp(-seconds / MEMORY_SECONDS);
  return {
    at,
    done,
    keys: meter.keys * fade + (done - meter.done),
    seconds: meter.seconds * fade + seconds,
  };
}

/** The rate, and the time the `remaining` keys need at that rate, in whole seconds. */
export function readRate(meter: RateMeter, remaining: number): RestoreRate {
  if (meter.seconds < RATE_NEEDS_SECONDS) return { keysPerSecond: null, secondsLeft: null };
  const keysPerSecond = meter.keys / meter.seconds;
  const stalled = keysPerSecond < SLOWEST_KEYS_PER_SECOND;
  return {
    keysPerSecond,
    secondsLeft: stalled ? null : wholeSeconds(remaining / keysPerSecond),
  };
}

/** Zero only when nothing remains. */
function wholeSeconds(seconds: number): number {
  return seconds <= 0 ? 0 : Math.max(1, Math.round(seconds));
}
