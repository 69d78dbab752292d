import { startCarryOver, type CarryOver } from "./carryOver";
import type { ClientSession } from "./openClient";
import type { SessionContext } from "./sessionContext";
import type { SessionEvents } from "./sessionEvents";

/**
 * See startCarryOver; of sessions in memory, whose crypto machines are still open in this page. One
 * that is let go is closed and taken out of `left`.
 */
export function startMemoryCarryOver({
  left,
  ...parts
}: {
  readonly left: Set<ClientSession>;
  readonly context: SessionContext;
  readonly events: Pick<SessionEvents, "emit" | "subscribe">;
}): CarryOver {
  return startCarryOver({
    ...parts,
    list: async () =>
      [...left].map((session) => ({
        id: session,
        async read(operation) {
          const old = await session.suspend();
          return old === null ? null : operation(old);
        },
        async letGo() {
          await session.stop();
          left.delete(session);
          return true;
        },
      })),
  });
}
