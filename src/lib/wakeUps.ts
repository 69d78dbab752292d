/**
 * Calls `listener` when the page may have a connection again after it had none: the browser says
 * that it is online, the tab comes to the front, or the page is brought back from being frozen.
 */
export function onWakeUp(listener: () => void): () => void {
  function onVisible(): void {
    if (document.visibilityState === "visible") listener();
  }
  function onShown(event: PageTransitionEvent): void {
    if (event.persisted) listener();
  }
  window.addEventListener("online", listener);
  window.addEventListener("pageshow", onShown);
  document.addEventListener("visibilitychange", onVisible);
  document.addEventListener("resume", listener);
  return () => {
    window.removeEventListener("online", listener);
    window.removeEventListener("pageshow", onShown);
    document.removeEventListener("visibilitychange", onVisible);
    document.removeEventListener("resume", listener);
  };
}
