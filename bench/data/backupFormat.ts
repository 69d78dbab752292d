/** Goes up when what is generated changes, so that an older cache is not taken for it. */
export const FORMAT_VERSION = 1;

/** One room of a generated backup, and where its `{"sessions":{…}}` stands in the body. */
export interface RoomSpan {
  readonly roomId: string;
  readonly start: number;
  readonly end: number;
  readonly keys: number;
}

/** What lies beside a generated body: all that is needed to serve it and to open it. */
export interface BackupIndex {
  readonly format: number;
  readonly count: number;
  /** Bytes of the whole body. */
  readonly bytes: number;
  /** Raw curve25519 keys in unpadded base64. */
  readonly publicKey: string;
  readonly privateKey: string;
  readonly rooms: readonly RoomSpan[];
}

/** Some rooms written one after the other, offsets counted from the part's own start. */
export interface BackupPart {
  readonly path: string;
  readonly bytes: number;
  readonly rooms: readonly RoomSpan[];
}

export const BODY_START = '{"rooms":{';
export const BODY_END = "}}";
/** Stands between two rooms, and so between two parts. */
export const SEPARATOR = ",";

/** How many keys each room gets: full rooms, and what is left over in a last one. */
export function planRooms(count: number, keysPerRoom: number): number[] {
  const full = Math.floor(count / keysPerRoom);
  const rest = count - full * keysPerRoom;
  return [...Array.from({ length: full }, () => keysPerRoom), ...(rest === 0 ? [] : [rest])];
}

/** Splits a list into `parts` stretches of about equal length, without empty ones. */
export function splitEvenly<T>(list: readonly T[], parts: number): T[][] {
  const size = Math.max(1, Math.ceil(list.length / parts));
  const stretches: T[][] = [];
  for (let from = 0; from < list.length; from += size)
    stretches.push(list.slice(from, from + size));
  return stretches;
}

/** The rooms of all parts with their places in the whole body, and the body's length. */
export function joinParts(parts: readonly BackupPart[]): {
  readonly rooms: readonly RoomSpan[];
  readonly bytes: number;
} {
  let at = BODY_START.length;
  const rooms: RoomSpan[] = [];
  for (const [index, part] of parts.entries()) {
    if (index > 0) at += SEPARATOR.length;
    for (const room of part.rooms) {
      rooms.push({ ...room, start: room.start + at, end: room.end + at });
    }
    at += part.bytes;
  }
  return { rooms, bytes: at + BODY_END.length };
}
