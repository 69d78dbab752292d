import { useEffect, useRef, useState } from "react";

export interface LeaveGuard {
  /** Another place in the app was asked for, and the person has to decide. */
  readonly asking: boolean;
  readonly stay: () => void;
  /** Goes where the person wanted to go. */
  readonly leave: () => void;
  /** From now on nothing is held back: the person has chosen to go. */
  readonly release: () => void;
}

/**
 * While `active`: has the browser ask before the page is left, and holds back every way to another
 * place of the app (links, the back button, the address) until the person has decided.
 */
export function useLeaveGuard(active: boolean): LeaveGuard {
  const [target, setTarget] = useState<string | null>(null);
  const released = useRef(false);

  useEffect(() => {
    if (!active) return undefined;
    released.current = false;
    const here = window.location.href;
    const holdPage = (event: BeforeUnloadEvent) => event.preventDefault();
    // At `popstate`, which comes before `hashchange`: when the app looks, the address is back.
    const holdRoute = () => {
      const wanted = window.location.href;
      if (released.current || wanted === here) return;
      window.history.replaceState(null, "", here);
      setTarget(new URL(wanted).hash);
    };
    window.addEventListener("beforeunload", holdPage);
    window.addEventListener("popstate", holdRoute);
    return () => {
      window.removeEventListener("beforeunload", holdPage);
      window.removeEventListener("popstate", holdRoute);
      setTarget(null);
    };
  }, [active]);

  function release(): void {
    released.current = true;
    setTarget(null);
  }
  return {
    asking: active && target !== null,
    stay: () => setTarget(null),
    leave() {
      release();
      if (target !== null) window.location.hash = target;
    },
    release,
  };
}
