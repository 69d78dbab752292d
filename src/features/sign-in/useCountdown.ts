import { useCallback, useEffect, useState } from "react";

/** Whole seconds left of a wait, counting down to 0. Starts at 0. */
export function useCountdown(): { secondsLeft: number; start: (milliseconds: number) => void } {
  const [until, setUntil] = useState(0);
  const [now, setNow] = useState(0);
  const start = useCallback((milliseconds: number) => {
    const moment = Date.now();
    setNow(moment);
    setUntil(moment + milliseconds);
  }, []);
  const running = until > now;
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, [running]);
  return { secondsLeft: Math.max(0, Math.ceil((until - now) / 1_000)), start };
}
