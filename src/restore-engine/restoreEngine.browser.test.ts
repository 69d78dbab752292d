import {
  DeviceId,
  initAsync,
  OlmMachine,
  RoomId,
  UserId,
} from "@matrix-org/matrix-sdk-crypto-wasm";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { BackupVersion } from "@/domain/backup";
import type {
  DecryptedRoomKey,
  RestoreCursorStore,
  RoomKeyImport,
  RoomKeySink,
} from "@/domain/ports";
import {
  failedCount,
  settledCount,
  type RestoreOutcome,
  type RestoreTally,
} from "@/domain/restore";
import { ok } from "@/domain/result";
import {
  bodyOf,
  FixedKeySource,
  MemoryCursorStore,
  MemorySink,
  ScriptedSource,
} from "@/testing/fakeRestorePorts";
import {
  createEntryForge,
  forgeEntry,
  generateBackupKeyPair,
  keyBackupData,
  serializeBackup,
  unpaddedBase64,
  type BackupKeyPair,
  type ForgedEntry,
} from "@/testing/forgeBackup";
import { createDecryptWorker } from "./createDecryptWorker";
import { createRestoreEngine } from "./createRestoreEngine";
import type { RestoreTuning } from "./tuning";

const VERSION = "1" as BackupVersion;
const KEYS = 5000;

let keyPair: BackupKeyPair;
let entries: ForgedEntry[];
let damaged: ForgedEntry[];

beforeAll(async () => {
  keyPair = await generateBackupKeyPair();
  const forge = await createEntryForge(keyPair.publicKey);
  entries = await Promise.all(
    Array.from({ length: KEYS }, (_, index) => forgeEntry(forge, `!room${index >> 7}:x`)),
  );
  const encrypted = await forge.encrypt("{}");
  damaged = Array.from({ length: 50 }, (_, index) => ({
    roomId: "!damaged:x",
    sessionId: `damaged${index}`,
    value: keyBackupData({ ...encrypted, mac: "AAAAAAAAAAA" }),
  }));
});

/** Workers started by a test, in order, and how many of them were ended. */
let started: Worker[];
let ended: Set<Worker>;

beforeEach(() => {
  started = [];
  ended = new Set();
});

/** Wraps worker makers so that a test sees every start and end; the last maker serves all later starts. */
function recording(...makers: readonly (() => Worker)[]): () => Worker {
  return () => {
    const worker = (makers[Math.min(started.length, makers.length - 1)] ?? createDecryptWorker)();
    started.push(worker);
    const terminate = worker.terminate.bind(worker);
    worker.terminate = () => {
      ended.add(worker);
      terminate();
    };
    return worker;
  };
}

/** A worker with a script of its own, in place of the real one. */
function scripted(script: string): () => Worker {
  return () => new Worker(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
}

const opensThen = (onDecrypt: string): string => `
  onmessage = ({ data: { id, request } }) => {
    if (request.kind === "open") postMessage({ id, ok: true, answer: { kind: "opened" } });
    else { ${onDecrypt} }
  };`;

interface Run {
  readonly createWorker: () => Worker;
  readonly sink?: RoomKeySink;
  readonly cursors?: RestoreCursorStore;
  readonly backup?: readonly ForgedEntry[];
  readonly tuning?: Partial<RestoreTuning>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (tally: RestoreTally) => void;
}

async function restore(run: Run): Promise<RestoreOutcome> {
  const backup = run.backup ?? entries.slice(0, 600);
  const engine = createRestoreEngine({
    source: new ScriptedSource(() => bodyOf(serializeBackup(backup))),
    sink: run.sink ?? new MemorySink(),
    decryptionKey: new FixedKeySource(keyPair.privateKey),
    cursors: run.cursors ?? new MemoryCursorStore(),
    createWorker: run.createWorker,
    workers: 2,
    ...(run.tuning === undefined ? {} : { tuning: run.tuning }),
  });
  const outcome = await engine.run(
    { version: VERSION, expected: backup.length, etag: "1", firstRooms: [] },
    {
      onRoomReady: () => undefined,
      signal: run.signal ?? new AbortController().signal,
      onProgress(tally) {
        expect(tally.received).toBe(settledCount(tally));
        run.onProgress?.(tally);
      },
    },
  );
  // However it ended, no worker is left behind with the key.
  expect(ended.size).toBe(started.length);
  return outcome;
}

function sinkOf(count: () => Promise<number>, take: RoomKeyImport["import"]): RoomKeySink {
  return {
    open: async () =>
      ok({
        held: await count(),
        import: take,
        count: async () => ok(await count()),
        close: () => undefined,
      }),
  };
}

const complete = (count: number) => ({
  kind: "completed",
  report: { tally: { received: count, imported: count, already: 0 } },
});

describe("with real workers and the SDK's own machine as the store", { timeout: 60_000 }, () => {
  it("counts 5,000 keys exactly as the machine holds them, and the damaged ones apart", async () => {
    await initAsync();
    const machine = await OlmMachine.initialize(new UserId("@alice:x"), new DeviceId("DEVICE"));
    await machine.enableBackupV1(unpaddedBase64(keyPair.publicKey), VERSION);
    const total = async (): Promise<number> => (await machine.roomKeyCounts()).total;
    const sink = sinkOf(total, async (batch) => {
      const rooms = new Map<string, Map<string, DecryptedRoomKey["sessionData"]>>();
      for (const { roomId, sessionId, sessionData } of batch) {
        const sessions = rooms.get(roomId) ?? new Map<string, DecryptedRoomKey["sessionData"]>();
        rooms.set(roomId, sessions.set(sessionId, sessionData));
      }
      const result = await machine.importBackedUpRoomKeys(
        new Map([...rooms].map(([roomId, sessions]) => [new RoomId(roomId), sessions])),
        () => undefined,
        VERSION,
      );
      const imported = result.importedCount;
      return ok({ imported, improved: 0, already: result.totalCount - imported, failures: [] });
    });
    const backup = entries.flatMap((entry, index) => {
      const bad = index % 100 === 50 ? damaged[Math.floor(index / 100)] : undefined;
      return bad === undefined ? [entry] : [entry, bad];
    });

    const outcome = await restore({ createWorker: recording(), sink, backup });

    expect(outcome).toMatchObject({
      kind: "completed",
      report: {
        tally: {
          received: KEYS + damaged.length,
          imported: KEYS,
          already: 0,
          failed: { undecryptable: damaged.length },
        },
      },
    });
    expect(outcome.report.failures).toHaveLength(damaged.length);
    const counts = await machine.roomKeyCounts();
    expect([counts.total, counts.backedUp]).toEqual([KEYS, KEYS]);
    machine.close();
    expect(started).toHaveLength(2);
  });
});

describe("workers that fail", { timeout: 30_000 }, () => {
  it("takes over from a worker that is killed in the middle of its work", async () => {
    const killed = (): Worker => {
      const worker = createDecryptWorker();
      let posts = 0;
      const post = (message: unknown): void => Worker.prototype.postMessage.call(worker, message);
      worker.postMessage = (message: unknown) => {
        post(message);
        posts++;
        if (posts === 2) {
          worker.terminate();
        }
      };
      return worker;
    };
    const outcome = await restore({
      createWorker: recording(killed, createDecryptWorker),
      tuning: { workerSilenceMs: 2000 },
    });
    expect(outcome).toMatchObject(complete(600));
    expect(started.length).toBeGreaterThan(2);
  });

  it("takes over from a worker that throws", async () => {
    const outcome = await restore({
      createWorker: recording(
        scripted(opensThen('setTimeout(() => { throw new Error("boom"); })')),
        createDecryptWorker,
      ),
    });
    expect(outcome).toMatchObject(complete(600));
    expect(started.length).toBeGreaterThan(2);
  });

  it("takes over from a worker that hangs in a loop", async () => {
    const outcome = await restore({
      createWorker: recording(scripted(opensThen("for (;;);")), createDecryptWorker),
      tuning: { workerSilenceMs: 2000 },
    });
    expect(outcome).toMatchObject(complete(600));
    expect(started.length).toBeGreaterThan(2);
  });

  it("takes over from a worker that answers with something else", async () => {
    const outcome = await restore({
      createWorker: recording(
        scripted(
          opensThen('postMessage({ id, ok: true, answer: { kind: "decrypted", results: [] } })'),
        ),
        createDecryptWorker,
      ),
    });
    expect(outcome).toMatchObject(complete(600));
  });

  it("says so when every worker dies of the same batch", async () => {
    const outcome = await restore({
      createWorker: recording(
        scripted(opensThen('setTimeout(() => { throw new Error("boom"); })')),
      ),
    });
    expect(outcome).toMatchObject({
      kind: "failed",
      error: { kind: "worker_crashed" },
      report: { tally: { received: 0 } },
    });
  });

  it.each<[string, () => Worker]>([
    ["has no file", () => new Worker("/no-such-worker.js", { type: "module" })],
    ["throws while loading", scripted('throw new Error("boom")')],
    ["never says that it is ready", scripted("")],
    [
      "is refused by the browser",
      () => {
        throw new DOMException("no workers", "SecurityError");
      },
    ],
  ])("decrypts on the main thread when the worker %s", async (_what, createWorker) => {
    const outcome = await restore({
      createWorker: recording(createWorker),
      tuning: { workerSilenceMs: 500 },
    });
    expect(outcome).toMatchObject(complete(600));
  });
});

describe("stopping with real workers", { timeout: 60_000 }, () => {
  it("ends at once, keeps what is in, and goes on from there when run again", async () => {
    const sink = new MemorySink();
    const abort = new AbortController();
    const outcome = await restore({
      createWorker: recording(),
      sink,
      backup: entries,
      signal: abort.signal,
      tuning: { progressEveryMs: 0 },
      onProgress(tally) {
        if (tally.imported >= 1000) {
          abort.abort();
        }
      },
    });
    expect(outcome.kind).toBe("interrupted");
    const { tally } = outcome.report;
    expect(tally.imported).toBe(sink.held.size);
    expect(tally.imported).toBeGreaterThanOrEqual(1000);
    expect(tally.imported).toBeLessThan(KEYS);

    const again = await restore({ createWorker: recording(), sink, backup: entries });
    expect(again).toMatchObject({
      kind: "completed",
      report: { tally: { imported: KEYS - tally.imported, already: tally.imported } },
    });
    expect(failedCount(again.report.tally)).toBe(0);
    expect(sink.held.size).toBe(KEYS);
  });
});
