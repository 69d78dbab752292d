import type { InboundGroupSession } from "@matrix-org/matrix-sdk-crypto-wasm";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { decodeBase64 } from "matrix-js-sdk/lib/base64";
import { isObject } from "./errorOfAnswer";
import { olmMachineOf } from "./olmMachine";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

/**
 * Room keys by their ids, each with the index of the first message it opens: a copy that begins
 * later opens less, and is no substitute.
 */
export type HeldRoomKeys = ReadonlyMap<string, number>;

/** The length in front keeps ids apart whatever characters they have. */
export function roomKeyId(roomId: string, sessionId: string): string {
  return `${roomId.length}|${roomId}|${sessionId}`;
}

/** Whether a copy is there that opens at least what the given one does. */
export function holdsAsGood(held: HeldRoomKeys, id: string, firstIndex: number): boolean {
  const there = held.get(id);
  return there !== undefined && there <= firstIndex;
}

/** Ids of all room keys in this device's store. No key material comes out. */
export function listStoredKeys(
  context: SessionContext,
): Promise<Result<ReadonlySet<string>, AppError>> {
  return attempt(async () => {
    const machine = await olmMachineOf(context);
    const ids = new Set<string>();
    await machine.exportRoomKeys((session) => {
      ids.add(takeId(session));
      return false;
    });
    return ids;
  });
}

/**
 * Room keys per read of the store that gives keys out: at its end the module holds the page up for
 * as long as it takes to write them down (measured: 0.7 s for this many on a busy computer).
 */
const PER_READ = 10_000;

/**
 * All of these keys that are in this device's store, with their first index, in parts. One whose
 * index is not told is left out, and so counts as one that is not there.
 */
export async function readHeldKeys(
  context: SessionContext,
  ids: ReadonlySet<string>,
  { signal, perRead = PER_READ }: { readonly signal?: AbortSignal; readonly perRead?: number } = {},
): Promise<Result<HeldRoomKeys, AppError>> {
  const held = new Map<string, number>();
  const wanted = [...ids];
  for (let from = 0; from < wanted.length; from += perRead) {
    if (signal?.aborted === true) return fail({ kind: "closed" });
    const part = await readStoredKeys(context, new Set(wanted.slice(from, from + perRead)));
    if (!part.ok) return part;
    for (const [id, index] of part.value) held.set(id, index);
  }
  return ok(held);
}

/** The wanted ones of the room keys in this device's store, with their first index. */
export function readStoredKeys(
  context: SessionContext,
  wanted: ReadonlySet<string>,
): Promise<Result<HeldRoomKeys, AppError>> {
  return attempt(async () => {
    const held = new Map<string, number>();
    if (wanted.size === 0) return held;
    const machine = await olmMachineOf(context);
    const exported: unknown = JSON.parse(
      await machine.exportRoomKeys((session) => wanted.has(takeId(session))),
    );
    for (const key of Array.isArray(exported) ? exported : []) {
      if (!isObject(key) || typeof key.session_key !== "string") continue;
      held.set(
        roomKeyId(String(key.room_id), String(key.session_id)),
        firstIndexOf(key.session_key),
      );
    }
    return held;
  });
}

/** Session export format: one byte of version, then the first message's index, big-endian. */
export function firstIndexOf(sessionKey: string): number {
  const bytes = decodeBase64(sessionKey);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(1);
}

/** The session's id; the session was lent and is freed. */
function takeId(session: InboundGroupSession): string {
  const room = session.roomId;
  const id = roomKeyId(room.toString(), session.sessionId);
  room.free();
  session.free();
  return id;
}
