import { settledCount, type RestoreTally } from "./restore";

/** How fast a restore is going; null until enough was seen to mean something. */
export interface RestoreRate {
  readonly keysPerSecond: number | null;
  readonly bytesPerSecond: number | null;
  readonly secondsLeft: number | null;
}

export const RATE_UNKNOWN: RestoreRate = {
  keysPerSecond: null,
  bytesPerSecond: null,
  secondsLeft: null,
};

/**
 * A running average over the last seconds: sums of what was done and of time in which older samples weigh
 * less and less. Bursts settle, a stall pulls the rate down, and the first samples are not biased.
 */
export interface RateMeter {
  /** The newest sample, in milliseconds of any clock that does not run backwards. */
  readonly at: number;
  readonly done: number;
  /** Weighted sums; both 0 until the first of it was done. */
  readonly amount: number;
  readonly seconds: number;
}

const MEMORY_SECONDS = 8;
const SHORTEST_SAMPLE_MS = 250;
/** Rate and time left appear together: one without the other looks like a fault. */
const RATE_NEEDS_SECONDS = 1.5;
/** Slower than this the work has stopped for the person watching. */
const SLOWEST_KEYS_PER_SECOND = 0.05;

export function startRateMeter(at: number): RateMeter {
  return { at, done: 0, amount: 0, seconds: 0 };
}

/**
 * Adds a sample: `done` keys, or bytes, were there at `at`. The wait for the first one does not
 * count. With `excused` a time in which nothing came does not count either: nothing could come.
 */
export function addSample(meter: RateMeter, at: number, done: number, excused = false): RateMeter {
  const elapsed = at - meter.at;
  const unbegun = meter.done === 0 && meter.seconds === 0 && done === 0;
  if (unbegun || (excused && done === meter.done)) return elapsed > 0 ? { ...meter, at } : meter;
  if (elapsed < SHORTEST_SAMPLE_MS || done < meter.done) return meter;
  const seconds = elapsed / 1000;
  const fade = Math.exp(-seconds / MEMORY_SECONDS);
  return {
    at,
    done,
    amount: meter.amount * fade + (done - meter.done),
    seconds: meter.seconds * fade + seconds,
  };
}

/** How much is done a second; null until it means something. */
export function readSpeed(meter: RateMeter): number | null {
  return meter.seconds < RATE_NEEDS_SECONDS ? null : meter.amount / meter.seconds;
}

/** The time the `remaining` keys need at a speed, in whole seconds; null when nothing gets on. */
export function secondsFor(remaining: number, keysPerSecond: number | null): number | null {
  if (keysPerSecond === null || keysPerSecond < SLOWEST_KEYS_PER_SECOND) return null;
  return wholeSeconds(remaining / keysPerSecond);
}

/** Zero only when nothing remains. */
function wholeSeconds(seconds: number): number {
  return seconds <= 0 ? 0 : Math.max(1, Math.round(seconds));
}

/**
 * What the speed of a restore is read from. Keys that were recalled cost next to nothing and come
 * by the thousand: they are neither counted as work, nor is the time in which only they came.
 */
export interface RestoreMeters {
  readonly worked: RateMeter;
  readonly bytes: RateMeter;
  /** Recalled keys at the last sample. */
  readonly recalled: number;
  /** Milliseconds in which keys were worked on, since the first one. */
  readonly workedMs: number;
}

export function startRestoreMeters(at: number): RestoreMeters {
  return { worked: startRateMeter(at), bytes: startRateMeter(at), recalled: 0, workedMs: 0 };
}

/** Adds what a restore has told by `at`. */
export function addTally(meters: RestoreMeters, at: number, tally: RestoreTally): RestoreMeters {
  const waiting = tally.waiting !== null;
  const { recalled } = tally;
  const before = meters.worked;
  const excused = waiting || recalled > meters.recalled;
  const worked = addSample(before, at, workedCount(tally), excused);
  const passedOver = worked.seconds === 0 || (excused && worked.done === before.done);
  return {
    worked,
    bytes: addSample(meters.bytes, at, tally.bytes, waiting),
    // Compared with the last sample that was taken, or a short one would hide that keys came.
    recalled: worked === before ? meters.recalled : recalled,
    workedMs: meters.workedMs + (passedOver ? 0 : worked.at - before.at),
  };
}

/** Speeds, and the time that is left for the keys not settled yet. */
export function readRate(meters: RestoreMeters, tally: RestoreTally): RestoreRate {
  const keysPerSecond = readSpeed(meters.worked);
  const remaining = Math.max(tally.expected, tally.received) - settledCount(tally);
  return {
    keysPerSecond,
    bytesPerSecond: readSpeed(meters.bytes),
    secondsLeft: secondsFor(remaining, keysPerSecond),
  };
}

/** Fewer keys, or less time, would be remembered as a speed by chance. */
const MEASURED_KEYS = 500;
const MEASURED_MS = 1_000;

/** The speed over a whole restore, for the estimate of the next; null when it did too little. */
export function overallSpeed(meters: RestoreMeters): number | null {
  const { done } = meters.worked;
  if (done < MEASURED_KEYS || meters.workedMs < MEASURED_MS) return null;
  return done / (meters.workedMs / 1000);
}

/** Keys that were decrypted or refused, not those an earlier run had settled. */
function workedCount(tally: RestoreTally): number {
  return settledCount(tally) - tally.recalled;
}
