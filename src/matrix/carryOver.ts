import type { SessionEvent } from "@/domain/ports";
import { carryOverRoomKeys } from "./carryOverRoomKeys";
import { carryOverSecrets } from "./carryOverSecrets";
import { findCryptoStore } from "./deviceStore";
import { withEndedMachine } from "./endedMachine";
import { olmMachineOf } from "./olmMachine";
import type { SessionContext } from "./sessionContext";
import { SessionFailure } from "./sessionFailure";
import { attempt } from "./toAppError";
import type { StoredSession, Vault } from "./vault";

export interface CarryOver {
  /** Settles when there is nothing more to do now, whatever came of it. */
  readonly done: Promise<void>;
  /** Ends it at the next possible moment, before the open session's store is let go. */
  stop(): Promise<void>;
}

/**
 * Brings what devices that the server ended left in this browser to the open session, in the
 * background, one device after the other. An old store is deleted only after everything in it was
 * found in the new one; whatever fails before that leaves it as it was, for the next opening.
 */
export function startCarryOver(parts: {
  readonly vault: Pick<Vault, "readEnded" | "unlockEnded" | "removeEnded">;
  readonly context: SessionContext;
  readonly emit: (event: SessionEvent) => void;
}): CarryOver {
  const { vault, context, emit } = parts;
  const stopping = new AbortController();
  const { signal } = stopping;

  async function run(): Promise<void> {
    const ended = await vault.readEnded();
    if (ended.ok && ended.value.length === 0) return;
    emit({ kind: "carry_over", state: "running" });
    let complete = ended.ok;
    for (const session of ended.ok ? ended.value : []) {
      const carried = await attempt(() => carryOver(session));
      complete &&= carried.ok && carried.value;
    }
    emit({ kind: "carry_over", state: complete ? "none" : "incomplete" });
  }

  /** True when everything is here and the old store is gone or going. */
  async function carryOver(ended: StoredSession): Promise<boolean> {
    signal.throwIfAborted();
    const { cryptoStorePrefix } = ended;
    const found = await findCryptoStore(cryptoStorePrefix);
    if (found === "part") return false;
    if (found === "whole" && !(await isCarriedOver(ended))) return false;
    return (await vault.removeEnded(cryptoStorePrefix)).ok;
  }

  async function isCarriedOver(ended: StoredSession): Promise<boolean> {
    const unlocked = await vault.unlockEnded(ended.cryptoStorePrefix);
    if (!unlocked.ok) throw new SessionFailure(unlocked.error);
    return withEndedMachine(ended, unlocked.value.storageKey, async (old) => {
      const keys = await carryOverRoomKeys(old, await olmMachineOf(context), signal);
      signal.throwIfAborted();
      return (await carryOverSecrets(old, context)) && keys;
    });
  }

  const done = attempt(run).then(() => undefined);
  return {
    done,
    async stop() {
      stopping.abort();
      await done;
    },
  };
}
