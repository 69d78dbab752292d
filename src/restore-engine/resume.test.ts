import { beforeAll, describe, expect, it } from "vitest";
import { failedCount, missingCount } from "@/domain/restore";
import { MemoryCursorStore, bodyOf, MemorySink, ScriptedSource } from "@/testing/fakeRestorePorts";
import {
  createEntryForge,
  forgeEntry,
  generateBackupKeyPair,
  keyBackupData,
  serializeBackup,
  type BackupKeyPair,
  type EntryForge,
  type ForgedEntry,
} from "@/testing/forgeBackup";
import { createEngineRig, RIG_VERSION } from "./engineRig";

let keyPair: BackupKeyPair;
let forge: EntryForge;
let good: ForgedEntry[];
let damaged: ForgedEntry[];

beforeAll(async () => {
  keyPair = await generateBackupKeyPair();
  forge = await createEntryForge(keyPair.publicKey);
  good = await Promise.all(
    Array.from({ length: 40 }, (_, index) => forgeEntry(forge, `!room${index % 4}:x`)),
  );
  const encrypted = await forge.encrypt("{}");
  damaged = Array.from({ length: 3 }, (_, index) => ({
    roomId: "!room0:x",
    sessionId: `damaged${index}`,
    value: keyBackupData({ ...encrypted, mac: "AAAAAAAAAAA" }),
  }));
});

const body = (entries: readonly ForgedEntry[]) => () => bodyOf(serializeBackup(entries));

/** One visit of the page; the store and the cursor outlive it. */
function visit(
  sink: MemorySink,
  cursors: MemoryCursorStore,
  entries: readonly ForgedEntry[] = good,
) {
  const source = new ScriptedSource(body(entries));
  const expected = entries.length;
  const rig = createEngineRig({ source, privateKey: keyPair.privateKey, expected, sink, cursors });
  return { ...rig, source };
}

/** A run that ends when the store has about so many keys; `crash`: nothing is written afterwards. */
async function visitUntil(sink: MemorySink, cursors: MemoryCursorStore, held: number) {
  const { run, abort } = visit(sink, cursors);
  sink.intercept = async () => {
    if (sink.held.size >= held) abort.abort();
    return undefined;
  };
  const outcome = await run();
  sink.intercept = async () => undefined;
  return outcome;
}

describe("a restore that goes on", () => {
  it("decrypts and imports nothing a second time", async () => {
    const [sink, cursors] = [new MemorySink(), new MemoryCursorStore()];
    expect((await visitUntil(sink, cursors, 15)).kind).toBe("interrupted");
    const before = sink.held.size;
    sink.batchSizes.length = 0;

    const { run } = visit(sink, cursors);
    expect(await run()).toMatchObject({
      kind: "completed",
      report: {
        tally: {
          received: good.length,
          imported: good.length - before,
          already: before,
          recalled: before,
        },
      },
    });
    expect(sink.batchSizes.reduce((sum, size) => sum + size, 0)).toBe(good.length - before);
  });

  it("does again what was not noted before a crash, and loses nothing", async () => {
    const [sink, cursors] = [new MemorySink(), new MemoryCursorStore()];
    await visitUntil(sink, cursors, 20);
    const record = cursors.records.get(RIG_VERSION);
    // The last two notes never got to the disk.
    cursors.records.set(RIG_VERSION, {
      ...(record as NonNullable<typeof record>),
      settled: record?.settled.slice(0, -2) ?? [],
      held: 0,
    });
    const before = sink.held.size;

    const outcome = await visit(sink, cursors).run();
    const { tally } = outcome.report;
    expect(tally).toMatchObject({ received: good.length, already: before });
    expect(tally.recalled).toBe(before - 10);
    expect(sink.held.size).toBe(good.length);
  });

  it.each([
    ["has fewer keys than the notes say", (sink: MemorySink) => sink.held.clear()],
    ["lost a single key", (sink: MemorySink) => sink.held.delete([...sink.held.keys()][0] ?? "")],
  ])("believes no note when the store %s", async (_what, harm) => {
    const [sink, cursors] = [new MemorySink(), new MemoryCursorStore()];
    await visitUntil(sink, cursors, 20);
    harm(sink);
    const before = sink.held.size;
    const outcome = await visit(sink, cursors).run();
    expect(outcome).toMatchObject({
      kind: "completed",
      report: { tally: { recalled: 0, already: before, imported: good.length - before } },
    });
    expect(sink.held.size).toBe(good.length);
  });

  it("tries again what failed, and takes up an entry that has changed", async () => {
    const [sink, cursors] = [new MemorySink(), new MemoryCursorStore()];
    const [first, ...others] = good as [ForgedEntry, ...ForgedEntry[]];
    const before = visit(sink, cursors, [first, ...damaged]);
    const failed = await before.run();
    expect(failedCount(failed.report.tally)).toBe(3);

    const mended = await forgeEntry(forge, "!room0:x");
    const changed: ForgedEntry = { ...first, value: mended.value };
    const repaired = { ...mended, sessionId: "damaged0" };
    const outcome = await visit(sink, cursors, [changed, repaired, ...others]).run();
    expect(outcome.report.tally).toMatchObject({ recalled: 0, received: good.length + 1 });
    expect(failedCount(outcome.report.tally)).toBe(0);
  });

  it("stops nothing when the cursor cannot be read or written", async () => {
    for (const moment of ["always", "later"]) {
      const [sink, cursors] = [new MemorySink(), new MemoryCursorStore()];
      const { run } = visit(sink, cursors);
      const failure = { kind: "storage", reason: "quota" } as const;
      if (moment === "always") cursors.failure = failure;
      sink.intercept = async () => {
        cursors.failure = failure;
        return undefined;
      };
      const outcome = await run();
      expect(outcome).toMatchObject({
        kind: "completed",
        report: { tally: { imported: good.length } },
      });
      cursors.failure = null;
      sink.intercept = async () => undefined;
      expect((await visit(sink, cursors).run()).report.tally).toMatchObject({
        already: good.length,
        imported: 0,
      });
    }
  });

  it("notes nothing of a batch whose fate the store left open", async () => {
    const [sink, cursors] = [new MemorySink(), new MemoryCursorStore()];
    const { run } = visit(sink, cursors, good.slice(0, 5));
    sink.intercept = async () => ({
      ok: true,
      value: { imported: 3, improved: 0, already: 1, failures: [] },
    });
    await run();
    expect(cursors.records.get(RIG_VERSION)?.settled).toEqual([]);
  });

  it("notes what went in beside a key that the store refused", async () => {
    const [sink, cursors] = [new MemorySink(), new MemoryCursorStore()];
    const { run } = visit(sink, cursors, good.slice(0, 5));
    sink.intercept = async ([refused]) => ({
      ok: true,
      value: {
        imported: 4,
        improved: 0,
        already: 0,
        failures: [
          {
            roomId: refused?.roomId ?? "",
            sessionId: refused?.sessionId ?? "",
            reason: "rejected",
          },
        ],
      },
    });
    sink.count = () => 4;
    await run();
    expect(cursors.records.get(RIG_VERSION)?.settled.map(({ length }) => length)).toEqual([8]);
  });
});

describe("a second restore", () => {
  async function restored(entries = good) {
    const [sink, cursors] = [new MemorySink(), new MemoryCursorStore()];
    await visit(sink, cursors, entries).run();
    return { sink, cursors };
  }

  it("asks for nothing and stores nothing when the backup has not changed", async () => {
    const { sink, cursors } = await restored();
    sink.batchSizes.length = 0;
    const { run, source, key } = visit(sink, cursors);
    const outcome = await run();
    expect(outcome).toMatchObject({
      kind: "completed",
      report: {
        tally: { received: good.length, already: good.length, recalled: good.length, imported: 0 },
      },
    });
    expect(missingCount(outcome.report.tally)).toBe(0);
    expect([source.opened, sink.batchSizes.length]).toEqual([0, 0]);
    // The key was compared with the backup's, and forgotten.
    expect(key.given.map((copy) => copy.every((byte) => byte === 0))).toEqual([true]);
  });

  it("passes over what it knows when keys were added", async () => {
    const { sink, cursors } = await restored(good.slice(0, 30));
    const { run } = visit(sink, cursors);
    const outcome = await run(good.length, { etag: "2" });
    expect(outcome.report.tally).toMatchObject({ recalled: 30, imported: 10, already: 30 });
  });

  it.each([
    ["the count is another", { count: 41, etag: "1" }],
    ["the etag is another", { count: 40, etag: "2" }],
  ])("looks at everything again when %s", async (_what, { count, etag }) => {
    const { sink, cursors } = await restored();
    const { run, source } = visit(sink, cursors);
    const outcome = await run(count, { etag });
    expect(source.opened).toBe(1);
    expect(missingCount(outcome.report.tally)).toBe(count - 40);
  });

  it("does not take a backup for restored of which keys failed or are missing", async () => {
    for (const [entries, expected] of [
      [[...good, ...damaged], good.length + damaged.length],
      [good, good.length + 1],
    ] as const) {
      const [sink, cursors] = [new MemorySink(), new MemoryCursorStore()];
      await visit(sink, cursors, entries).run(expected);
      const { run, source } = visit(sink, cursors, entries);
      const { tally } = (await run(expected)).report;
      expect(source.opened).toBe(1);
      expect(tally).toMatchObject({ recalled: good.length, imported: 0 });
    }
  });
});

describe("the store's own word", () => {
  it("ends as failed when the store holds fewer keys than were counted into it", async () => {
    const [sink, cursors] = [new MemorySink(), new MemoryCursorStore()];
    sink.count = () => Math.max(0, sink.held.size - 1);
    const outcome = await visit(sink, cursors).run();
    expect(outcome).toMatchObject({ kind: "failed", error: { kind: "unexpected" } });
    expect(cursors.records.get(RIG_VERSION)?.completed).toBeNull();
  });
});
