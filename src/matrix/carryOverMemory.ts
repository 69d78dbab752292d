import type { SessionEvent } from "@/domain/ports";
import type { CarryOver } from "./carryOver";
import { carryOverRoomKeys } from "./carryOverRoomKeys";
import { carryOverSecrets } from "./carryOverSecrets";
import type { ClientSession } from "./openClient";
import { olmMachineOf } from "./olmMachine";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

/**
 * The same as `startCarryOver` for sessions in memory that have ended: their crypto machines are
 * still open in this page. One whose keys are all here is closed and taken out of `left`.
 */
export function startMemoryCarryOver(parts: {
  readonly left: Set<ClientSession>;
  readonly context: SessionContext;
  readonly emit: (event: SessionEvent) => void;
}): CarryOver {
  const { left, context, emit } = parts;
  const stopping = new AbortController();
  const { signal } = stopping;

  async function run(): Promise<void> {
    if (left.size === 0) return;
    emit({ kind: "carry_over", state: "running" });
    for (const session of left) {
      const carried = await attempt(() => isCarriedOver(session));
      if (!carried.ok || !carried.value) continue;
      await session.stop();
      left.delete(session);
    }
    emit({ kind: "carry_over", state: left.size === 0 ? "none" : "incomplete" });
  }

  async function isCarriedOver(session: ClientSession): Promise<boolean> {
    signal.throwIfAborted();
    const old = await session.suspend();
    if (old === null) return true;
    const keys = await carryOverRoomKeys(old, await olmMachineOf(context), signal);
    signal.throwIfAborted();
    return (await carryOverSecrets(old, context)) && keys;
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
