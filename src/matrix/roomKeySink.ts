import type { OlmMachine, RoomId } from "@matrix-org/matrix-sdk-crypto-wasm";
import type { BackupVersion } from "@/domain/backup";
import type { DecryptedRoomKey, ImportOutcome, RoomKeySink } from "@/domain/ports";
import type { RestoreFailure } from "@/domain/restore";
import { loadCryptoWasm, olmMachineOf } from "./olmMachine";
import { trueSessionId } from "./roomKeySinkSessionId";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

/** The one algorithm the crypto module takes room keys of. */
const MEGOLM = "m.megolm.v1.aes-sha2";

/** An entry with the room id as the crypto module knows it and the session id it is stored under. */
interface Entry {
  readonly key: DecryptedRoomKey;
  readonly room: RoomId;
  /** From the key itself; the id the entry stood under is only the server's word for it. */
  readonly storedAs: string;
}

interface Imported {
  /** Entries the module could read; the rest lacked a field or had a damaged one. */
  readonly readable: number;
  readonly stored: ReadonlySet<Entry>;
}

/**
 * Imports decrypted keys as already backed up, straight into the SDK's crypto machine. The SDK's
 * own wrapper loses a whole batch to one bad room id and counts what was refused as imported.
 */
export function createRoomKeySink(context: SessionContext): RoomKeySink {
  return {
    import: (batch, version) =>
      attempt(async () => {
        const machine = await olmMachineOf(context);
        const { RoomId } = await loadCryptoWasm();
        const rooms = new Map<string, RoomId | null>();
        try {
          return await importBatch(machine, version, batch, (roomId) => {
            let room = rooms.get(roomId);
            if (room === undefined) {
              room = parseRoomId(RoomId, roomId);
              rooms.set(roomId, room);
            }
            return room;
          });
        } finally {
          for (const room of rooms.values()) room?.free();
        }
      }),
  };
}

async function importBatch(
  machine: OlmMachine,
  version: BackupVersion,
  batch: readonly DecryptedRoomKey[],
  roomOf: (roomId: string) => RoomId | null,
): Promise<ImportOutcome> {
  const failures: RestoreFailure[] = [];
  let waiting: Entry[] = [];
  for (const key of batch) {
    const room = roomOf(key.roomId);
    if (room === null) failures.push(failureOf(key, "bad_room_id"));
    else waiting.push({ key, room, storedAs: trueSessionId(key) });
  }
  let imported = 0;
  let already = 0;
  while (waiting.length > 0) {
    const { round, rest } = firstOfEach(waiting);
    const { readable, stored } = await importEntries(machine, version, round);
    imported += stored.size;
    const others = round.filter((entry) => !stored.has(entry));
    const rejected = await findRejected(machine, version, others, round.length - readable);
    already += others.length - rejected.length;
    failures.push(...rejected.map(({ key }) => failureOf(key, "rejected")));
    waiting = rest;
  }
  return { imported, already, failures };
}

/**
 * One entry per session. Two entries of one session in one call would both be compared with the
 * store as it was before, and the worse copy could win, so the second goes into a later call.
 */
function firstOfEach(entries: readonly Entry[]): { round: Entry[]; rest: Entry[] } {
  const seen = new Map<RoomId, Set<string>>();
  const round: Entry[] = [];
  const rest: Entry[] = [];
  for (const entry of entries) {
    const sessions = seen.get(entry.room) ?? new Set();
    seen.set(entry.room, sessions);
    // The label counts too: the module takes a map by label.
    const isNew = !sessions.has(entry.storedAs) && !sessions.has(`label ${entry.key.sessionId}`);
    sessions.add(entry.storedAs).add(`label ${entry.key.sessionId}`);
    (isNew ? round : rest).push(entry);
  }
  return { round, rest };
}

async function importEntries(
  machine: OlmMachine,
  version: BackupVersion,
  entries: readonly Entry[],
): Promise<Imported> {
  const byRoom = new Map<RoomId, Map<string, Readonly<Record<string, unknown>>>>();
  for (const { key, room } of entries) {
    const sessions = byRoom.get(room) ?? new Map<string, Readonly<Record<string, unknown>>>();
    byRoom.set(room, sessions.set(key.sessionId, key.sessionData));
  }
  const result = await machine.importBackedUpRoomKeys(byRoom, () => undefined, version);
  try {
    const keys = result.keys();
    const stored = entries.filter(({ room, storedAs }) => {
      const senders = keys.get(room.toString())?.values() ?? [];
      return [...senders].some((sessions) => sessions.has(storedAs));
    });
    return { readable: result.totalCount, stored: new Set(stored) };
  } finally {
    result.free();
  }
}

/**
 * Which of the entries that were not stored were refused; the others are held already, because
 * the module skips a readable key only for a copy at least as good. It says how many entries it
 * could not read but not which, so they are found by halving.
 */
async function findRejected(
  machine: OlmMachine,
  version: BackupVersion,
  entries: readonly Entry[],
  unreadable: number,
): Promise<readonly Entry[]> {
  const foreign = entries.filter(({ key }) => key.sessionData.algorithm !== MEGOLM);
  if (unreadable === 0) return foreign;
  if (unreadable === entries.length) return entries;
  const half = Math.ceil(entries.length / 2);
  const rejected: Entry[] = [];
  for (const part of [entries.slice(0, half), entries.slice(half)]) {
    const { readable } = await importEntries(machine, version, part);
    rejected.push(...(await findRejected(machine, version, part, part.length - readable)));
  }
  return rejected;
}

function parseRoomId(Room: new (id: string) => RoomId, roomId: string): RoomId | null {
  try {
    return new Room(roomId);
  } catch {
    return null;
  }
}

function failureOf(
  { roomId, sessionId }: DecryptedRoomKey,
  reason: RestoreFailure["reason"],
): RestoreFailure {
  return { roomId, sessionId, reason };
}
