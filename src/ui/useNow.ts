import { useEffect, useState } from "react";

/** The time, in milliseconds since the epoch, kept true to `tickMs` while it is on the page. */
export function useNow(tickMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), tickMs);
    return () => clearInterval(timer);
  }, [tickMs]);
  return now;
}
