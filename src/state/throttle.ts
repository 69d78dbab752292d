import type { Clock } from "@/lib/clock";

/**
 * Calls `act` at once, and for what comes within `ms` after that once more at the end. `stop` drops
 * a call that is due.
 */
export function throttle(
  clock: Clock,
  ms: number,
  act: () => void,
): { readonly call: () => void; readonly stop: () => void } {
  let cancel: (() => void) | null = null;
  let again = false;
  function run(): void {
    again = false;
    act();
    cancel = clock.startTimer(ms, () => {
      cancel = null;
      if (again) run();
    });
  }
  return {
    call() {
      if (cancel === null) run();
      else again = true;
    },
    stop() {
      cancel?.();
      cancel = null;
      again = false;
    },
  };
}
