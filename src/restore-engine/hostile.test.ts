import { beforeAll, describe, expect, it } from "vitest";
import { missingCount } from "@/domain/restore";
import { yieldToMain } from "@/lib/yieldToMain";
import {
  bodyOf,
  MemoryCursorStore,
  MemorySink,
  ScriptedSource,
  type ScriptedAnswer,
} from "@/testing/fakeRestorePorts";
import {
  createEntryForge,
  forgeEntry,
  generateBackupKeyPair,
  serializeBackup,
  type BackupKeyPair,
  type EntryForge,
  type ForgedEntry,
} from "@/testing/forgeBackup";
import { createEngineRig, requestOf, RIG_VERSION, runOptions } from "./engineRig";
import type { RestoreTuning } from "./tuning";

const ROOM = "!last:x";

let keyPair: BackupKeyPair;
let forge: EntryForge;
/** Ten keys of the room used last, then thirty of others. */
let good: ForgedEntry[];

beforeAll(async () => {
  keyPair = await generateBackupKeyPair();
  forge = await createEntryForge(keyPair.publicKey);
  good = await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      forgeEntry(forge, index < 10 ? ROOM : `!room${index % 3}:x`),
    ),
  );
});

function visit(
  options: {
    readonly sink?: MemorySink;
    readonly cursors?: MemoryCursorStore;
    readonly tuning?: Partial<RestoreTuning>;
    readonly whole?: readonly ForgedEntry[];
  } = {},
) {
  const { whole = good, ...rest } = options;
  const source = new ScriptedSource(() => bodyOf(serializeBackup(whole)));
  return {
    ...createEngineRig({ source, privateKey: keyPair.privateKey, expected: 40, ...rest }),
    source,
  };
}

/** The answer for the room used last, with something else under each of its ids. */
function roomWith(value: (index: number) => unknown): () => ScriptedAnswer {
  const sessions = Object.fromEntries(
    good.slice(0, 10).map(({ sessionId }, index) => [sessionId, value(index)]),
  );
  return () => bodyOf(new TextEncoder().encode(JSON.stringify({ sessions })));
}

const first = { firstRooms: [ROOM] };
const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await yieldToMain();
};

describe("a room's answer that differs from the whole backup", () => {
  it("hides no genuine key behind rubbish", async () => {
    const { run, source, sink, roomsReady } = visit();
    source.rooms.set(
      ROOM,
      roomWith(() => ({})),
    );
    const { tally } = (await run(40, first)).report;
    expect(sink.held.size).toBe(40);
    expect(tally).toMatchObject({ imported: 40, again: 10, failed: { malformed: 10 } });
    expect(missingCount(tally)).toBe(0);
    expect(roomsReady).toEqual([]);
  });

  it("hides none behind other keys, and those stand in for none", async () => {
    const others = await Promise.all(Array.from({ length: 10 }, () => forgeEntry(forge, ROOM)));
    const stored: string[] = [];
    const sink = new MemorySink();
    sink.intercept = async (batch) => {
      stored.push(...batch.map(({ sessionData }) => String(sessionData["session_key"])));
      return { ok: true, value: { imported: batch.length, improved: 0, already: 0, failures: [] } };
    };
    sink.count = () => stored.length;
    const { run, source } = visit({ sink });
    source.rooms.set(
      ROOM,
      roomWith((index) => others[index]?.value),
    );
    const { tally } = (await run(40, first)).report;
    expect(new Set(stored).size).toBe(50);
    expect(tally).toMatchObject({ received: 50, imported: 50, again: 10 });
    expect(missingCount(tally)).toBe(0);
  });

  it("counts nothing twice when it only writes the same keys in another way", async () => {
    const { run, source, sink } = visit();
    source.rooms.set(
      ROOM,
      roomWith((index) => ({ ...(good[index]?.value as object), is_verified: false })),
    );
    const { tally } = (await run(40, first)).report;
    expect(sink.held.size).toBe(40);
    expect(tally).toMatchObject({ received: 40, imported: 40, again: 0, already: 0 });
  });

  it.each(["{}", '{"rooms":{}}', '{"errcode":"M_FORBIDDEN"}', '{"sessions":null}'])(
    "makes no room ready: %s",
    async (text) => {
      const { run, source, roomsReady } = visit();
      source.rooms.set(ROOM, () => bodyOf(new TextEncoder().encode(text)));
      expect((await run(40, first)).report.tally.imported).toBe(40);
      expect(roomsReady).toEqual([]);
    },
  );
});

describe("what a server may cost", () => {
  it("asks for no further room unasked once one was refused", async () => {
    const { run, source } = visit();
    const refused = { kind: "rate_limited", retryAfterMs: 1_000 } as const;
    for (const room of [ROOM, "!room0:x", "!room1:x"]) source.rooms.set(room, () => refused);
    await run(40, { firstRooms: [ROOM, "!room0:x", "!room1:x"] });
    expect(source.roomsAsked).toEqual([ROOM]);
  });

  it("reads no endless answer however many keys the server counts", async () => {
    const spaces = new Uint8Array(1 << 20).fill(0x20);
    let sent = 0;
    const endless = new ScriptedSource(
      () =>
        new ReadableStream<Uint8Array>({
          pull(controller) {
            sent++;
            controller.enqueue(spaces);
          },
        }),
    );
    const { run } = createEngineRig({
      source: endless,
      privateKey: keyPair.privateKey,
      expected: Number.MAX_SAFE_INTEGER,
    });
    expect(await run()).toMatchObject({ kind: "failed", error: { kind: "not_matrix" } });
    expect(sent).toBeLessThan(60);
  });

  it("takes no half of a surrogate pair for a room id", async () => {
    const entry = { ...(good[0] as ForgedEntry), roomId: "!\ud800:x" };
    const { run } = visit({ whole: [entry] });
    expect((await run(1)).report.tally.failed.bad_room_id).toBe(1);
  });
});

describe("a room that is asked for", () => {
  it("is told as ready only when its keys are in, also when the rest had met them", async () => {
    const held = Promise.withResolvers<void>();
    const { run, engine, sink, source, roomsReady } = visit({ tuning: { batchEntries: 40 } });
    source.rooms.set(
      ROOM,
      roomWith((index) => good[index]?.value),
    );
    let isAsked = false;
    sink.intercept = async () => {
      if (!isAsked) {
        isAsked = true;
        engine.bringForward(ROOM);
        await turns(40);
        expect(roomsReady).toEqual([]);
        held.resolve();
      }
      await held.promise;
      return undefined;
    };
    await run(40);
    expect(sink.held.size).toBe(40);
  });

  it("is not forgotten when it is asked for while the store is being opened", async () => {
    const sink = new MemorySink();
    const open = sink.open.bind(sink);
    const opening = Promise.withResolvers<void>();
    sink.open = async () => {
      await opening.promise;
      return open();
    };
    const { run, engine, source } = visit({ sink });
    source.rooms.set(
      ROOM,
      roomWith((index) => good[index]?.value),
    );
    const outcome = run(40);
    await turns(3);
    engine.bringForward(ROOM);
    opening.resolve();
    await outcome;
    expect(source.roomsAsked).toEqual([ROOM]);
  });

  it("does not wait for one that nobody asked for and that stands still", async () => {
    const { engine, source, abort, sink } = visit();
    const stands = () => bodyOf(new TextEncoder().encode('{"sessions":{'), { ending: "silence" });
    source.rooms.set("!room0:x", stands);
    source.rooms.set(
      ROOM,
      roomWith((index) => good[index]?.value),
    );
    const whole = new ScriptedSource(() => new Promise<never>(() => undefined));
    source.open = whole.open.bind(whole);
    const ready = Promise.withResolvers<string>();
    const run = engine.run(
      requestOf(40, { firstRooms: ["!room0:x"] }),
      runOptions({ signal: abort.signal, onRoomReady: ready.resolve }),
    );
    while (source.roomsAsked.length === 0) await yieldToMain();
    engine.bringForward(ROOM);
    expect(await ready.promise).toBe(ROOM);
    expect(sink.held.size).toBe(10);
    abort.abort();
    await run;
  });
});

describe("a cursor that cannot be trusted", () => {
  it("is not kept of a store that cannot tell new keys from better copies", async () => {
    const [sink, cursors] = [new MemorySink(), new MemoryCursorStore()];
    const all = new Map<string, true>();
    sink.intercept = async (batch) => {
      for (const { roomId, sessionId } of batch) all.set(`${roomId} ${sessionId}`, true);
      return {
        ok: true,
        value: { imported: batch.length, improved: null, already: 0, failures: [] },
      };
    };
    sink.count = () => all.size;
    await visit({ sink, cursors }).run();
    all.clear();
    const { tally } = (await visit({ sink, cursors }).run()).report;
    expect(tally).toMatchObject({ recalled: 0, imported: 40 });
  });

  it("is begun anew when its numbers are none", async () => {
    const [sink, cursors] = [new MemorySink(), new MemoryCursorStore()];
    await visit({ sink, cursors }).run();
    const record = cursors.records.get(RIG_VERSION);
    if (record === undefined) throw new Error("nothing was noted");
    cursors.records.set(RIG_VERSION, { ...record, held: Number.NaN });
    await visit({ sink, cursors }).run();
    expect((await visit({ sink, cursors }).run()).report.tally.recalled).toBe(40);
  });

  it("is given up when it has grown far beyond the backup", async () => {
    const [sink, cursors] = [new MemorySink(), new MemoryCursorStore()];
    await visit({ sink, cursors }).run();
    const record = cursors.records.get(RIG_VERSION);
    if (record === undefined) throw new Error("nothing was noted");
    cursors.records.set(RIG_VERSION, {
      ...record,
      settled: [...record.settled, new Uint32Array(2 * 10_200)],
    });
    expect((await visit({ sink, cursors }).run()).report.tally.recalled).toBe(0);
  });

  it("says nothing of a backup whose key is another now", async () => {
    const [sink, cursors] = [new MemorySink(), new MemoryCursorStore()];
    await visit({ sink, cursors }).run();
    const { engine, key } = visit({ sink, cursors });
    const error = { kind: "decryption_key", reason: "mismatch" } as const;
    key.read = async () => ({ ok: false, error });
    const outcome = await engine.run(requestOf(40), runOptions());
    expect(outcome).toMatchObject({ kind: "failed", error });
  });
});

describe("parts that hang", () => {
  const never = () => new Promise<never>(() => undefined);

  it.each<[string, (parts: { sink: MemorySink; cursors: MemoryCursorStore }) => void]>([
    ["the store while it is opened", ({ sink }) => void (sink.open = never)],
    ["the cursor while it is read", ({ cursors }) => void (cursors.read = never)],
    ["the cursor while it is begun", ({ cursors }) => void (cursors.begin = never)],
    ["the cursor while it is written", ({ cursors }) => void (cursors.append = never)],
  ])("do not hold a stopped run: %s", async (_what, hang) => {
    const [sink, cursors] = [new MemorySink(), new MemoryCursorStore()];
    hang({ sink, cursors });
    const { engine, abort, clock } = visit({ sink, cursors });
    let ended = false;
    const run = engine.run(requestOf(40), runOptions({ signal: abort.signal })).finally(() => {
      ended = true;
    });
    await turns(200);
    abort.abort();
    await turns(50);
    if (!ended) await clock.elapse(30_000);
    await run;
    expect(sink.openImports).toBe(0);
  });

  it("do not end the engine when a listener throws", async () => {
    const { engine, sink } = visit();
    const throwing = runOptions({
      onProgress() {
        throw new Error("a bug of the listener");
      },
    });
    expect(await engine.run(requestOf(40), throwing)).toMatchObject({ kind: "failed" });
    const outcome = await engine.run(requestOf(40), runOptions());
    expect(outcome.kind).toBe("completed");
    expect(sink.held.size).toBe(40);
  });
});
