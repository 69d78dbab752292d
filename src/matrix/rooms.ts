import type { EncryptedRoom, RoomMessage, RoomsPort } from "@/domain/rooms";
import type { MatrixClient, MatrixEvent, Room } from "matrix-js-sdk";
import { olmMachineOf } from "./olmMachine";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

/** Messages shown per room. */
const MESSAGES = 5;
/** Events looked at per room, newest first: state changes and reactions lie between messages. */
const LOOK_AT = 40;
/** Rooms without a message in the last sync whose history is asked for, once per session. */
const ROOMS_TO_PAGE = 20;
const PAGE_SIZE = 20;
const PAGES_AT_ONCE = 3;
/** The list does not wait longer than this for older messages, in ms; they show at the next read. */
const PAGE_WAIT = 5_000;

/** The joined encrypted rooms with their newest messages, as proof of what is readable. */
export function createRooms(context: SessionContext): RoomsPort {
  const paged = new Set<string>();
  return {
    listLastUsed: () =>
      attempt(async () =>
        lastUsedRooms(context.client).map(({ roomId, name }) => ({ roomId, name })),
      ),
    list: () =>
      attempt(async () => {
        const { client } = context;
        const rooms = lastUsedRooms(client);
        await pageRooms(client, rooms, paged);
        return Promise.all(rooms.map((room) => describeRoom(client, room)));
      }),
    countKeysByRoom: () => attempt(async () => countKeysByRoom(context)),
  };
}

/** The joined encrypted rooms, last used first. */
function lastUsedRooms(client: MatrixClient): readonly Room[] {
  return client
    .getRooms()
    .filter((room) => room.getMyMembership() === "join" && room.hasEncryptionStateEvent())
    .toSorted((a, b) => b.getLastActiveTimestamp() - a.getLastActiveTimestamp());
}

/** Counts by walking the store. The predicate always declines, so no key material is exported. */
async function countKeysByRoom(context: SessionContext): Promise<ReadonlyMap<string, number>> {
  const machine = await olmMachineOf(context);
  const counts = new Map<string, number>();
  await machine.exportRoomKeys((session) => {
    const room = session.roomId;
    const roomId = room.toString();
    counts.set(roomId, (counts.get(roomId) ?? 0) + 1);
    room.free();
    session.free();
    return false;
  });
  return counts;
}

async function describeRoom(client: MatrixClient, room: Room): Promise<EncryptedRoom> {
  const messages: RoomMessage[] = [];
  const candidates = room.getLiveTimeline().getEvents().slice(-LOOK_AT).toReversed();
  for (const event of candidates) {
    if (messages.length === MESSAGES) break;
    if (event.isState() || event.isRedacted()) continue;
    await client.decryptEventIfNeeded(event);
    const message = readMessage(event);
    if (message !== null) messages.push(message);
  }
  return {
    roomId: room.roomId,
    name: room.name,
    lastActivity: Math.max(0, room.getLastActiveTimestamp()),
    messages: messages.toReversed(),
  };
}

/** The event as a message, or null when it is something else, such as a reaction. */
function readMessage(event: MatrixEvent): RoomMessage | null {
  const eventId = event.getId();
  const sender = event.getSender();
  if (eventId === undefined || sender === undefined) return null;
  const shared = { eventId, sender, sentAt: event.getTs() };
  // A decrypted event answers with the type inside.
  if (event.isDecryptionFailure() || event.getType() === "m.room.encrypted") {
    return { ...shared, text: null, failureCode: event.decryptionFailureReason ?? "UNKNOWN_ERROR" };
  }
  if (event.getType() !== "m.room.message") return null;
  const { body } = event.getContent();
  return typeof body === "string" ? { ...shared, text: body, failureCode: null } : null;
}

/** Asks for older messages of the first rooms that have none here. Failures are left for later. */
async function pageRooms(
  client: MatrixClient,
  rooms: readonly Room[],
  paged: Set<string>,
): Promise<void> {
  const waiting = rooms
    .filter((room) => !paged.has(room.roomId) && !hasMessages(room))
    .slice(0, ROOMS_TO_PAGE);
  if (waiting.length === 0) return;
  const worker = async (): Promise<void> => {
    for (let room = waiting.shift(); room !== undefined; room = waiting.shift()) {
      const { roomId } = room;
      const target = room;
      const page = await attempt(() => client.scrollback(target, PAGE_SIZE));
      if (page.ok) paged.add(roomId);
    }
  };
  const work = Promise.all(Array.from({ length: PAGES_AT_ONCE }, worker));
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PAGE_WAIT);
  });
  await Promise.race([work, patience]);
  clearTimeout(timer);
}

function hasMessages(room: Room): boolean {
  return room
    .getLiveTimeline()
    .getEvents()
    .some((event) => ["m.room.message", "m.room.encrypted"].includes(event.getWireType()));
}
