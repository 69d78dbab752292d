import { type AppError, isRetryable } from "@/domain/errors";

const FIRST_MS = 2_000;
const LONGEST_MS = 30_000;
/** A server may ask for more patience than ours, within reason. */
const LONGEST_RATE_LIMIT_MS = 300_000;

/** How long to wait before reading again what could not be read. */
export interface Backoff {
  /** Notes how a read ended; null is success. */
  note(error: AppError | null): void;
  /** Milliseconds until the next read, or null when nothing calls for an early one. */
  delayMs(): number | null;
}

/** Doubles from two to thirty seconds while reads fail; follows the server's own `retry_after`. */
export function createBackoff(): Backoff {
  let failures = 0;
  let delay: number | null = null;
  return {
    note(error) {
      failures = error === null ? 0 : failures + 1;
      delay = error === null ? null : delayAfter(error, failures);
    },
    delayMs: () => delay,
  };
}

function delayAfter(error: AppError, failures: number): number {
  const grown = Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
  if (error.kind === "rate_limited" && error.retryAfterMs !== null) {
    return Math.min(LONGEST_RATE_LIMIT_MS, Math.max(grown, error.retryAfterMs));
  }
  return isRetryable(error) ? grown : LONGEST_MS;
}
