import { beforeAll, describe, expect, it } from "vitest";
import type { EntryTestProgress } from "@/domain/keyTest";
import { bodyOf, ScriptedSource, type BodyOptions } from "@/testing/fakeRestorePorts";
import {
  createEntryForge,
  forgeEntry,
  generateBackupKeyPair,
  serializeBackup,
  type BackupKeyPair,
  type EntryForge,
  type ForgedEntry,
} from "@/testing/forgeBackup";
import { ManualClock } from "@/testing/ManualClock";
import { createBackupSampler } from "./createBackupSampler";
import { RIG_VERSION } from "./engineRig";

let keyPair: BackupKeyPair;
let forge: EntryForge;
/** 120 good entries, ten in each of twelve rooms. */
let good: ForgedEntry[];

beforeAll(async () => {
  keyPair = await generateBackupKeyPair();
  forge = await createEntryForge(keyPair.publicKey);
  good = await Promise.all(
    Array.from({ length: 120 }, (_, index) => forgeEntry(forge, `!room${index % 12}:x`)),
  );
});

const whole = (entries: readonly ForgedEntry[], options?: BodyOptions) => () =>
  bodyOf(serializeBackup(entries), options);

/** The answer for one room. */
function ofRoom(entries: readonly ForgedEntry[]) {
  const sessions = Object.fromEntries(entries.map(({ sessionId, value }) => [sessionId, value]));
  return () => bodyOf(new TextEncoder().encode(JSON.stringify({ sessions })));
}

const inRoom = (room: number) => good.filter(({ roomId }) => roomId === `!room${room}:x`);

function test(
  source: ScriptedSource,
  changes: Partial<Parameters<ReturnType<typeof createBackupSampler>["test"]>[0]> = {},
) {
  const progress: EntryTestProgress[] = [];
  const clock = new ManualClock();
  const sampler = createBackupSampler({
    createWorker: () => {
      throw new Error("no workers here");
    },
    tuning: { clock, random: () => 0, batchEntries: 10 },
  });
  const result = sampler.test({
    source,
    version: RIG_VERSION,
    expected: 120,
    scope: "sample",
    rooms: [],
    key: keyPair.privateKey,
    signal: new AbortController().signal,
    onProgress: (next) => progress.push(next),
    ...changes,
  });
  return { result, progress, clock };
}

describe("a sample", () => {
  it("comes from the three rooms used last that have keys, and leaves the rest alone", async () => {
    const source = new ScriptedSource(whole(good));
    for (const room of [1, 3, 4, 5]) source.rooms.set(`!room${room}:x`, ofRoom(inRoom(room)));
    const rooms = [0, 1, 2, 3, 4, 5].map((room) => `!room${room}:x`);
    expect(await test(source, { rooms }).result).toEqual({
      scope: "sample",
      expected: 120,
      tested: 30,
      opened: 30,
      failed: {},
      rooms: 3,
      endedBy: null,
    });
    expect(source.roomsAsked).toEqual(rooms.slice(0, 5));
    expect(source.opened).toBe(0);
  });

  it("ends at fifty entries in the middle of a room, and closes the download", async () => {
    let cancelled = 0;
    const entries = good.map((entry) => ({ ...entry, roomId: "!big:x" }));
    const source = new ScriptedSource(whole(good));
    const { rooms } = JSON.parse(new TextDecoder().decode(serializeBackup(entries))) as {
      rooms: Record<string, unknown>;
    };
    const bytes = new TextEncoder().encode(JSON.stringify(rooms["!big:x"]));
    source.rooms.set("!big:x", () => bodyOf(bytes, { chunk: 512, onCancel: () => cancelled++ }));
    const { result, progress } = test(source, { rooms: ["!big:x"] });
    expect(await result).toMatchObject({ tested: 50, opened: 50, rooms: 1, endedBy: null });
    expect(progress).toEqual([{ tested: 50, opened: 50, failed: 0 }]);
    expect(cancelled).toBe(1);
  });

  it("fills up from a second room without going beyond fifty", async () => {
    const source = new ScriptedSource(whole(good));
    source.rooms.set("!a:x", ofRoom(good.slice(0, 30)));
    source.rooms.set("!b:x", ofRoom(good.slice(30, 90)));
    const rooms = ["!a:x", "!b:x", "!c:x"];
    expect(await test(source, { rooms }).result).toMatchObject({ tested: 50, rooms: 2 });
    expect(source.roomsAsked).toEqual(["!a:x", "!b:x"]);
  });

  it("comes from the start of the backup where no room has keys, and is cut there", async () => {
    const source = new ScriptedSource(whole(good, { chunk: 512 }));
    const rooms = Array.from({ length: 20 }, (_, index) => `!empty${index}:x`);
    expect(await test(source, { rooms }).result).toMatchObject({ tested: 50, opened: 50 });
    expect(source.roomsAsked).toHaveLength(10);
    expect(source.opened).toBe(1);
  });

  it("of an empty backup is empty, not a success of fifty", async () => {
    const source = new ScriptedSource(whole([]));
    const { result } = test(source, { expected: 0 });
    expect(await result).toMatchObject({ tested: 0, opened: 0, rooms: 0, endedBy: null });
  });
});

describe("a test of all", () => {
  it("looks at every entry, counts what fails by its reason, and tells how far it is", async () => {
    const stranger = await createEntryForge((await generateBackupKeyPair()).publicKey);
    const bad = [
      await forgeEntry(stranger, "!room1:x"),
      await forgeEntry(forge, "!room2:x", (data) => ({ ...data, algorithm: "m.megolm.v9" })),
      await forgeEntry(forge, "noroom"),
    ];
    const source = new ScriptedSource(whole([...good, ...bad]));
    const { result, progress } = test(source, { scope: "all", expected: 123 });
    const { failed, ...rest } = await result;
    expect(rest).toMatchObject({ scope: "all", tested: 123, opened: 120, endedBy: null });
    expect(failed).toEqual({ undecryptable: 1, wrong_algorithm: 1, bad_room_id: 1 });
    expect(progress.length).toBeGreaterThan(10);
    for (const { tested, opened, failed: sum } of progress) expect(tested).toBe(opened + sum);
    expect(progress.at(-1)).toEqual({ tested: 123, opened: 120, failed: 3 });
  });

  it("counts an entry once, however often it is sent", async () => {
    const again = await forgeEntry(forge, "!room0:x");
    const changed = { ...again, sessionId: good[0]?.sessionId ?? "" };
    const source = new ScriptedSource(whole([...good, ...good.slice(0, 5), changed]));
    const { result } = test(source, { scope: "all" });
    expect(await result).toMatchObject({ tested: 120, opened: 120 });
  });

  it("with another key opens none, and is no error", async () => {
    const { privateKey } = await generateBackupKeyPair();
    const source = new ScriptedSource(whole(good));
    expect(await test(source, { scope: "all", key: privateKey }).result).toMatchObject({
      tested: 120,
      opened: 0,
      failed: { undecryptable: 120 },
      endedBy: null,
    });
  });

  it("that breaks off keeps what it has seen, and says so", async () => {
    const source = new ScriptedSource(
      whole(good.slice(0, 60), { ending: "break", chunk: 1 << 20 }),
    );
    const bytes = serializeBackup(good.slice(0, 60));
    const cut = new ScriptedSource(() => bodyOf(bytes.slice(0, -3), { ending: "break" }));
    const broken = await test(cut, { scope: "all" }).result;
    expect(broken).toMatchObject({ tested: 60, opened: 60, endedBy: { kind: "network" } });
    expect(await test(source, { scope: "all" }).result).toMatchObject({ tested: 60 });
  });

  it("passes the server's refusal on", async () => {
    const error = { kind: "no_backup" } as const;
    const source = new ScriptedSource(() => error);
    expect(await test(source, { scope: "all" }).result).toMatchObject({
      tested: 0,
      endedBy: error,
    });
  });

  it("can be stopped, with what it has seen until then", async () => {
    const stop = new AbortController();
    const source = new ScriptedSource(whole(good, { chunk: 512 }));
    const { result } = test(source, {
      scope: "all",
      signal: stop.signal,
      onProgress: ({ tested }) => {
        if (tested >= 30) stop.abort();
      },
    });
    const stopped = await result;
    expect(stopped).toMatchObject({ endedBy: "stopped", opened: stopped.tested });
    expect(stopped.tested).toBeGreaterThanOrEqual(30);
    expect(stopped.tested).toBeLessThan(120);
  });

  it("leaves the caller's key as it was", async () => {
    const key = keyPair.privateKey.slice();
    await test(new ScriptedSource(whole(good)), { scope: "all", key }).result;
    expect(key).toEqual(keyPair.privateKey);
  });
});
