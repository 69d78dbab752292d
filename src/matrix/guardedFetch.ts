/**
 * The SDK's time limits end when the head of an answer has arrived; a body that stalls after that
 * would hold up its sync for ever. Five minutes is ample for the largest first sync.
 */
const WHOLE_ANSWER_MS = 300_000;

/**
 * A `fetch` for the SDK: refused and aborted once the session is closed, limited in time, and never
 * sent on by a redirect, which could carry a password or the token to another host. An answer that
 * redirects rejects with a TypeError, as when there is none; the SDK follows redirects by default.
 */
export function createGuardedFetch(closed: AbortSignal): typeof globalThis.fetch {
  return (input, init) => {
    const signals = [closed, AbortSignal.timeout(WHOLE_ANSWER_MS)];
    if (init?.signal) signals.push(init.signal);
    return fetch(input, { ...init, redirect: "error", signal: AbortSignal.any(signals) });
  };
}
