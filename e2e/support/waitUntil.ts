import { setTimeout as delay } from "node:timers/promises";

/** How `waitUntil` polls. Times are in milliseconds. */
export interface WaitOptions {
  /** Completes the sentence "gave up waiting for …". */
  readonly what: string;
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
}

/**
 * Polls until `check` returns something other than null, undefined and false, and returns that.
 * An error thrown by `check` ends the wait. Rejects when the time is over.
 */
export async function waitUntil<T>(
  check: () => T | Promise<T>,
  { what, timeoutMs = 90_000, intervalMs = 50 }: WaitOptions,
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await check();
    if (value !== null && value !== undefined && value !== false) {
      return value as NonNullable<Exclude<T, false>>;
    }
    if (performance.now() > deadline) {
      throw new Error(`gave up waiting for ${what} after ${timeoutMs / 1000} s`);
    }
    await delay(intervalMs);
  }
}
