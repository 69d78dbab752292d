import { afterEach, expect, it } from "vitest";
import {
  databaseExists,
  DatabaseError,
  deleteDatabase,
  openDatabase,
  resultOf,
  transact,
} from "./idb";

const NAME = "idb-test";
// A request cannot be withdrawn, so tests of a blocked one wait for the real time limits.
const makeStore = (database: IDBDatabase): void => void database.createObjectStore("things");
const open = () => openDatabase(NAME, 1, makeStore);

afterEach(() => deleteDatabase(NAME));

it("keeps what a transaction wrote", async () => {
  const first = await open();
  await transact(first, ["things"], "readwrite", (transaction) =>
    resultOf(transaction.objectStore("things").put("value", "key")),
  );
  first.close();
  const second = await open();
  const read = await transact(second, ["things"], "readonly", (transaction) =>
    resultOf(transaction.objectStore("things").get("key")),
  );
  second.close();
  expect(read).toBe("value");
});

it("keeps nothing of a transaction whose work fails", async () => {
  const database = await open();
  const failed = transact(database, ["things"], "readwrite", async (transaction) => {
    await resultOf(transaction.objectStore("things").put("half", "key"));
    throw new Error("stopped in the middle");
  });
  await expect(failed).rejects.toThrow(DatabaseError);
  const count = await transact(database, ["things"], "readonly", (transaction) =>
    resultOf(transaction.objectStore("things").count()),
  );
  database.close();
  expect(count).toBe(0);
});

it("says whether a database exists, and makes none by asking", async () => {
  expect(await databaseExists(NAME)).toBe(false);
  expect(await databaseExists(NAME)).toBe(false);
  expect((await indexedDB.databases()).map((found) => found.name)).not.toContain(NAME);
  (await open()).close();
  expect(await databaseExists(NAME)).toBe(true);
});

it("lets go of a database that is to be deleted", async () => {
  const held = await open();
  await deleteDatabase(NAME);
  expect(await databaseExists(NAME)).toBe(false);
  await expect(
    transact(held, ["things"], "readonly", () => Promise.resolve()),
  ).rejects.toMatchObject({ problem: "unavailable" });
});

it("reports a database that something else will not let go of", async () => {
  (await open()).close();
  const stubborn = await new Promise<IDBDatabase>((resolve) => {
    const request = indexedDB.open(NAME);
    request.addEventListener("success", () => resolve(request.result));
  });
  const blocked = { status: "rejected", reason: { problem: "blocked" } };
  // The opening waits in line behind the deletion, and the browser says nothing about that.
  expect(await Promise.allSettled([deleteDatabase(NAME), open()])).toMatchObject([
    blocked,
    blocked,
  ]);
  stubborn.close();
  // Both are carried out now, and the late opening holds nothing.
  await deleteDatabase(NAME);
  expect(await databaseExists(NAME)).toBe(false);
}, 30_000);

it("calls a missing IndexedDB unavailable", async () => {
  const real = Object.getOwnPropertyDescriptor(globalThis, "indexedDB");
  Object.defineProperty(globalThis, "indexedDB", { configurable: true, value: undefined });
  try {
    await expect(open()).rejects.toMatchObject({ problem: "unavailable" });
  } finally {
    if (real) Object.defineProperty(globalThis, "indexedDB", real);
  }
});
