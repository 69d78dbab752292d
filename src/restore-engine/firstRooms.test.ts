import { beforeAll, describe, expect, it } from "vitest";
import type { AppError } from "@/domain/errors";
import { yieldToMain } from "@/lib/yieldToMain";
import { bodyOf, ScriptedSource, type BodyOptions } from "@/testing/fakeRestorePorts";
import {
  createEntryForge,
  forgeEntry,
  generateBackupKeyPair,
  serializeBackup,
  type BackupKeyPair,
  type ForgedEntry,
} from "@/testing/forgeBackup";
import { createEngineRig } from "./engineRig";
import type { RestoreTuning } from "./tuning";

const ROOMS = ["!a:x", "!b:x", "!c:x"] as const;

let keyPair: BackupKeyPair;
/** Ten keys for each room, the rooms one after the other. */
let entries: ForgedEntry[];

beforeAll(async () => {
  keyPair = await generateBackupKeyPair();
  const forge = await createEntryForge(keyPair.publicKey);
  entries = await Promise.all(
    ROOMS.flatMap((roomId) => Array.from({ length: 10 }, () => forgeEntry(forge, roomId))),
  );
});

/** The body of `GET /room_keys/keys/{roomId}`. */
function roomBody(roomId: string, options?: BodyOptions) {
  const sessions = Object.fromEntries(
    entries
      .filter((entry) => entry.roomId === roomId)
      .map(({ sessionId, value }) => [sessionId, value]),
  );
  return () => bodyOf(new TextEncoder().encode(JSON.stringify({ sessions })), options);
}

function setUp(tuning: Partial<RestoreTuning> = {}, options?: BodyOptions) {
  const source = new ScriptedSource(() => bodyOf(serializeBackup(entries), options));
  for (const roomId of ROOMS) source.rooms.set(roomId, roomBody(roomId));
  const rig = createEngineRig({
    source,
    privateKey: keyPair.privateKey,
    expected: entries.length,
    tuning,
  });
  const order = (): string[] => [
    ...new Set([...rig.sink.held.values()].map(({ roomId }) => roomId)),
  ];
  return { ...rig, source, order };
}

const all = { received: 30, imported: 30, already: 0 };

describe("the rooms used last", () => {
  it("are ahead of all others into the store, and are counted once", async () => {
    const { run, source, order, roomsReady } = setUp();
    const asked: number[] = [];
    source.rooms.set("!c:x", () => {
      asked.push(source.opened);
      return roomBody("!c:x")();
    });
    const outcome = await run(30, { firstRooms: ["!c:x", "!b:x"] });
    expect(outcome).toMatchObject({ kind: "completed", report: { tally: all } });
    expect(asked).toEqual([0]);
    expect(order()[0]).toBe("!c:x");
    // Its ten keys are more than the share that may come twice.
    expect(roomsReady).toEqual(["!c:x"]);
    expect(source.roomsAsked).toEqual(["!c:x"]);
  });

  it("come one after the other as long as they are a small part of the backup", async () => {
    const { run, roomsReady, source } = setUp({ firstRoomsShare: 0.5 }, { chunk: 200 });
    const outcome = await run(30, { firstRooms: ["!c:x", "!b:x", "!a:x"] });
    expect(outcome).toMatchObject({ report: { tally: all } });
    expect(roomsReady).toEqual(["!c:x", "!b:x"]);
    expect(source.roomsAsked).toEqual(["!c:x", "!b:x"]);
  });

  it("hold nothing up when one of them is not in the backup, or is no room", async () => {
    const { run, roomsReady } = setUp({}, { chunk: 200 });
    const outcome = await run(30, { firstRooms: ["notaroom", "!unknown:x", "!c:x"] });
    expect(outcome).toMatchObject({ report: { tally: all } });
    expect(roomsReady).toEqual(["!unknown:x", "!c:x"]);
  });

  it.each<[string, AppError | BodyOptions["ending"]]>([
    ["is refused", { kind: "server", status: 500, errcode: null, message: null }],
    ["is rate limited", { kind: "rate_limited", retryAfterMs: 60_000 }],
    ["breaks off", "break"],
    ["ends early", "end"],
  ])("come with the rest when their own download %s", async (_what, ending) => {
    const { run, source, roomsReady } = setUp();
    source.rooms.set("!c:x", () => {
      if (typeof ending === "object") return ending;
      const whole = serializeBackup([]);
      return ending === "break" ? roomBody("!c:x", { ending })() : bodyOf(whole.slice(0, 5));
    });
    const outcome = await run(30, { firstRooms: ["!c:x"] });
    expect(outcome).toMatchObject({ kind: "completed", report: { tally: all } });
    expect(roomsReady).toEqual([]);
  });

  it("are not waited for longer than a moment", async () => {
    const { run, source, clock, sink } = setUp();
    source.rooms.set("!c:x", roomBody("!c:x", { ending: "silence", chunk: 1000 }));
    const outcome = run(30, { firstRooms: ["!c:x"] });
    await clock.elapse(2_000);
    expect(await outcome).toMatchObject({ kind: "completed", report: { tally: all } });
    expect(sink.held.size).toBe(30);
  });

  it("are shown as the stage they are", async () => {
    const { run, tallies } = setUp({ progressEveryMs: 0 });
    await run(30, { firstRooms: ["!c:x"] });
    const stages = [...new Set(tallies.map(({ stage }) => stage))];
    expect(stages).toEqual(["opening", "first_rooms", "downloading", "finishing"]);
  });
});

describe("a room brought forward", () => {
  it("overtakes what is still to be downloaded", async () => {
    const tuning = { batchEntries: 5, batchesInFlight: 2 };
    const { run, engine, sink, source, roomsReady } = setUp(tuning, { chunk: 500 });
    let isAsked = false;
    sink.intercept = async () => {
      if (!isAsked) {
        isAsked = true;
        engine.bringForward("!c:x");
        engine.bringForward("!c:x");
      }
      // A slow store: what is asked for gets its turn while the rest waits for room.
      for (let turn = 0; turn < 20; turn++) await yieldToMain();
      return undefined;
    };
    const outcome = await run(30);
    expect(outcome).toMatchObject({ kind: "completed", report: { tally: all } });
    expect(source.roomsAsked).toEqual(["!c:x"]);
    expect([...sink.held.values()].at(-1)?.roomId).toBe("!b:x");
    expect(roomsReady).toEqual(["!c:x"]);
  });

  it("loses nothing that it met when the rest is finished first", async () => {
    const { run, engine, sink, source, clock } = setUp({ batchEntries: 100 }, { chunk: 5_000 });
    const met = Promise.withResolvers<void>();
    // Some entries of the room arrive, the others never do.
    source.rooms.set("!c:x", () => {
      const whole = roomBody("!c:x", { ending: "silence", chunk: 3_000 });
      met.resolve();
      return whole();
    });
    let begun = false;
    sink.intercept = async () => {
      if (!begun) {
        begun = true;
        engine.bringForward("!c:x");
        await met.promise;
        for (let turn = 0; turn < 30; turn++) await yieldToMain();
      }
      return undefined;
    };
    const outcome = run(30);
    const ended = await outcome;
    expect(ended).toMatchObject({ kind: "completed", report: { tally: all } });
    expect(sink.held.size).toBe(30);
    expect(clock.now()).toBeLessThan(20_000);
  });

  it("is told of again when it is in already, and is no room outside a run", async () => {
    const { run, engine, sink, roomsReady, source } = setUp({
      batchEntries: 2,
      batchesInFlight: 2,
    });
    engine.bringForward("!c:x");
    let again = false;
    sink.intercept = async () => {
      if (roomsReady.length > 0 && !again) {
        again = true;
        engine.bringForward("!c:x");
        engine.bringForward("notaroom");
      }
      return undefined;
    };
    await run(30, { firstRooms: ["!c:x"] });
    expect(source.roomsAsked).toEqual(["!c:x"]);
    expect(roomsReady).toEqual(["!c:x", "!c:x"]);
    engine.bringForward("!a:x");
    expect(source.roomsAsked).toEqual(["!c:x"]);
  });
});

describe("waits", () => {
  it("are told with their reason and their length, and are over when work goes on", async () => {
    const limited: AppError = { kind: "rate_limited", retryAfterMs: 12_345 };
    const source = new ScriptedSource(
      () => limited,
      () => bodyOf(serializeBackup(entries).slice(0, 3000), { ending: "break" }),
      () => bodyOf(serializeBackup(entries)),
    );
    const { run, clock, tallies } = createEngineRig({
      source,
      privateKey: keyPair.privateKey,
      expected: entries.length,
      tuning: { progressEveryMs: 0 },
    });
    const outcome = run();
    await clock.elapse(12_345);
    await clock.elapse(250);
    expect((await outcome).report.tally).toMatchObject({ ...all, waiting: null });
    const waits = tallies.flatMap(({ waiting }) => (waiting === null ? [] : [waiting]));
    expect(new Set(waits.map(({ error, ms }) => `${error.kind} ${ms}`))).toEqual(
      new Set(["rate_limited 12345", "network 250"]),
    );
  });
});
