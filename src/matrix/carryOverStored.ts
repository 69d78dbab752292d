import { startCarryOver, type CarryOver, type EndedDevice } from "./carryOver";
import { findCryptoStore } from "./deviceStore";
import { withEndedMachine } from "./endedMachine";
import type { SessionContext } from "./sessionContext";
import type { SessionEvents } from "./sessionEvents";
import { SessionFailure } from "./sessionFailure";
import type { StoredSession, Vault } from "./vault";

type EndedVault = Pick<Vault, "readEnded" | "unlockEnded" | "removeEnded">;

/**
 * See startCarryOver; of devices whose crypto stores are in this browser. One that could not be read
 * is left for the next opening: a key that does not fit takes seconds to find out, on the main thread.
 */
export function startStoredCarryOver({
  vault,
  ...parts
}: {
  readonly vault: EndedVault;
  readonly context: SessionContext;
  readonly events: Pick<SessionEvents, "emit" | "subscribe">;
}): CarryOver {
  const failed = new Set<string>();
  return startCarryOver({
    ...parts,
    async list() {
      const ended = await vault.readEnded();
      if (!ended.ok) throw new SessionFailure(ended.error);
      return ended.value.map((session) => endedDevice(session, vault, failed));
    },
  });
}

function endedDevice(session: StoredSession, vault: EndedVault, failed: Set<string>): EndedDevice {
  const { cryptoStorePrefix: prefix } = session;
  return {
    id: prefix,
    async read(operation) {
      if (failed.has(prefix)) throw new Error("the ended device's store could not be read");
      const found = await findCryptoStore(prefix);
      if (found === "none") return null;
      if (found === "part") throw new Error("a part of the ended device's store is missing");
      const unlocked = await vault.unlockEnded(prefix);
      if (!unlocked.ok) throw new SessionFailure(unlocked.error);
      return withEndedMachine(session, unlocked.value.storageKey, operation).catch((error) => {
        failed.add(prefix);
        throw error;
      });
    },
    letGo: async () => (await vault.removeEnded(prefix)).ok,
  };
}
