import type { SessionGateway } from "@/domain/ports";
import { ok } from "@/domain/result";
import { findLackingAbility, hasWebLocks } from "@/lib/pageAbilities";
import { lazyGateway } from "@/state/lazyGateway";

/**
 * A gateway that does not need its code to know that nothing is stored in a browser that was never
 * here: there the sign-in page is shown before the SDK has arrived. Any doubt is left to the real one.
 */
export function gatewayOfFirstVisit(
  load: () => Promise<SessionGateway>,
  isFirstVisit: () => Promise<boolean>,
): SessionGateway {
  let asked = false;
  const whole = lazyGateway(() => {
    asked = true;
    return load();
  });
  // What is lacking is for the real one to say.
  const hasAll = () => findLackingAbility() === null && hasWebLocks();
  const isFirst = async () => !asked && hasAll() && (await isFirstVisit()) && !asked;
  return {
    ...whole,
    async readStored() {
      return (await isFirst()) ? ok(null) : whole.readStored();
    },
    async finishRedirect(answer) {
      return answer === null && (await isFirst()) ? ok(null) : whole.finishRedirect(answer);
    },
  };
}

/** Whether nothing at all is stored for this origin and tab; false where that cannot be told. */
export async function hasStoredNothing(
  storage: Storage | null,
  tabStorage: Storage | null,
): Promise<boolean> {
  try {
    // A sign-in on another page may be under way.
    if (tabStorage?.length !== 0) return false;
    // Firefox before 126 cannot list them.
    return storage?.length === 0 && (await globalThis.indexedDB.databases()).length === 0;
  } catch {
    return false;
  }
}
