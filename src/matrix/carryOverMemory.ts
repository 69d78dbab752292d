import type { SessionEvent } from "@/domain/ports";
import type { CarryOver } from "./carryOver";
import { carryOverRoomKeys } from "./carryOverRoomKeys";
import { carryOverSecrets } from "./carryOverSecrets";
import type { ClientSession } from "./openClient";
import { olmMachineOf } from "./olmMachine";
import type { SessionContext } from "./sessionContext";
import type { SessionEvents } from "./sessionEvents";
import { attempt } from "./toAppError";

/**
 * The same as `startCarryOver` for sessions in memory that have ended: their crypto machines are
 * still open in this page. One whose keys are all here is closed and taken out of `left`. What is left
 * is looked at again whenever that may have changed: before the first sync the new device does not
 * know the account's identity, and holds its private keys only once it was verified.
 */
export function startMemoryCarryOver(parts: {
  readonly left: Set<ClientSession>;
  readonly context: SessionContext;
  readonly events: Pick<SessionEvents, "emit" | "subscribe">;
}): CarryOver {
  const { left, context, events } = parts;
  const stopping = new AbortController();
  const { signal } = stopping;
  const withKeysHere = new Set<ClientSession>();

  async function run(): Promise<void> {
    if (left.size === 0) return;
    events.emit({ kind: "carry_over", state: "running" });
    await carryWhatIsLeft();
    events.emit({ kind: "carry_over", state: left.size === 0 ? "none" : "incomplete" });
  }

  async function runAgain(): Promise<void> {
    if (left.size === 0 || signal.aborted) return;
    await carryWhatIsLeft();
    if (left.size === 0) events.emit({ kind: "carry_over", state: "none" });
  }

  async function carryWhatIsLeft(): Promise<void> {
    for (const session of left) {
      const carried = await attempt(() => isCarriedOver(session));
      if (!carried.ok || !carried.value) continue;
      await session.stop();
      left.delete(session);
    }
  }

  async function isCarriedOver(session: ClientSession): Promise<boolean> {
    signal.throwIfAborted();
    const old = await session.suspend();
    if (old === null) return true;
    // An ended session gets no new ones.
    if (!withKeysHere.has(session)) {
      const keys = await carryOverRoomKeys(old, await olmMachineOf(context), signal);
      if (keys) withKeysHere.add(session);
    }
    signal.throwIfAborted();
    return (await carryOverSecrets(old, context)) && withKeysHere.has(session);
  }

  const done = attempt(run).then(() => undefined);
  let latest: Promise<void> = done;
  let waiting = false;
  const unsubscribe = events.subscribe((event) => {
    if (waiting || left.size === 0 || !mayHaveChanged(event)) return;
    waiting = true;
    latest = latest.then(async () => {
      waiting = false;
      await attempt(runAgain);
    });
  });
  return {
    done,
    async stop() {
      unsubscribe();
      stopping.abort();
      await latest;
    },
  };
}

/** Whether an event tells of what the carrying over waits for: identity, secrets, the server. */
function mayHaveChanged(event: SessionEvent): boolean {
  return (
    event.kind === "identity_changed" ||
    event.kind === "secrets_changed" ||
    (event.kind === "sync" && event.state === "live")
  );
}
