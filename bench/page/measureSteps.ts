import type { BackupVersion } from "@/domain/backup";
import type { DecryptedRoomKey } from "@/domain/ports";
import { fingerprintSeed, FingerprintSet } from "@/lib/fingerprints";
import type { SessionContext } from "@/matrix/sessionContext";
import { BackupSplitter } from "@/restore-engine/BackupSplitter";
import { BatchBuilder } from "@/restore-engine/BatchBuilder";
import { decryptEntries } from "@/restore-engine/decryptBatch";
import { EntryGate } from "@/restore-engine/EntryGate";
import { openDecryptor } from "@/restore-engine/openDecryptor";
import type { BackupBatch } from "@/restore-engine/protocol";
import { defaultTuning } from "@/restore-engine/tuning";
import type { SessionWish, StepTimes } from "./benchApi";
import { openPlainly } from "./openSession";
import { measurePuts } from "./measurePuts";
import { importKeys } from "./wiring";

/** As chunks come from the network. */
const CHUNK_BYTES = 64 * 1024;

/**
 * Each step of a restore by itself and on this thread, with the same keys. Needs a store that holds
 * none of them.
 */
export async function measureSteps(options: {
  readonly wish: SessionWish;
  readonly context: SessionContext;
  readonly version: BackupVersion;
  readonly body: ReadableStream<Uint8Array>;
  readonly keys: number;
}): Promise<StepTimes> {
  const { wish, context, version } = options;
  const body = new Uint8Array(await new Response(options.body).arrayBuffer());

  const split = await time(() => splitAll(body));
  const parsed = await time((): unknown => JSON.parse(new TextDecoder().decode(body)));
  const entries = split.value.reduce((total, batch) => total + batch.entries.length, 0);

  const batches = takeKeys(split.value, options.keys);
  const decryptWasm = await timeDecryption(wish, batches, "wasm");
  const decryptWebCrypto = await timeDecryption(wish, batches, "webcrypto");
  const keys = decryptWasm.value;

  const chunks = chunksOf(keys, defaultTuning.importKeys);
  const imported = await time(() => importKeys(context, version, chunks));
  const inMemory = await openPlainly(wish, { useIndexedDB: false });
  const importedInMemory = await time(() => importKeys(inMemory, version, chunks));

  return {
    keys: keys.length,
    split: (split.ms * 1_000) / entries,
    parseWhole: (parsed.ms * 1_000) / entries,
    decryptWasm: (decryptWasm.ms * 1_000) / keys.length,
    decryptWebCrypto: (decryptWebCrypto.ms * 1_000) / keys.length,
    importIndexedDb: (imported.ms * 1_000) / keys.length,
    importMemory: (importedInMemory.ms * 1_000) / keys.length,
    put: await measurePuts(keys.length, defaultTuning.importKeys),
  };
}

async function timeDecryption(
  wish: SessionWish,
  batches: readonly BackupBatch[],
  engine: "wasm" | "webcrypto",
): Promise<{ ms: number; value: DecryptedRoomKey[] }> {
  const key = Uint8Array.from(atob(wish.backupKey), (character) => character.charCodeAt(0));
  const decryptor = await openDecryptor(key, engine);
  const keys: DecryptedRoomKey[] = [];
  const { ms } = await time(async () => {
    for (const batch of batches)
      keys.push(...keysOf(batch, await decryptEntries(decryptor, batch)));
  });
  decryptor.close();
  return { ms, value: keys };
}

async function time<T>(work: () => T | Promise<T>): Promise<{ ms: number; value: T }> {
  const startedAt = performance.now();
  const value = await work();
  return { ms: performance.now() - startedAt, value };
}

function splitAll(body: Uint8Array): BackupBatch[] {
  const { batchEntries, entryBytes } = defaultTuning;
  const gate = new EntryGate(fingerprintSeed(), new FingerprintSet(0), body.length / 800);
  const builder = new BatchBuilder({ entries: batchEntries, entryBytes }, gate);
  const splitter = new BackupSplitter(builder);
  const batches: BackupBatch[] = [];
  for (let at = 0; at < body.length; at += CHUNK_BYTES) {
    batches.push(...splitter.push(body.subarray(at, at + CHUNK_BYTES)));
  }
  const rest = builder.take();
  return rest === null ? batches : [...batches, rest];
}

function takeKeys(batches: readonly BackupBatch[], keys: number): BackupBatch[] {
  const taken: BackupBatch[] = [];
  let count = 0;
  for (const batch of batches) {
    if (count >= keys) break;
    taken.push(batch);
    count += batch.entries.length;
  }
  return taken;
}

function keysOf(
  batch: BackupBatch,
  results: Awaited<ReturnType<typeof decryptEntries>>,
): DecryptedRoomKey[] {
  return batch.entries.map((entry, index) => {
    const result = results[index];
    if (result?.ok !== true) throw new Error("an entry did not decrypt");
    return { ...entry, sessionData: result.sessionData };
  });
}

function chunksOf<T>(list: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let at = 0; at < list.length; at += size) chunks.push(list.slice(at, at + size));
  return chunks;
}
