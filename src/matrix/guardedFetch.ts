/**
 * The SDK's time limits end when the head of an answer has arrived; a body that stalls after that
 * would hold up its sync for ever. Five minutes is ample for the largest first sync.
 */
const WHOLE_ANSWER_MS = 300_000;

/** A `fetch` for the SDK: refused and aborted once the session is closed, and limited in time. */
export function createGuardedFetch(closed: AbortSignal): typeof globalThis.fetch {
  return (input, init) => {
    const signals = [closed, AbortSignal.timeout(WHOLE_ANSWER_MS)];
    if (init?.signal) signals.push(init.signal);
    return fetch(input, { ...init, signal: AbortSignal.any(signals) });
  };
}
