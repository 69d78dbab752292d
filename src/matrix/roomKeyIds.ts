import type { InboundGroupSession, OlmMachine } from "@matrix-org/matrix-sdk-crypto-wasm";

/** Ids of all room keys in a store. The predicate always declines, so no key material comes out. */
export async function listRoomKeys(machine: OlmMachine): Promise<Set<string>> {
  const ids = new Set<string>();
  await machine.exportRoomKeys((session) => {
    ids.add(takeId(session));
    return false;
  });
  return ids;
}

/** The session's id; the session was lent and is freed. */
export function takeId(session: InboundGroupSession): string {
  const room = session.roomId;
  const id = idOf(room.toString(), session.sessionId);
  room.free();
  session.free();
  return id;
}

/** A session id is base64, so the first bar is the border. */
export function idOf(roomId: string, sessionId: string): string {
  return `${sessionId}|${roomId}`;
}
