import { afterEach, describe, expect, it } from "vitest";
import type { JournalEntry } from "@/domain/changeJournal";
import { fail, ok } from "@/domain/result";
import { deleteDatabase, openDatabase } from "@/lib/idb";
import { createIdbChangeJournal } from "./idbChangeJournal";
import { createIdbUploadWish } from "./uploadWish";

const NAME = "upload-wish-test";

afterEach(() => deleteDatabase(NAME));

describe("the wish that this device uploads nothing", () => {
  it("is not there at first, and is kept for whoever opens it next until it is taken back", async () => {
    const wish = createIdbUploadWish(NAME);
    expect(await wish.readOff()).toEqual(ok(false));
    expect(await wish.writeOff(false)).toEqual(ok(undefined));
    expect(await wish.writeOff(true)).toEqual(ok(undefined));
    expect(await createIdbUploadWish(NAME).readOff()).toEqual(ok(true));
    expect(await wish.writeOff(false)).toEqual(ok(undefined));
    expect(await createIdbUploadWish(NAME).readOff()).toEqual(ok(false));
  });

  it("stands beside a change that is under way, and neither touches the other", async () => {
    const [wish, journal] = [createIdbUploadWish(NAME), createIdbChangeJournal(NAME)];
    const entry: JournalEntry = { change: "replace_backup", step: "s", startedAt: 1, facts: {} };
    await journal.write(entry);
    await wish.writeOff(true);
    expect(await journal.read()).toEqual(ok(entry));
    await journal.clear();
    expect(await wish.readOff()).toEqual(ok(true));
  });

  it("that cannot be read is not taken for none", async () => {
    const newer = await openDatabase(NAME, 2, () => undefined);
    newer.close();
    const unavailable = fail({ kind: "storage", reason: expect.any(String) });
    expect(await createIdbUploadWish(NAME).readOff()).toEqual(unavailable);
    expect(await createIdbUploadWish(NAME).writeOff(true)).toEqual(unavailable);
  });
});
