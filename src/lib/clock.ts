/** Time as a dependency, so that tests decide when it passes. */
export interface Clock {
  /** Milliseconds on a clock that never jumps; only differences mean anything. */
  now(): number;
  /** Calls `callback` once after `ms`; the returned function cancels it. */
  startTimer(ms: number, callback: () => void): () => void;
}

/** The real clock. It does not follow changes of the computer's wall clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  startTimer(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => {
      clearTimeout(timer);
    };
  },
};
