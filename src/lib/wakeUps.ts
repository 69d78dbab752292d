const TICK_MS = 5_000;
/** A clock that is this much off the time between two ticks was set, or the computer slept. */
const GAP_MS = 15_000;

/**
 * Calls `listener` when the page may have a connection again after it had none, or what it knows may
 * be old: the browser says that it is online, the tab comes to the front, the page is brought back
 * from being frozen or from the history, the computer slept, or its clock was set.
 */
export function onWakeUp(listener: () => void): () => void {
  function onVisible(): void {
    if (document.visibilityState === "visible") listener();
  }
  function onShown(event: PageTransitionEvent): void {
    if (event.persisted) listener();
  }
  let last = Date.now();
  const timer = setInterval(() => {
    const passed = Date.now() - last;
    last += passed;
    // Browsers slow the timers of hidden tabs, which is no sleep; those hear of it when they are seen.
    if (Math.abs(passed - TICK_MS) > GAP_MS && document.visibilityState === "visible") listener();
  }, TICK_MS);
  window.addEventListener("online", listener);
  window.addEventListener("pageshow", onShown);
  document.addEventListener("visibilitychange", onVisible);
  document.addEventListener("resume", listener);
  return () => {
    clearInterval(timer);
    window.removeEventListener("online", listener);
    window.removeEventListener("pageshow", onShown);
    document.removeEventListener("visibilitychange", onVisible);
    document.removeEventListener("resume", listener);
  };
}
