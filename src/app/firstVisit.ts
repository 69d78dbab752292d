import type { SessionGateway } from "@/domain/ports";
import { ok } from "@/domain/result";
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
  return {
    ...whole,
    async readStored() {
      const first = !asked && (await isFirstVisit());
      return first && !asked ? ok(null) : whole.readStored();
    },
  };
}

/** Whether this origin has stored nothing at all; false where that cannot be told. */
export async function hasStoredNothing(storage: Storage | null): Promise<boolean> {
  try {
    // Firefox before 126 cannot list them.
    return storage?.length === 0 && (await globalThis.indexedDB.databases()).length === 0;
  } catch {
    return false;
  }
}
