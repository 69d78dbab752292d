import type { LongTasks } from "./benchApi";

/** A task blocks by what it takes beyond this (Long Tasks API). */
const LONG_MS = 50;

/** Watches the main thread's long tasks from now on; the answer ends the watch. */
export function watchLongTasks(): () => Promise<LongTasks> {
  const durations: number[] = [];
  const take = (entries: readonly PerformanceEntry[]): void => {
    for (const { duration } of entries) durations.push(duration);
  };
  const observer = new PerformanceObserver((list) => take(list.getEntries()));
  observer.observe({ type: "longtask" });
  return async () => {
    // The task that just ended is reported a little later.
    await new Promise((resolve) => setTimeout(resolve, 200));
    take(observer.takeRecords());
    observer.disconnect();
    return {
      count: durations.length,
      longestMs: Math.max(0, ...durations),
      totalMs: sum(durations),
      blockedMs: sum(durations.map((duration) => duration - LONG_MS)),
    };
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
