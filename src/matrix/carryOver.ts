import type { OlmMachine } from "@matrix-org/matrix-sdk-crypto-wasm";
import type { SessionEvent } from "@/domain/ports";
import type { CarryOverMissing } from "@/domain/session";
import { carryOverRoomKeys } from "./carryOverRoomKeys";
import { carryOverSecrets } from "./carryOverSecrets";
import { olmMachineOf } from "./olmMachine";
import type { SessionContext } from "./sessionContext";
import type { SessionEvents } from "./sessionEvents";
import { attempt } from "./toAppError";

export interface CarryOver {
  /** Settles when there is nothing more to do now, whatever came of it. */
  readonly done: Promise<void>;
  /** Ends it at the next possible moment, before the open session's store is let go. */
  stop(): Promise<void>;
}

/** A device that the server ended, with what it left here. */
export interface EndedDevice {
  /** Tells it from the others, at every look. */
  readonly id: unknown;
  /** Runs with its crypto machine; null when it left nothing. Rejects when that cannot be read. */
  read<T>(operation: (old: OlmMachine) => Promise<T>): Promise<T | null>;
  /** Lets go of it for good: everything in it is on the present device. Whether that is done. */
  letGo(): Promise<boolean>;
}

/**
 * Brings what ended devices left to the open session, in the background, one device after the other.
 * One is let go only after everything in it was found in the new one; whatever fails before that
 * leaves it as it was. What is left is looked at again whenever that may have changed: before the
 * first sync the new device does not know the account's identity, and holds its private keys only
 * once it was verified.
 */
export function startCarryOver(parts: {
  /** Those that are left now. */
  readonly list: () => Promise<readonly EndedDevice[]>;
  readonly context: SessionContext;
  readonly events: Pick<SessionEvents, "emit" | "subscribe">;
}): CarryOver {
  const { list, context, events } = parts;
  const stopping = new AbortController();
  const { signal } = stopping;
  /** How many keys they left, of those whose keys are all here: an ended device gets no new ones. */
  const withKeysHere = new Map<unknown, number>();
  let carried = 0;
  let missing: readonly CarryOverMissing[] = [];

  async function run(): Promise<void> {
    const left = await attempt(list);
    if (left.ok && left.value.length === 0) return;
    events.emit({ kind: "carry_over", state: "running" });
    await carryOverAll(left.ok ? left.value : null);
    tell();
  }

  async function runAgain(): Promise<void> {
    if (missing.length === 0 || signal.aborted) return;
    const before = missing;
    const left = await attempt(list);
    await carryOverAll(left.ok ? left.value : null);
    if (before.join() !== missing.join()) tell();
  }

  async function carryOverAll(left: readonly EndedDevice[] | null): Promise<void> {
    const found = new Set<CarryOverMissing>(left === null ? ["unread"] : []);
    for (const device of left ?? []) {
      const lacks = await attempt(() => carryOver(device));
      for (const what of lacks.ok ? lacks.value : (["unread"] as const)) found.add(what);
    }
    missing = [...found];
  }

  function tell(): void {
    events.emit(
      missing.length === 0
        ? { kind: "carry_over", state: "none", carried }
        : { kind: "carry_over", state: "incomplete", missing },
    );
  }

  /** What of it is not here. Nothing: it is gone or going. */
  async function carryOver(device: EndedDevice): Promise<readonly CarryOverMissing[]> {
    signal.throwIfAborted();
    const lacks = await device.read((old) => readInto(old, device.id));
    if (lacks !== null && lacks.length > 0) return lacks;
    if (!(await device.letGo())) return ["unread"];
    carried += withKeysHere.get(device.id) ?? 0;
    return [];
  }

  async function readInto(old: OlmMachine, id: unknown): Promise<readonly CarryOverMissing[]> {
    if (!withKeysHere.has(id)) {
      const keys = await carryOverRoomKeys(old, await olmMachineOf(context), signal);
      if (keys.complete) withKeysHere.set(id, keys.count);
    }
    signal.throwIfAborted();
    const secrets = await carryOverSecrets(old, context);
    return withKeysHere.has(id) ? secrets : ["room_keys", ...secrets];
  }

  const done = attempt(run).then(() => undefined);
  let latest: Promise<void> = done;
  let waiting = false;
  const unsubscribe = events.subscribe((event) => {
    if (waiting || !mayHaveChanged(event)) return;
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
    event.kind === "decryption_key_cached" ||
    (event.kind === "sync" && event.state === "live")
  );
}
