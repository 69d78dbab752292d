import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { BackupVersion } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import { missingCount } from "@/domain/restore";
import { fail, ok } from "@/domain/result";
import { yieldToMain } from "@/lib/yieldToMain";
import {
  bodyOf,
  FixedKeySource,
  MemoryCursorStore,
  MemorySink,
  ScriptedSource,
  type BodyOptions,
} from "@/testing/fakeRestorePorts";
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
import { checkTallies, createEngineRig, requestOf, RIG_VERSION, runOptions } from "./engineRig";
import { createRestoreEngine } from "./createRestoreEngine";
import type { RestoreTuning } from "./tuning";

const VERSION = RIG_VERSION;

const setUp = (source: ScriptedSource, tuning: Partial<RestoreTuning> = {}) =>
  createEngineRig({ source, privateKey: keyPair.privateKey, expected: good.length, tuning });

let keyPair: BackupKeyPair;
let forge: EntryForge;
/** Good entries to draw from; making one takes longer than restoring it. */
let good: ForgedEntry[];

beforeAll(async () => {
  keyPair = await generateBackupKeyPair();
  forge = await createEntryForge(keyPair.publicKey);
  good = await Promise.all(
    Array.from({ length: 60 }, (_, index) => forgeEntry(forge, `!room${index % 5}:x`)),
  );
});

const without = (data: object, field: string): object =>
  Object.fromEntries(Object.entries(data).filter(([name]) => name !== field));

const body = (entries: readonly ForgedEntry[], options?: BodyOptions) => () =>
  bodyOf(serializeBackup(entries), options);

describe("what is counted", () => {
  it("imports good entries and gives each bad one its own reason", async () => {
    const bad: [unknown, string][] = [
      [keyBackupData(null), "malformed"],
      [keyBackupData("text"), "malformed"],
      [keyBackupData([]), "malformed"],
      [keyBackupData({ ephemeral: 1, ciphertext: "", mac: "" }), "malformed"],
      [null, "malformed"],
      ["text", "malformed"],
      [{}, "malformed"],
      [JSON.parse('{"__proto__":{"session_data":{}}}'), "malformed"],
      [keyBackupData({ ...(await forge.encrypt("{}")), mac: "AAAAAAAAAAA" }), "undecryptable"],
      [
        keyBackupData({ ...(await forge.encrypt("{}")), ephemeral: "A".repeat(43) }),
        "undecryptable",
      ],
      [keyBackupData({ ...(await forge.encrypt("{}")), ciphertext: "!" }), "undecryptable"],
      [keyBackupData(await forge.encrypt("not json")), "undecryptable"],
      [keyBackupData(await forge.encrypt("[]")), "malformed"],
      [keyBackupData(await forge.encrypt("null")), "malformed"],
      [
        await forgeEntry(forge, "!r:x", (data) => ({ ...data, algorithm: "m.olm" })),
        "wrong_algorithm",
      ],
      [await forgeEntry(forge, "!r:x", (data) => without(data, "session_key")), "malformed"],
      [
        await forgeEntry(forge, "!r:x", (data) => without(data, "sender_claimed_keys")),
        "malformed",
      ],
      [await forgeEntry(forge, "notaroom"), "bad_room_id"],
      [await forgeEntry(forge, "__proto__"), "bad_room_id"],
      [keyBackupData("x".repeat(70_000)), "too_large"],
    ];
    const badEntries = bad.map(([value, reason], index): [ForgedEntry, string] => {
      const entry =
        typeof value === "object" && value !== null && "value" in value
          ? (value as ForgedEntry)
          : { roomId: "!bad:x", sessionId: "", value };
      return [{ ...entry, sessionId: `bad${index}` }, reason];
    });
    const entries = good.flatMap((entry, index) => {
      const spoilt = badEntries[index];
      return spoilt === undefined ? [entry] : [entry, spoilt[0]];
    });
    const { run, sink } = setUp(new ScriptedSource(body(entries)));

    const outcome = await run(entries.length + 3);

    expect(outcome.kind).toBe("completed");
    const { tally, failures } = outcome.report;
    expect(tally).toMatchObject({ received: entries.length, imported: good.length, already: 0 });
    expect(missingCount(tally)).toBe(3);
    expect(new Map(failures.map((failure) => [failure.sessionId, failure.reason]))).toEqual(
      new Map(badEntries.map(([entry, reason]) => [entry.sessionId, reason])),
    );
    expect(sink.held.size).toBe(good.length);
    expect(Math.max(...sink.batchSizes)).toBeLessThanOrEqual(5);
  });

  it("adds up for any mixture, cut into any chunks", async () => {
    const damaged = keyBackupData({ ...(await forge.encrypt("{}")), mac: "AAAAAAAAAAA" });
    const kind = fc.constantFrom("good", "damaged", "bad room", "null", "again");
    await fc.assert(
      fc.asyncProperty(
        fc.array(kind, { maxLength: 50 }),
        fc.integer({ min: 1, max: 5000 }),
        async (kinds, chunk) => {
          const entries = kinds.map((kind, index): ForgedEntry => {
            const base = good[index] as ForgedEntry;
            switch (kind) {
              case "damaged":
                return { ...base, value: damaged };
              case "bad room":
                return { ...base, roomId: "#no:x" };
              case "null":
                return { ...base, value: null };
              case "again":
                return good[0] as ForgedEntry;
              default:
                return base;
            }
          });
          const { run, sink } = setUp(new ScriptedSource(body(entries, { chunk })));
          const outcome = await run(entries.length);
          // Of a repeated entry the first counts, and of later ones what is new in the store.
          const ids = entries.map(({ roomId, sessionId }) => `${roomId} ${sessionId}`);
          const firsts = kinds.filter((_kind, index) => ids.indexOf(ids[index] ?? "") === index);
          const count = (wanted: string): number => firsts.filter((kind) => kind === wanted).length;
          // Only the first id is ever sent with other content: as good, after something damaged.
          const spoilt = kinds[0] === "damaged" || kinds[0] === "null";
          const again = spoilt && kinds.includes("again") ? 1 : 0;
          expect(outcome.kind).toBe("completed");
          expect(sink.held.size).toBe(count("good") + count("again") + again);
          expect(outcome.report.tally).toMatchObject({
            received: new Set(ids).size + again,
            imported: sink.held.size,
            again,
            already: 0,
            failed: {
              undecryptable: count("damaged"),
              bad_room_id: count("bad room"),
              malformed: count("null"),
            },
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  it("counts an entry once however often it is sent, so that missing ones show", async () => {
    const [first, second] = good as [ForgedEntry, ForgedEntry];
    const { run, sink } = setUp(new ScriptedSource(body([first, first, second, first])));
    const outcome = await run(4);
    expect(outcome.kind).toBe("completed");
    expect(outcome.report.tally).toMatchObject({ received: 2, imported: 2, already: 0 });
    expect(missingCount(outcome.report.tally)).toBe(2);
    expect(sink.batchSizes).toEqual([2]);
  });

  it("passes on only the fields of the spec, with the chain filled in", async () => {
    const entry = await forgeEntry(forge, "!r:x", (data) => ({
      ...without(data, "forwarding_curve25519_key_chain"),
      "org.matrix.msc3061.shared_history": true,
      extra: { nested: 1 },
    }));
    const { run, sink } = setUp(new ScriptedSource(body([entry])));
    await run(1);
    const [key] = sink.held.values();
    expect(Object.keys(key?.sessionData ?? {}).toSorted()).toEqual([
      "algorithm",
      "forwarding_curve25519_key_chain",
      "org.matrix.msc3061.shared_history",
      "sender_claimed_keys",
      "sender_key",
      "session_key",
    ]);
    expect(key?.sessionData["forwarding_curve25519_key_chain"]).toEqual([]);
  });

  it("completes an empty backup with nothing", async () => {
    const { run } = setUp(new ScriptedSource(body([])));
    const outcome = await run(0);
    expect(outcome).toMatchObject({ kind: "completed", report: { tally: { received: 0 } } });
  });

  it("counts what the sink leaves unmentioned as rejected, and believes no surplus", async () => {
    const less = setUp(new ScriptedSource(body(good.slice(0, 5))));
    less.sink.intercept = async () => ok({ imported: 3, improved: 0, already: 1, failures: [] });
    expect((await less.run()).report.tally).toMatchObject({
      received: 5,
      imported: 3,
      already: 1,
      failed: { rejected: 1 },
    });
    const more = setUp(new ScriptedSource(body(good.slice(0, 5))));
    more.sink.intercept = async () => ok({ imported: 6, improved: 0, already: 0, failures: [] });
    expect(await more.run()).toMatchObject({ kind: "failed", error: { kind: "unexpected" } });
  });

  it("lists what the sink refused", async () => {
    const { run, sink } = setUp(new ScriptedSource(body(good.slice(0, 3))));
    sink.intercept = async ([first, ...rest]) =>
      ok({
        imported: rest.length,
        improved: 0,
        already: 0,
        failures: [
          { roomId: first?.roomId ?? "", sessionId: first?.sessionId ?? "", reason: "rejected" },
        ],
      });
    const outcome = await run();
    expect(outcome.report.tally.failed.rejected).toBe(1);
    expect(outcome.report.failures).toHaveLength(1);
  });
});

describe("a download that fails", () => {
  const network: AppError = { kind: "network", detail: "refused" };
  const serverError: AppError = { kind: "server", status: 502, errcode: null, message: null };

  it("opens up to four times, waiting longer each time", async () => {
    const source = new ScriptedSource(
      () => network,
      () => serverError,
      () => network,
      body(good),
    );
    const { run, clock } = setUp(source);
    const outcome = run();
    for (const wait of [250, 500, 1000]) {
      await clock.elapse(wait);
    }
    expect((await outcome).kind).toBe("completed");
    expect(source.opened).toBe(4);
  });

  it("gives up after the fourth", async () => {
    const source = new ScriptedSource(() => serverError);
    const { run, clock } = setUp(source);
    const outcome = run();
    for (const wait of [250, 500, 1000]) {
      await clock.elapse(wait);
    }
    expect(await outcome).toMatchObject({ kind: "failed", error: serverError });
    expect(source.opened).toBe(4);
  });

  it("waits exactly as long as the server's limit says", async () => {
    const source = new ScriptedSource(
      () => ({ kind: "rate_limited", retryAfterMs: 12_345 }),
      body(good),
    );
    const { run, clock } = setUp(source);
    const outcome = run();
    await clock.timerStarted(12_345);
    clock.advance(12_344);
    expect(source.opened).toBe(1);
    clock.advance(1);
    expect((await outcome).kind).toBe("completed");
  });

  it("says so instead of waiting for hours", async () => {
    const limited: AppError = { kind: "rate_limited", retryAfterMs: 3_600_000 };
    const { run } = setUp(new ScriptedSource(() => limited));
    expect(await run()).toMatchObject({ kind: "failed", error: limited });
  });

  it.each<AppError>([
    { kind: "no_backup" },
    { kind: "backup_changed", expected: VERSION, actual: "8" as BackupVersion },
    { kind: "signed_out", soft: true },
    { kind: "not_matrix", detail: "html" },
    { kind: "server", status: 403, errcode: "M_FORBIDDEN", message: null },
  ])("does not repeat $kind", async (error) => {
    const source = new ScriptedSource(() => error);
    const { run } = setUp(source);
    expect(await run()).toMatchObject({ kind: "failed", error });
    expect(source.opened).toBe(1);
  });

  it("times out when no answer begins", async () => {
    const source = new ScriptedSource(() => new Promise<never>(() => undefined), body(good));
    const { run, clock } = setUp(source, { headTimeoutMs: 7000 });
    const outcome = run();
    await clock.elapse(7000);
    await clock.elapse(250);
    expect((await outcome).kind).toBe("completed");
    expect(source.signals[0]?.aborted).toBe(true);
  });

  it.each<[string, NonNullable<BodyOptions["ending"]>]>([
    ["breaks", "break"],
    ["ends early", "end"],
  ])("begins anew when the connection %s, and counts nothing twice", async (_what, ending) => {
    const whole = serializeBackup(good);
    const source = new ScriptedSource(
      () => bodyOf(whole.slice(0, whole.length / 2), { ending }),
      body(good),
    );
    const { run, clock, sink } = setUp(source);
    const outcome = run();
    await clock.elapse(250);
    expect(await outcome).toMatchObject({
      kind: "completed",
      report: { tally: { received: good.length, imported: good.length, already: 0 } },
    });
    expect(sink.held.size).toBe(good.length);
  });

  it("imports the entry again in which the connection broke", async () => {
    const whole = serializeBackup(good.slice(0, 1));
    for (const length of [40, 200, whole.length - 6]) {
      const source = new ScriptedSource(
        () => bodyOf(whole.slice(0, length), { ending: "break" }),
        body(good.slice(0, 1)),
      );
      const { run, clock } = setUp(source);
      const outcome = run(1);
      await clock.elapse(250);
      expect((await outcome).report.tally).toMatchObject({ received: 1, imported: 1 });
    }
  });

  it("ends as failed, with what is in, when the connection keeps breaking", async () => {
    const whole = serializeBackup(good);
    const source = new ScriptedSource(() =>
      bodyOf(whole.slice(0, whole.length / 2), { ending: "break" }),
    );
    const { run, clock, sink } = setUp(source);
    const outcome = run();
    await clock.elapse(250);
    await clock.elapse(500);
    const ended = await outcome;
    expect(ended).toMatchObject({ kind: "failed", error: { kind: "network" } });
    expect(source.opened).toBe(3);
    expect(ended.report.tally.imported).toBe(sink.held.size);
    expect(sink.held.size).toBeGreaterThan(20);
    expect(missingCount(ended.report.tally)).toBe(good.length - sink.held.size);
  });

  it("ends as timed out when the bytes stand still", async () => {
    const cancelled: number[] = [];
    const whole = serializeBackup(good);
    const source = new ScriptedSource(() =>
      bodyOf(whole.slice(0, whole.length / 2), {
        ending: "silence",
        onCancel: () => cancelled.push(1),
      }),
    );
    const { run, clock } = setUp(source, { restarts: 0 });
    const outcome = run();
    await clock.elapse(20_000);
    expect(await outcome).toMatchObject({ kind: "failed", error: { kind: "timeout" } });
    expect(cancelled).toHaveLength(1);
    expect(source.signals[0]?.aborted).toBe(true);
  });

  it("takes a web page for what it is, at once", async () => {
    const source = new ScriptedSource(() => bodyOf(new TextEncoder().encode("<!doctype html>")));
    const { run } = setUp(source);
    expect(await run()).toMatchObject({ kind: "failed", error: { kind: "not_matrix" } });
    expect(source.opened).toBe(1);
  });

  describe("without end", () => {
    const tooMany: AppError = {
      kind: "not_matrix",
      detail: "too large: the server sends far more than it counted",
    };
    const endless = (piece: Uint8Array<ArrayBuffer>, start: string) => {
      const cancelled: number[] = [];
      const source = new ScriptedSource(() => {
        let begun = false;
        return new ReadableStream<Uint8Array>({
          pull(controller) {
            controller.enqueue(begun ? piece : new TextEncoder().encode(start));
            begun = true;
          },
          cancel: () => void cancelled.push(1),
        });
      });
      return { source, cancelled };
    };
    const text = (piece: string, times: number) => new TextEncoder().encode(piece.repeat(times));
    const start = '{"rooms":{"!a:x":{"sessions":{"s":null';

    it.each<[string, string, Uint8Array<ArrayBuffer>]>([
      ["one entry again and again", start, text(',"s":null', 1000)],
      [
        "entries under ids that are no room's",
        '{"rooms":{"a":{"sessions":{"s":null',
        text(',"s":1', 1000),
      ],
      ["an entry that does not end", '{"rooms":{"!a:x":{"sessions":{"s":"', text("x", 4 << 20)],
      ["rooms without entries", '{"rooms":{"!a:x":{}', text(',"!a:x":{}', 1 << 18)],
      ["white space", "{", text(" ", 4 << 20)],
    ])("stops and says so: %s", async (_what, begin, piece) => {
      const { source, cancelled } = endless(piece, begin);
      const { run } = setUp(source);
      expect(await run(5)).toMatchObject({ kind: "failed", error: tooMany });
      expect(source.opened).toBe(1);
      expect(cancelled).toHaveLength(1);
      expect(source.signals[0]?.aborted).toBe(true);
    });

    it("takes more than was counted, as keys are added meanwhile", async () => {
      const entries = Array.from({ length: 9_990 }, (_, index): ForgedEntry => ({
        roomId: "!a:x",
        sessionId: `s${index}`,
        value: null,
      }));
      const within = setUp(new ScriptedSource(body(entries)), { batchEntries: 1000 });
      expect(await within.run(5)).toMatchObject({
        kind: "completed",
        report: { tally: { received: 9_990 } },
      });
    });
  });

  it("reports a source that throws without its words", async () => {
    const source = new ScriptedSource(() => {
      throw new TypeError("secret words");
    });
    const { run } = setUp(source);
    expect(await run()).toMatchObject({
      kind: "failed",
      error: { kind: "unexpected", detail: "TypeError" },
    });
  });
});

describe("a store that fails", () => {
  const full: AppError = { kind: "storage", reason: "quota" };

  it("ends as failed and counts what went in before", async () => {
    const { run, sink } = setUp(new ScriptedSource(body(good)));
    sink.intercept = async () => (sink.held.size >= 20 ? fail(full) : undefined);
    const outcome = await run();
    expect(outcome).toMatchObject({ kind: "failed", error: full });
    expect(outcome.report.tally).toMatchObject({ received: 20, imported: 20 });
    expect(sink.held.size).toBe(20);
  });

  it("ends as failed when the very last import fails", async () => {
    const { run, sink } = setUp(new ScriptedSource(body(good)));
    sink.intercept = async () => (sink.held.size >= good.length - 5 ? fail(full) : undefined);
    expect(await run()).toMatchObject({ kind: "failed", error: full });
  });

  it("ends as failed when the sink throws", async () => {
    const { run, sink } = setUp(new ScriptedSource(body(good)));
    sink.intercept = () => Promise.reject(new RangeError("secret words"));
    expect(await run()).toMatchObject({
      kind: "failed",
      error: { kind: "unexpected", detail: "RangeError" },
    });
  });
});

describe("stopping", () => {
  it("does nothing when stopped before it began", async () => {
    const source = new ScriptedSource(body(good));
    const { run, abort } = setUp(source);
    abort.abort();
    expect((await run()).kind).toBe("interrupted");
    expect(source.opened).toBe(0);
  });

  it("waits for the import under way and counts it", async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const { promise: waiting, resolve: reached } = Promise.withResolvers<void>();
    const cancelled: number[] = [];
    const source = new ScriptedSource(
      body(good, { ending: "silence", onCancel: () => cancelled.push(1) }),
    );
    const { run, sink, abort } = setUp(source);
    sink.intercept = async () => {
      if (sink.held.size === 15) {
        reached();
        await gate;
      }
      return undefined;
    };
    const outcome = run();
    await waiting;
    abort.abort();
    open();
    expect(await outcome).toMatchObject({
      kind: "interrupted",
      report: { tally: { received: 20, imported: 20 } },
    });
    expect(sink.held.size).toBe(20);
    expect(cancelled).toHaveLength(1);
    expect(source.signals[0]?.aborted).toBe(true);
  });

  it("ends only when the import under way has, however slow the store is", async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const { promise: waiting, resolve: reached } = Promise.withResolvers<void>();
    const { run, sink, abort, clock } = setUp(new ScriptedSource(body(good)));
    let importing = false;
    sink.intercept = async () => {
      importing = true;
      reached();
      await gate;
      importing = false;
      return undefined;
    };
    let ended = false;
    const outcome = run().finally(() => {
      // From here on the session may be closed.
      expect(importing).toBe(false);
      ended = true;
    });
    await waiting;
    abort.abort();
    await clock.timerStarted(30_000);
    clock.advance(29_999);
    for (let turn = 0; turn < 50; turn++) {
      await yieldToMain();
    }
    expect(ended).toBe(false);
    open();
    expect(await outcome).toMatchObject({
      kind: "interrupted",
      report: { tally: { received: 5, imported: 5 } },
    });
    expect(sink.batchSizes).toEqual([5]);
  });

  it("does not wait for ever for a store that hangs", async () => {
    const { promise: waiting, resolve: reached } = Promise.withResolvers<void>();
    const { run, sink, abort, clock } = setUp(new ScriptedSource(body(good)));
    sink.intercept = async () => {
      reached();
      return new Promise<never>(() => undefined);
    };
    const outcome = run();
    await waiting;
    abort.abort();
    await clock.elapse(30_000);
    expect(await outcome).toMatchObject({
      kind: "interrupted",
      report: { tally: { received: 0 } },
    });
  });

  it("ends a wait between tries", async () => {
    const source = new ScriptedSource(() => ({ kind: "rate_limited", retryAfterMs: 60_000 }));
    const { run, abort, clock } = setUp(source);
    const outcome = run();
    await clock.timerStarted(60_000);
    abort.abort();
    expect((await outcome).kind).toBe("interrupted");
  });

  it("ends a source that never answers", async () => {
    const { promise: opened, resolve: reached } = Promise.withResolvers<void>();
    const source = new ScriptedSource(() => {
      reached();
      return new Promise<never>(() => undefined);
    });
    const { run, abort } = setUp(source);
    const outcome = run();
    await opened;
    abort.abort();
    expect((await outcome).kind).toBe("interrupted");
  });

  it("goes on where it was when run again: what is held is counted as held", async () => {
    const { run, sink, abort, engine, tallies } = setUp(new ScriptedSource(body(good)));
    sink.intercept = async () => {
      if (sink.held.size === 30) {
        abort.abort();
      }
      return undefined;
    };
    expect((await run()).kind).toBe("interrupted");
    const held = sink.held.size;
    expect(held).toBe(35);
    tallies.length = 0;
    const again = await engine.run(
      requestOf(good.length),
      runOptions({ onProgress: (tally) => tallies.push(tally) }),
    );
    checkTallies(tallies, again);
    expect(again).toMatchObject({
      kind: "completed",
      report: { tally: { imported: good.length - held, already: held } },
    });
  });
});

describe("keys, memory and pace", () => {
  it("ends at once when there is no key, and asks nobody for the backup", async () => {
    const source = new ScriptedSource(body(good));
    const error: AppError = { kind: "decryption_key", reason: "absent" };
    const outcome = await createRestoreEngine({
      source,
      sink: new MemorySink(),
      decryptionKey: { read: async () => fail(error) },
      cursors: new MemoryCursorStore(),
      createWorker: () => {
        throw new Error("no workers here");
      },
    }).run(requestOf(1), runOptions());
    expect(outcome).toMatchObject({ kind: "failed", error });
    expect(source.opened).toBe(0);
  });

  it("zeroes every copy of the key that it was given", async () => {
    const { run, key } = setUp(new ScriptedSource(body(good)));
    await run();
    expect(key.given.length).toBeGreaterThan(0);
    expect(key.given.every((copy) => copy.every((byte) => byte === 0))).toBe(true);
  });

  it("fails every entry, and says so, when the key is another backup's", async () => {
    const other = await generateBackupKeyPair();
    const sink = new MemorySink();
    const outcome = await createRestoreEngine({
      source: new ScriptedSource(body(good)),
      sink,
      decryptionKey: new FixedKeySource(other.privateKey),
      cursors: new MemoryCursorStore(),
      createWorker: () => {
        throw new Error("no workers here");
      },
    }).run(requestOf(good.length), runOptions());
    expect(outcome).toMatchObject({
      kind: "completed",
      report: { tally: { imported: 0, failed: { undecryptable: good.length } } },
    });
    expect(sink.held.size).toBe(0);
  });

  it("reads no further ahead of the store than a few batches", async () => {
    const many = Array.from({ length: 20 }, (_, round) =>
      good.map((entry) => ({ ...entry, sessionId: `${entry.sessionId}${round}` })),
    ).flat();
    const bytes = serializeBackup(many);
    let pulls = 0;
    let settled = 0;
    let furthest = 0;
    const onPull = (): void => {
      pulls++;
      furthest = Math.max(furthest, (pulls * 1000 * many.length) / bytes.length - settled);
    };
    const source = new ScriptedSource(() => bodyOf(bytes, { chunk: 1000, onPull }));
    const { run, sink } = setUp(source);
    sink.intercept = async (batch) => {
      await yieldToMain();
      settled += batch.length;
      return undefined;
    };
    expect((await run(many.length)).report.tally.received).toBe(many.length);
    // Four batches of ten, one being filled, one chunk.
    expect(furthest).toBeLessThan(60);
    expect(furthest).toBeGreaterThan(20);
  });

  it("does not take a busy store for a silent server", async () => {
    const source = new ScriptedSource(body(good, { chunk: 1000 }));
    const { run, sink, clock } = setUp(source);
    sink.intercept = async () => {
      if (sink.held.size === 5) {
        // Enough turns for reading to come to its limit.
        for (let turn = 0; turn < 200; turn++) {
          await yieldToMain();
        }
        clock.advance(60_000);
      }
      return undefined;
    };
    expect(await run()).toMatchObject({
      kind: "completed",
      report: { tally: { received: good.length } },
    });
    expect(source.opened).toBe(1);
  });

  it("tells of progress ten times a second at most, and always of the end", async () => {
    const { run, tallies, clock, sink } = setUp(new ScriptedSource(body(good, { chunk: 100 })));
    sink.intercept = async () => {
      clock.advance(30);
      return undefined;
    };
    await run();
    // Twelve imports of 30 ms: 360 ms.
    expect(tallies.length).toBeGreaterThanOrEqual(4);
    expect(tallies.length).toBeLessThanOrEqual(6);
    expect(tallies[0]).toMatchObject({ stage: "opening", expected: good.length });
    expect(tallies.at(-1)).toMatchObject({ stage: "finishing", received: good.length });
  });

  it("starts a second run only when the first has ended", async () => {
    const source = new ScriptedSource(body(good));
    const { engine, sink } = setUp(source);
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    sink.intercept = async () => {
      await gate;
      return undefined;
    };
    const request = requestOf(good.length);
    const runs = Promise.all([
      engine.run(request, runOptions()),
      engine.run(request, runOptions()),
    ]);
    open();
    const [first, second] = await runs;
    expect(first.report.tally).toMatchObject({ imported: good.length, already: 0 });
    expect(second.report.tally).toMatchObject({ imported: 0, already: good.length });
  });
});
