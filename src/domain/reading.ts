import type { AppError } from "./errors";

/**
 * What is known of one fact that has to be asked for. "Could not read" is never "is not there".
 * `at` is in milliseconds since the epoch: when the value was read, or when the first read failed.
 */
export type Reading<T> =
  | { readonly status: "unread" }
  | { readonly status: "known"; readonly value: T; readonly at: number }
  /** Read once; the newest attempt to read it again failed. */
  | { readonly status: "stale"; readonly value: T; readonly at: number; readonly error: AppError }
  /** Never read; the newest attempt failed. */
  | { readonly status: "failed"; readonly error: AppError; readonly at: number };

export const UNREAD = { status: "unread" } as const satisfies Reading<never>;

/** The last value read, fresh or stale; undefined when there never was one. */
export function lastValue<T>(reading: Reading<T>): T | undefined {
  return reading.status === "known" || reading.status === "stale" ? reading.value : undefined;
}

/** What the newest attempt failed with, or null. */
export function readingError(reading: Reading<unknown>): AppError | null {
  return reading.status === "stale" || reading.status === "failed" ? reading.error : null;
}
