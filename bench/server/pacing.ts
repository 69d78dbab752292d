/** Paces bytes like a link of fixed speed. Times in milliseconds. */
export interface Pacer {
  /** Takes so many bytes at this moment and answers how long to wait before sending them. */
  take(bytes: number, now: number): number;
}

/**
 * A link of `bitsPerSecond`. Time lost by a late timer is made up for, up to `burstMs`: more would
 * let a receiver that stood still catch up faster than the link is.
 */
export function createPacer(bitsPerSecond: number, burstMs = 50): Pacer {
  const msPerByte = 8_000 / bitsPerSecond;
  /** When the link has carried everything taken so far. */
  let freeAt: number | null = null;
  return {
    take(bytes, now) {
      freeAt = Math.max(freeAt ?? now, now - burstMs) + bytes * msPerByte;
      return Math.max(0, freeAt - now);
    },
  };
}
