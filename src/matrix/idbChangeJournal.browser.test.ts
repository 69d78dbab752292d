import { afterEach, describe, expect, it } from "vitest";
import type { JournalEntry } from "@/domain/changeJournal";
import { fail, ok } from "@/domain/result";
import { deleteDatabase, openDatabase, resultOf, transact } from "@/lib/idb";
import { createIdbChangeJournal } from "./idbChangeJournal";

const NAME = "change-journal-test";
const entry: JournalEntry = {
  change: "replace_backup",
  step: "make_version",
  startedAt: 1_700_000_000_000,
  facts: { oldVersion: "1", newVersion: null, count: 12 },
};

afterEach(() => deleteDatabase(NAME));

describe("the journal of changes", () => {
  it("is empty at first, and holds the last entry for whoever opens it next", async () => {
    expect(await createIdbChangeJournal(NAME).read()).toEqual(ok(null));
    const journal = createIdbChangeJournal(NAME);
    expect(await journal.write(entry)).toEqual(ok(undefined));
    expect(await journal.write({ ...entry, step: "store_key" })).toEqual(ok(undefined));
    expect(await createIdbChangeJournal(NAME).read()).toEqual(ok({ ...entry, step: "store_key" }));
    expect(await journal.clear()).toEqual(ok(undefined));
    expect(await createIdbChangeJournal(NAME).read()).toEqual(ok(null));
  });

  it.each([
    ["an unknown change", { ...entry, change: "make_coffee" }],
    ["a fact that is no fact", { ...entry, facts: { key: new Uint8Array(32) } }],
    ["no entry at all", "replace_backup"],
  ])("never takes %s for nothing", async (_what, stored) => {
    const database = await openDatabase(NAME, 1, (made) => void made.createObjectStore("journal"));
    await transact(database, ["journal"], "readwrite", (tx) =>
      resultOf(tx.objectStore("journal").put(stored, "current")),
    );
    database.close();
    expect(await createIdbChangeJournal(NAME).read()).toEqual(
      fail({ kind: "storage", reason: "mismatch" }),
    );
  });
});
