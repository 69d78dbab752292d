import type { RecoveryKey } from "@/domain/recoveryKey";
import { sameBytes, wipe } from "@/lib/bytes";

/** Runs work with a copy of a key's bytes, which is wiped at the end. */
type SingleRun<T> = (
  key: RecoveryKey,
  work: (bytes: Uint8Array<ArrayBuffer>) => Promise<T>,
) => Promise<T>;

/**
 * One run at a time: a second press with the same key joins the one under way. With another key it
 * waits and then begins anew, because the answer to one key must never be given for another. The
 * caller may wipe its key when nobody looks any more; the run goes on.
 */
export function createSingleRun<T>(): SingleRun<T> {
  let last: { readonly bytes: Uint8Array; readonly outcome: Promise<T> } | null = null;
  return (key, work) => {
    if (last !== null && sameBytes(last.bytes, key.bytes)) return last.outcome;
    const before = last?.outcome;
    const bytes = key.bytes.slice();
    async function begin(): Promise<T> {
      await before?.catch(() => undefined);
      try {
        return await work(bytes);
      } finally {
        wipe(bytes);
        if (last?.outcome === outcome) last = null;
      }
    }
    const outcome = Promise.resolve().then(begin);
    last = { bytes, outcome };
    return outcome;
  };
}
