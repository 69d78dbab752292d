import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "@/lib/clock";
import { RpcWorker } from "@/lib/rpc";
import { damagedEntries, type NamedEntry } from "@/testing/damagedEntries";
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
  serializeBackup,
  type BackupKeyPair,
} from "@/testing/forgeBackup";
import { createDecryptWorker } from "./createDecryptWorker";
import { createRestoreEngine } from "./createRestoreEngine";
import { requestOf, runOptions } from "./engineRig";
import type {
  DecryptAnswer,
  DecryptEngine,
  DecryptRequest,
  EncryptedEntries,
  EngineChoice,
} from "./protocol";

let keyPair: BackupKeyPair;
let corpus: NamedEntry[];

beforeAll(async () => {
  keyPair = await generateBackupKeyPair();
  corpus = await damagedEntries(keyPair);
});

const workers: RpcWorker<DecryptRequest, DecryptAnswer>[] = [];

afterEach(() => {
  for (const worker of workers.splice(0)) {
    worker.close();
  }
});

/** The app's own worker with the key, and the engine that it says it has opened. */
async function open(engine: EngineChoice) {
  const worker = new RpcWorker<DecryptRequest, DecryptAnswer>(createDecryptWorker(), {
    silenceMs: 30_000,
    clock: systemClock,
  });
  workers.push(worker);
  const opened = await worker.call({ kind: "open", key: keyPair.privateKey.slice(), engine });
  return { worker, engine: opened.kind === "opened" ? opened.engine : null };
}

function batchOf(values: readonly unknown[]): EncryptedEntries {
  const texts = values.map((value) => new TextEncoder().encode(JSON.stringify(value)));
  const bytes = new Uint8Array(texts.reduce((length, text) => length + text.length, 0));
  const ends: number[] = [];
  for (const text of texts) {
    const start = ends.at(-1) ?? 0;
    bytes.set(text, start);
    ends.push(start + text.length);
  }
  return { bytes, ends };
}

describe("the app's worker in this browser", { timeout: 60_000 }, () => {
  it("takes WebCrypto by itself, and either engine when asked", async () => {
    expect((await open("auto")).engine).toBe("webcrypto");
    expect((await open("webcrypto")).engine).toBe("webcrypto");
    expect((await open("wasm")).engine).toBe("wasm");
  });

  it("says the same of every entry with either engine, good or damaged", async () => {
    const webCrypto = await open("webcrypto");
    const wasm = await open("wasm");
    const values = corpus.map(([, value]) => value);
    const ask = async ({ worker }: typeof wasm): Promise<unknown> => {
      const answer = await worker.call({ kind: "decrypt", batch: batchOf(values) });
      return answer.kind === "decrypted"
        ? corpus.map(([what], index) => [what, answer.results[index]])
        : null;
    };
    const expected = await ask(wasm);
    expect(expected).not.toBeNull();
    expect(await ask(webCrypto)).toEqual(expected);
  });

  it("stays alive under a flood of entries that nothing can decrypt", async () => {
    const { worker } = await open("webcrypto");
    const [, value] = corpus.find(([what]) => what === "mac of 0 bytes") ?? [];
    const batch = batchOf(Array.from({ length: 200 }, () => value));
    for (let round = 0; round < 25; round++) {
      const answer = await worker.call({ kind: "decrypt", batch });
      expect(answer).toMatchObject({ kind: "decrypted" });
      expect(answer.kind === "decrypted" && answer.results.some(({ ok }) => ok)).toBe(false);
    }
  });
});

describe("a restore told what to decrypt with", { timeout: 60_000 }, () => {
  it.each<[EngineChoice | undefined, DecryptEngine]>([
    [undefined, "webcrypto"],
    ["webcrypto", "webcrypto"],
    ["wasm", "wasm"],
  ])("%s: uses %s and restores every key", async (decryptWith, expected) => {
    const forge = await createEntryForge(keyPair.publicKey);
    const entries = await Promise.all(
      Array.from({ length: 500 }, () => forgeEntry(forge, "!room:x")),
    );
    const engines: unknown[] = [];
    const restore = createRestoreEngine({
      source: new ScriptedSource(() => bodyOf(serializeBackup(entries))),
      sink: new MemorySink(),
      decryptionKey: new FixedKeySource(keyPair.privateKey),
      cursors: new MemoryCursorStore(),
      createWorker: () => {
        const worker = createDecryptWorker();
        worker.addEventListener("message", ({ data }: MessageEvent<{ answer?: DecryptAnswer }>) => {
          if (data.answer?.kind === "opened") {
            engines.push(data.answer.engine);
          }
        });
        return worker;
      },
      workers: 1,
      ...(decryptWith === undefined ? {} : { decryptWith }),
    });
    const outcome = await restore.run(requestOf(entries.length), runOptions());
    expect(outcome).toMatchObject({ kind: "completed", report: { tally: { imported: 500 } } });
    expect(engines).toEqual([expected]);
  });
});
