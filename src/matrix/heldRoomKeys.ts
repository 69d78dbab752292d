import type { InboundGroupSession } from "@matrix-org/matrix-sdk-crypto-wasm";
import type { AppError } from "@/domain/errors";
import type { Result } from "@/domain/result";
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
