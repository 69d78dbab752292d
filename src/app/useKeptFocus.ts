import { useEffect, type RefObject } from "react";

/** So long the screen itself has for saying where the focus goes, in milliseconds. */
const SCREENS_TURN_MS = 100;

/**
 * When what had the focus is gone and nobody has moved it on, it would be the page's, and a keyboard
 * or a screen reader would begin anew at the top. It goes to the screen's heading instead.
 */
export function useKeptFocus(main: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = main.current;
    if (element === null) return undefined;
    let last: Element | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const isLost = () =>
      last !== null && !last.isConnected && document.activeElement === document.body;
    const note = (event: FocusEvent) => {
      last = event.target instanceof Element ? event.target : null;
    };
    const look = () => {
      if (!isLost()) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        if (isLost()) focusHeading(element);
      }, SCREENS_TURN_MS);
    };
    const changes = new MutationObserver(look);
    changes.observe(element, { childList: true, subtree: true });
    document.addEventListener("focusin", note);
    return () => {
      clearTimeout(timer);
      changes.disconnect();
      document.removeEventListener("focusin", note);
    };
  }, [main]);
}

/** Where the person is looking stays in view. */
function focusHeading(main: HTMLElement): void {
  const heading = main.querySelector("h1");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus({ preventScroll: true });
}
