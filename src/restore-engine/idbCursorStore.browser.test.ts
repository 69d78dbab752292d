import { afterEach, beforeEach, expect, it } from "vitest";
import { deleteDatabase, openDatabase } from "@/lib/idb";
import { backupVersion } from "@/testing/facts";
import { createIdbCursorStore } from "./idbCursorStore";

const [ONE, TWO] = [backupVersion("1"), backupVersion("2")];
const seed = Uint32Array.of(11, 12);
const nothing = { ok: true, value: null };

let name: string;

beforeEach(() => {
  name = `cursor-${crypto.randomUUID()}`;
});

afterEach(() => deleteDatabase(name));

it("keeps what was noted over a reload, in the order it was noted", async () => {
  const before = createIdbCursorStore(name);
  expect(await before.read(ONE)).toEqual(nothing);
  await before.begin(ONE, seed);
  await before.append(ONE, Uint32Array.of(1, 2, 3, 4), 2);
  await before.append(ONE, Uint32Array.of(5, 6), 3);
  await before.complete(ONE, { etag: "e", count: 3 });

  expect(await createIdbCursorStore(name).read(ONE)).toEqual({
    ok: true,
    value: {
      seed,
      settled: [Uint32Array.of(1, 2, 3, 4), Uint32Array.of(5, 6)],
      held: 3,
      completed: { etag: "e", count: 3 },
    },
  });
});

it("knows one version at a time", async () => {
  const store = createIdbCursorStore(name);
  await store.begin(ONE, seed);
  await store.append(ONE, Uint32Array.of(1, 2), 1);
  await store.begin(TWO, Uint32Array.of(21, 22));
  expect(await store.read(ONE)).toEqual(nothing);
  expect(await store.read(TWO)).toMatchObject({
    value: { seed: Uint32Array.of(21, 22), settled: [], held: 0, completed: null },
  });
});

it("completes nothing that was not begun", async () => {
  const store = createIdbCursorStore(name);
  await store.complete(ONE, { etag: "e", count: 3 });
  expect(await store.read(ONE)).toEqual(nothing);
});

it("lets go of its database when that is deleted, and can begin anew", async () => {
  const store = createIdbCursorStore(name);
  await store.begin(ONE, seed);
  await deleteDatabase(name);
  expect(await store.read(ONE)).toEqual(nothing);
  expect((await store.begin(ONE, seed)).ok).toBe(true);
});

it.each<[string, (runs: IDBObjectStore, notes: IDBObjectStore) => void]>([
  ["no seed", (runs) => runs.put({ completed: null }, ONE)],
  ["a seed of another length", (runs) => runs.put({ seed: Uint32Array.of(1) }, ONE)],
  ["another kind of record", (runs) => runs.put("text", ONE)],
  [
    "a note without numbers",
    (_runs, notes) => notes.add({ version: ONE, settled: [1, 2], held: 0 }),
  ],
  ["a note that is none", (_runs, notes) => notes.add(null)],
])("takes a database with %s for empty", async (_what, spoil) => {
  const store = createIdbCursorStore(name);
  await store.begin(ONE, seed);
  const database = await openDatabase(name, 1, () => undefined);
  const transaction = database.transaction(["runs", "notes"], "readwrite");
  spoil(transaction.objectStore("runs"), transaction.objectStore("notes"));
  await new Promise((resolve) => {
    transaction.addEventListener("complete", resolve);
  });
  database.close();
  expect(await store.read(ONE)).toEqual(nothing);
});

it("says what is wrong with a database of a newer app, and leaves it as it is", async () => {
  (await openDatabase(name, 9, () => undefined)).close();
  const store = createIdbCursorStore(name);
  expect(await store.read(ONE)).toEqual({
    ok: false,
    error: { kind: "storage", reason: "unavailable" },
  });
});
