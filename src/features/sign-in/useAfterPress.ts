import { useEffect, useRef } from "react";

/**
 * Holds back what would move the page from under a pointer that is down. `afterPress` runs the given
 * work at once, or, while something is pressed, once that press has had its effect; only the last
 * work that was given is run. `dropWaiting`: the press does it itself.
 */
export function useAfterPress(): {
  readonly onPointerDownCapture: () => void;
  readonly afterPress: (work: () => void) => void;
  readonly dropWaiting: () => void;
} {
  const pressing = useRef(false);
  const waiting = useRef<(() => void) | null>(null);
  useEffect(() => {
    const release = (): void => {
      pressing.current = false;
      // The click comes right after this event, and before any timer.
      setTimeout(() => {
        const work = waiting.current;
        waiting.current = null;
        work?.();
      });
    };
    const ends = ["pointerup", "pointercancel"] as const;
    for (const end of ends) window.addEventListener(end, release, true);
    return () => {
      waiting.current = null;
      for (const end of ends) window.removeEventListener(end, release, true);
    };
  }, []);
  return {
    onPointerDownCapture: () => (pressing.current = true),
    afterPress(work) {
      if (pressing.current) waiting.current = work;
      else work();
    },
    dropWaiting: () => (waiting.current = null),
  };
}
