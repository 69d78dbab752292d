import type { BackupVersion } from "@/domain/backup";
import type { DecryptedRoomKey } from "@/domain/ports";
import { afterEach, beforeEach, describe, expect, it, vi, type MockInstance } from "vitest";
import { cryptoDatabaseName } from "./deviceStore";
import { olmMachineOf, withFreed } from "./olmMachine";
import { createRoomKeySink } from "./roomKeySink";
import { watchRoomKeyStore } from "./roomKeyStoreWatch";
import { copiesOfOne, many, openStoreRig, ROOM, roomKey, valueOf, type StoreRig } from "./storeRig";

const VERSION = "1" as BackupVersion;
const STORE = "inbound_group_sessions3";

let rigs: StoreRig[] = [];
const { prototype } = IDBObjectStore;
let gets: MockInstance<typeof prototype.get>;

beforeEach(() => {
  gets = vi.spyOn(prototype, "get");
});

/** Reads of one room key that got as far as IndexedDB. */
function countReads(): number {
  return gets.mock.contexts.filter(
    (store) => store instanceof IDBObjectStore && store.name === STORE,
  ).length;
}

afterEach(async () => {
  gets.mockRestore();
  for (const rig of rigs) await rig.remove();
  rigs = [];
});

async function open(encrypted = true): Promise<StoreRig> {
  const rig = await openStoreRig({ encrypted });
  rigs.push(rig);
  return rig;
}

async function importAll(rig: StoreRig, keys: readonly DecryptedRoomKey[]) {
  const store = valueOf(await createRoomKeySink(rig.context).open(VERSION, keys.length));
  try {
    return valueOf(await store.import(keys));
  } finally {
    store.close();
  }
}

/** The way of the SDK itself: one call of the machine, nothing watched. */
async function importPlainly(rig: StoreRig, keys: readonly DecryptedRoomKey[]): Promise<void> {
  const crypto = rig.context.crypto() as unknown as {
    importBackedUpRoomKeys(keys: unknown[], version: string): Promise<void>;
  };
  await crypto.importBackedUpRoomKeys(
    keys.map(({ roomId, sessionId, sessionData }) => ({
      ...sessionData,
      room_id: roomId,
      session_id: sessionId,
    })),
    VERSION,
  );
}

async function countRows(rig: StoreRig): Promise<number> {
  const machine = await olmMachineOf(rig.context);
  return withFreed(await machine.roomKeyCounts(), ({ total }) => total);
}

function watch(rig: StoreRig, database = cryptoDatabaseName(rig.context.cryptoStorePrefix)) {
  return watchRoomKeyStore({ database, countRows: () => countRows(rig), expected: 100 });
}

/** Every row of the table as it lies on the disk, by its key. */
async function rowsOf(rig: StoreRig): Promise<ReadonlyMap<string, unknown>> {
  const opening = indexedDB.open(cryptoDatabaseName(rig.context.cryptoStorePrefix));
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    opening.addEventListener("success", () => resolve(opening.result));
    opening.addEventListener("error", () => reject(new Error("not opened")));
  });
  const store = database.transaction(STORE).objectStore(STORE);
  const read = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve) => {
      request.addEventListener("success", () => resolve(request.result));
    });
  const [keys, values] = await Promise.all([read(store.getAllKeys()), read(store.getAll())]);
  database.close();
  return new Map(keys.map((key, index) => [JSON.stringify(key), values[index]]));
}

async function exportOf(rig: StoreRig) {
  const keys = await rig.context.crypto().exportRoomKeys();
  return keys.toSorted((a, b) => (a.session_id < b.session_id ? -1 : 1));
}

const rooms = ["!a:x", "!b:x", "!c:x"] as const;
const inRooms = (index: number) => roomKey({}, rooms[index % 3]);

// The shortcut leans on how this version of the crypto module keeps room keys. When one of these
// fails after an update, restores are slower and as safe: find out how the new version reads.
describe.each([true, false])("the installed crypto module, store encrypted: %s", (encrypted) => {
  it("asks the disk for no key of a new device, and for each that is there", async () => {
    const rig = await open(encrypted);
    const keys = await many(60, inRooms);
    expect(await importAll(rig, keys)).toMatchObject({ imported: 60, improved: 0 });
    expect(countReads()).toBe(0);

    const others = await many(40, inRooms);
    expect(await importAll(rig, [...keys, ...others])).toMatchObject({
      imported: 40,
      improved: 0,
      already: 60,
    });
    expect(countReads()).toBe(60);
    expect(await countRows(rig)).toBe(100);
  });

  it("is listed whole, and its answers are understood", async () => {
    const rig = await open(encrypted);
    await importPlainly(rig, await many(30, inRooms));
    const watching = await watch(rig);
    expect(watching).toMatchObject({ answersFromMemory: true, surprises: 0 });
    await importPlainly(rig, await many(30, inRooms));
    expect(watching).toMatchObject({ answersFromMemory: true, surprises: 0 });
    watching.stop();
  });
});

describe("what is in the store afterwards", () => {
  it("is row for row what the SDK's own import leaves", async () => {
    const { better, worse } = await copiesOfOne();
    const held = await copiesOfOne();
    const shared = await roomKey({ "org.matrix.msc3061.shared_history": true });
    const chained = await roomKey({
      forwarding_curve25519_key_chain: [better.sessionData["sender_key"]],
    });
    const before = [worse, held.better];
    const keys = [...(await many(120, inRooms)), better, held.worse, shared, chained];

    const [ours, theirs] = [await open(false), await open(false)];
    for (const rig of [ours, theirs]) await importPlainly(rig, before);
    const outcome = await importAll(ours, keys);
    for (let at = 0; at < keys.length; at += 50) {
      await importPlainly(theirs, keys.slice(at, at + 50));
    }

    expect(outcome).toEqual({ imported: 123, improved: 1, already: 1, failures: [] });
    expect(await rowsOf(ours)).toEqual(await rowsOf(theirs));
    expect(await rowsOf(ours)).toHaveProperty("size", 124);
    expect(await exportOf(ours)).toEqual(await exportOf(theirs));
    const first = (id: string) =>
      exportOf(ours).then((all) => all.find((k) => k.session_id === id));
    expect((await first(better.sessionId))?.session_key).toBe(better.sessionData["session_key"]);
    expect((await first(held.better.sessionId))?.session_key).toBe(
      held.better.sessionData["session_key"],
    );
  });

  it("is the same in an encrypted store, key by key", async () => {
    const keys = await many(80, inRooms);
    const [ours, theirs] = [await open(), await open()];
    await importAll(ours, keys);
    await importPlainly(theirs, keys);
    expect(await exportOf(ours)).toEqual(await exportOf(theirs));
  });
});

describe("keys that arrive meanwhile", () => {
  it("are kept beside and before those of the restore, in the better copy of each", async () => {
    const [ours, theirs] = [await open(), await open()];
    const restored = await many(600, inRooms);
    const arriving = await many(200, inRooms);
    const pairs = await Promise.all(Array.from({ length: 40 }, () => copiesOfOne()));

    async function arrive(rig: StoreRig): Promise<void> {
      // Better copies come by the other way first, worse ones later; both ways at once in between.
      const machine = await olmMachineOf(rig.context);
      const exported = (keys: readonly DecryptedRoomKey[]) =>
        JSON.stringify(
          keys.map(({ roomId, sessionId, sessionData }) => ({
            ...sessionData,
            room_id: roomId,
            session_id: sessionId,
          })),
        );
      const all = [...pairs.slice(0, 20).map(({ better }) => better), ...arriving];
      for (let at = 0; at < all.length; at += 5) {
        (
          await machine.importExportedRoomKeys(exported(all.slice(at, at + 5)), () => undefined)
        ).free();
      }
    }
    async function restoreInto(rig: StoreRig): Promise<void> {
      const store = valueOf(await createRoomKeySink(rig.context).open(VERSION, 1_000));
      const lanes: Promise<unknown>[] = [];
      const worse = pairs.slice(0, 20).map((pair) => pair.worse);
      const others = pairs.slice(20).flatMap((pair) => [pair.worse, pair.better]);
      const first = arrive(rig);
      for (let at = 0; at < restored.length; at += 40) {
        lanes.push(store.import(restored.slice(at, at + 40)));
        if (lanes.length === 2) await lanes.shift();
      }
      await Promise.all([...lanes, first]);
      valueOf(await store.import(worse));
      // Two calls at once, with the same sessions in both.
      await Promise.all([store.import(others), store.import(others.toReversed())]);
      expect(valueOf(await store.count())).toBe(600 + 200 + 40);
      store.close();
    }

    await restoreInto(ours);
    await importPlainly(theirs, [...restored, ...arriving, ...pairs.map(({ better }) => better)]);
    expect(await exportOf(ours)).toEqual(await exportOf(theirs));
  });

  it("are never answered for as absent, from the moment their write begins", async () => {
    const rig = await open();
    const watching = await watch(rig);
    const key = await copiesOfOne();
    await importPlainly(rig, [key.better]);
    gets.mockClear();
    await importPlainly(rig, [key.worse]);
    expect(countReads()).toBe(1);
    expect((await exportOf(rig))[0]?.session_key).toBe(key.better.sessionData["session_key"]);
    watching.stop();
  });
});

describe("a watch", () => {
  const replaced = [
    [IDBDatabase.prototype, "transaction"],
    [IDBObjectStore.prototype, "put"],
    [IDBObjectStore.prototype, "add"],
  ] as const;
  const methods = (): unknown[] => replaced.map(([owner, name]) => Reflect.get(owner, name));

  it("leaves nothing behind when it is stopped", async () => {
    const before = methods();
    const watching = await watch(await open());
    expect(methods()).not.toEqual(before);
    watching.stop();
    watching.stop();
    expect(methods()).toEqual(before);
  });

  it("passes everything on when it is stopped before one that came later", async () => {
    const before = methods();
    const rig = await open();
    const first = await watch(rig);
    const second = await watch(rig);
    first.stop();
    second.stop();
    await importPlainly(rig, await many(5, inRooms));
    expect(countReads()).toBe(5);
    expect(await countRows(rig)).toBe(5);
    for (const [index, [owner, name]] of replaced.entries()) {
      Reflect.set(owner, name, before[index]);
    }
  });

  it("answers nothing for a store that it cannot list", async () => {
    const rig = await open();
    const watching = await watch(rig, "no such database");
    expect(watching.answersFromMemory).toBe(false);
    expect((await indexedDB.databases()).map(({ name }) => name)).not.toContain("no such database");
    watching.stop();
  });

  it("answers nothing when its list and the module's count differ", async () => {
    const rig = await open();
    await importPlainly(rig, await many(5, inRooms));
    const watching = await watchRoomKeyStore({
      database: cryptoDatabaseName(rig.context.cryptoStorePrefix),
      countRows: async () => 6,
      expected: 10,
    });
    expect(watching.answersFromMemory).toBe(false);
    await importPlainly(rig, await many(5, inRooms));
    expect(countReads()).toBe(10);
    watching.stop();
  });

  it("leaves other stores alone", async () => {
    const [watched, other] = [await open(), await open()];
    const watching = await watch(watched);
    await importPlainly(other, await many(5, () => roomKey({}, ROOM)));
    expect(countReads()).toBe(5);
    watching.stop();
  });
});
