/** Knows what is under way, so that something can be given up when nothing is any more. */
export interface WorkTracker {
  /** Returns the work itself. */
  readonly track: <T>(work: Promise<T>) => Promise<T>;
  /** Resolves when nothing is under way, counting what was begun meanwhile. Never rejects. */
  readonly allQuiet: () => Promise<void>;
}

export function createWorkTracker(): WorkTracker {
  const working = new Set<Promise<unknown>>();
  return {
    track(work) {
      const done = (): boolean => working.delete(settled);
      const settled: Promise<unknown> = work.then(done, done);
      working.add(settled);
      return work;
    },
    async allQuiet() {
      while (working.size > 0) await Promise.all(working);
    },
  };
}
