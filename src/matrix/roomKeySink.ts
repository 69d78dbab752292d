import type { OlmMachine, RoomId } from "@matrix-org/matrix-sdk-crypto-wasm";
import type { BackupVersion } from "@/domain/backup";
import type { DecryptedRoomKey, ImportOutcome, RoomKeyImport, RoomKeySink } from "@/domain/ports";
import type { RestoreFailure } from "@/domain/restore";
import { fail } from "@/domain/result";
import { cryptoDatabaseName } from "./deviceStore";
import { loadCryptoWasm, olmMachineOf, withFreed } from "./olmMachine";
import { trueSessionId } from "./roomKeySinkSessionId";
import { watchRoomKeyMemory } from "./roomKeyMemoryWatch";
import { watchRoomKeyStore, type RoomKeyStoreWatch } from "./roomKeyStoreWatch";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";
import { noteMarks } from "./uploadedTo";

/** The one algorithm the crypto module takes room keys of. */
const MEGOLM = "m.megolm.v1.aes-sha2";

interface Entry {
  readonly key: DecryptedRoomKey;
  /**
   * The session id that follows from the key itself. The module files a key under whatever id it
   * is given and finds it again only by the true one, so the id that the entry stood under, which
   * is the server's word, must not be passed on.
   */
  readonly trueId: string;
}

interface Imported {
  /** Entries the module could read; the rest lacked a field or had a damaged one. */
  readonly readable: number;
  readonly stored: ReadonlySet<Entry>;
  /** How many of these took the place of a copy, or null when the store could not be watched. */
  readonly replaced: number | null;
}

/** One call of the crypto machine. */
type ImportEntries = (entries: readonly Entry[]) => Promise<Imported>;

/**
 * Imports decrypted keys as already backed up, straight into the SDK's crypto machine. The SDK's
 * own wrapper loses a whole batch to one bad room id and counts what was refused as imported.
 */
export function createRoomKeySink(context: SessionContext): RoomKeySink {
  return {
    open: (version, expected) =>
      attempt(async () => {
        const machine = await olmMachineOf(context);
        const { RoomId } = await loadCryptoWasm();
        const countRows = (): Promise<number> => countRoomKeys(context);
        const prefix = context.cryptoStorePrefix;
        const watch =
          prefix === null
            ? await watchRoomKeyMemory(machine, expected)
            : await watchRoomKeyStore({
                database: cryptoDatabaseName(prefix),
                countRows,
                expected,
              });
        try {
          return createImport({
            held: await countRows(),
            watch,
            count: () => attempt(countRows),
            isRoomId: cached((roomId) => isRoomId(RoomId, roomId)),
            importEntries: async (entries) => {
              // Throws when the session was closed meanwhile: the machine may be freed then.
              context.crypto();
              // Before for the case that the page ends; after, as the upload may have moved on meanwhile.
              await noteMarks(context.user, version);
              const imported = await withSecondTry(watch, () =>
                importEntries(machine, RoomId, version, entries, watch),
              );
              await noteMarks(context.user, version);
              return imported;
            },
          });
        } catch (error) {
          watch.stop();
          throw error;
        }
      }),
  };
}

async function countRoomKeys(context: SessionContext): Promise<number> {
  const machine = await olmMachineOf(context);
  return withFreed(await machine.roomKeyCounts(), ({ total }) => total);
}

interface Store {
  readonly held: number;
  readonly watch: RoomKeyStoreWatch;
  readonly count: RoomKeyImport["count"];
  readonly isRoomId: (roomId: string) => boolean;
  readonly importEntries: ImportEntries;
}

function createImport(store: Store): RoomKeyImport {
  /** Sessions that a call under way is about, and when it ends. */
  const busy = new Map<string, Promise<unknown>>();

  /** Two calls at once may not be about one session: both would compare with the store before either. */
  async function alone<T>(entries: readonly Entry[], work: () => Promise<T>): Promise<T> {
    const names = entries.map(({ key, trueId }) => `${trueId} ${key.roomId}`);
    for (let clash = names.find((name) => busy.has(name)); clash !== undefined;) {
      await busy.get(clash);
      clash = names.find((name) => busy.has(name));
    }
    const working = work();
    const ended = working.catch(() => undefined);
    for (const name of names) busy.set(name, ended);
    try {
      return await working;
    } finally {
      for (const name of names) busy.delete(name);
    }
  }

  return {
    held: store.held,
    async import(batch) {
      const outcome = await attempt(() => importBatch(batch, store, alone));
      const reason = store.watch.writeProblem;
      return outcome.ok || reason === null ? outcome : fail({ kind: "storage", reason });
    },
    count: store.count,
    close: store.watch.stop,
  };
}

/** An answer from memory that the module cannot use fails no key: without such answers it is tried again. */
async function withSecondTry<T>(watch: RoomKeyStoreWatch, work: () => Promise<T>): Promise<T> {
  const { surprises } = watch;
  try {
    return await work();
  } catch (error) {
    if (watch.surprises === surprises) throw error;
    return work();
  }
}

async function importBatch(
  batch: readonly DecryptedRoomKey[],
  { isRoomId, importEntries }: Store,
  alone: <T>(entries: readonly Entry[], work: () => Promise<T>) => Promise<T>,
): Promise<ImportOutcome> {
  const failures: RestoreFailure[] = [];
  let waiting: Entry[] = [];
  for (const key of batch) {
    const trueId = trueSessionId(key);
    if (!isRoomId(key.roomId)) failures.push(failureOf(key, "bad_room_id"));
    else if (trueId === null) failures.push(failureOf(key, "rejected"));
    else waiting.push({ key, trueId });
  }
  let imported = 0;
  let improved: number | null = 0;
  let already = 0;
  let relabelled = 0;
  while (waiting.length > 0) {
    const { round, rest } = firstOfEach(waiting);
    await alone(round, async () => {
      const { readable, stored, replaced } = await importEntries(round);
      imported += stored.size;
      improved = improved === null || replaced === null ? null : improved + replaced;
      const others = round.filter((entry) => !stored.has(entry));
      const rejected = await findRejected(importEntries, others, round.length - readable);
      already += others.length - rejected.length;
      failures.push(...rejected.map(({ key }) => failureOf(key, "rejected")));
      const refused = new Set(rejected);
      relabelled += round.filter((entry) => isMislabelled(entry) && !refused.has(entry)).length;
    });
    waiting = rest;
  }
  const wrongLabels = relabelled === 0 ? {} : { relabelled };
  return { imported, improved, already, ...wrongLabels, failures };
}

function isMislabelled({ key, trueId }: Entry): boolean {
  return key.sessionId !== trueId;
}

/**
 * One entry per session. Two entries of one session in one call would both be compared with the
 * store as it was before, and the worse copy could win, so the second goes into a later call.
 */
function firstOfEach(entries: readonly Entry[]): { round: Entry[]; rest: Entry[] } {
  const seen = new Map<string, Set<string>>();
  const round: Entry[] = [];
  const rest: Entry[] = [];
  for (const entry of entries) {
    const sessions = seen.get(entry.key.roomId) ?? new Set();
    seen.set(entry.key.roomId, sessions);
    (sessions.has(entry.trueId) ? rest : round).push(entry);
    sessions.add(entry.trueId);
  }
  return { round, rest };
}

async function importEntries(
  machine: OlmMachine,
  Room: typeof RoomId,
  version: BackupVersion,
  entries: readonly Entry[],
  watch: RoomKeyStoreWatch,
): Promise<Imported> {
  const byRoom = new Map<string, Map<string, Readonly<Record<string, unknown>>>>();
  for (const { key, trueId } of entries) {
    const sessions = byRoom.get(key.roomId) ?? new Map<string, typeof key.sessionData>();
    byRoom.set(key.roomId, sessions.set(trueId, key.sessionData));
  }
  // The call takes the room ids over and frees them, so each call needs new ones.
  const rooms = new Map([...byRoom].map(([roomId, sessions]) => [new Room(roomId), sessions]));
  const inTurn = [...byRoom.keys()].flatMap((roomId) =>
    entries.filter(({ key }) => key.roomId === roomId),
  );
  /** For each key in its turn: was there a copy? The module calls back right after it has compared. */
  const found: (boolean | null)[] = [];
  const onKey = (): void => {
    const entry = inTurn[found.length];
    found.push(entry === undefined ? null : watch.takeRead(entry.key.roomId, entry.trueId));
  };
  const result = await machine.importBackedUpRoomKeys(rooms, onKey, version);
  return withFreed(result, () => {
    const storedIds = new Map(
      [...result.keys()].map(([roomId, senders]) => [
        roomId,
        new Set([...senders.values()].flatMap((sessions) => [...sessions])),
      ]),
    );
    const stored = new Set(
      entries.filter(({ key, trueId }) => storedIds.get(key.roomId)?.has(trueId) === true),
    );
    for (const { key, trueId } of stored) watch.noteStored(key.roomId, trueId);
    const isKnown = found.length === entries.length && !found.includes(null);
    const replaced = inTurn.filter((entry, index) => found[index] === true && stored.has(entry));
    return {
      readable: result.totalCount,
      stored,
      replaced: isKnown || stored.size === 0 ? replaced.length : null,
    };
  });
}

/**
 * Which of the entries that were not stored were refused; the others are held already, because
 * the module skips a readable key only for a copy under the same id, which is the session's public
 * key, and at least as good. An export is not signed, so a copy with another ratchet under that
 * public key, which opens nothing, would count as held: neither is known to be the genuine one
 * before a message is decrypted. The module says how many entries it could not read but not which,
 * so they are found by halving.
 */
async function findRejected(
  importEntries: ImportEntries,
  entries: readonly Entry[],
  unreadable: number,
): Promise<readonly Entry[]> {
  const foreign = entries.filter(({ key }) => key.sessionData.algorithm !== MEGOLM);
  if (unreadable === 0) return foreign;
  if (unreadable === entries.length) return entries;
  const half = Math.ceil(entries.length / 2);
  const rejected: Entry[] = [];
  for (const part of [entries.slice(0, half), entries.slice(half)]) {
    const { readable } = await importEntries(part);
    rejected.push(...(await findRejected(importEntries, part, part.length - readable)));
  }
  return rejected;
}

function isRoomId(Room: typeof RoomId, roomId: string): boolean {
  try {
    new Room(roomId).free();
    return true;
  } catch {
    return false;
  }
}

function cached(test: (text: string) => boolean): (text: string) => boolean {
  const known = new Map<string, boolean>();
  return (text) => {
    const answer = known.get(text) ?? test(text);
    known.set(text, answer);
    return answer;
  };
}

function failureOf(
  { roomId, sessionId }: DecryptedRoomKey,
  reason: RestoreFailure["reason"],
): RestoreFailure {
  return { roomId, sessionId, reason };
}
