import { setTimeout as delay } from "node:timers/promises";

/** A fetch that rests before each `/sync` but the first; an aborted request does not wait it out. */
export function pausingFetch(pauseMs: number): typeof fetch {
  if (pauseMs === 0) return fetch;
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.pathname.endsWith("/sync") && url.searchParams.has("since")) {
      await delay(pauseMs, undefined, init?.signal ? { signal: init.signal } : {});
    }
    return fetch(input, init);
  };
}
