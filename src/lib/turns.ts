/** Runs one piece of work at a time, in the order in which they came. */
export type TakeTurn = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * A queue for what must not run beside each other. Work that fails hands on the turn like any
 * other. Work that takes a turn inside its own turn would wait for itself: take it at the outermost
 * call only.
 */
export function createTurns(): TakeTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}
