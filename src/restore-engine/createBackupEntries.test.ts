import type { BackupVersion } from "@/domain/backup";
import type { BackupEntry, OpenedEntry } from "@/domain/changes";
import { fail, ok } from "@/domain/result";
import {
  createEntryForge,
  forgeEntry,
  generateBackupKeyPair,
  serializeBackup,
} from "@/testing/forgeBackup";
import { describe, expect, test } from "vitest";
import { createBackupEntries } from "./createBackupEntries";
import { defaultTuning } from "./tuning";

const VERSION = "1" as BackupVersion;
const sealed = { ephemeral: "e", mac: "m", ciphertext: "c" };
const value = (index: unknown, data: unknown = sealed) => ({
  first_message_index: index,
  forwarded_count: 0,
  is_verified: true,
  session_data: data,
});

const noWorkers = () => {
  throw new Error("no workers here");
};
const entriesOf = (bytes: Uint8Array<ArrayBuffer>, batchEntries = 2) =>
  createBackupEntries(
    {
      open: async () =>
        ok({ body: new Response(bytes).body ?? new ReadableStream(), byteLength: null }),
      openRoom: () => Promise.reject(new Error("not asked")),
    },
    { createWorker: noWorkers, tuning: { ...defaultTuning, batchEntries } },
  );

async function read(bytes: Uint8Array<ArrayBuffer>, batchEntries = 2) {
  const found: BackupEntry[] = [];
  const batches: number[] = [];
  const outcome = await entriesOf(bytes, batchEntries).read(
    VERSION,
    async (batch) => {
      batches.push(batch.length);
      found.push(...batch);
    },
    new AbortController().signal,
  );
  return { outcome, found, batches };
}

test("hands out every entry once, with its index and its sealed part, in batches", async () => {
  const bytes = serializeBackup([
    { roomId: "!a:b", sessionId: "one", value: value(0) },
    { roomId: "!a:b", sessionId: "two", value: value(7) },
    { roomId: "!c:d", sessionId: "one", value: value(1) },
  ]);
  const { outcome, found, batches } = await read(bytes);
  expect(outcome).toEqual(ok(undefined));
  expect(found).toEqual([
    { roomId: "!a:b", sessionId: "one", firstMessageIndex: 0, sealed },
    { roomId: "!a:b", sessionId: "two", firstMessageIndex: 7, sealed },
    { roomId: "!c:d", sessionId: "one", firstMessageIndex: 1, sealed },
  ]);
  expect(batches).toEqual([2, 1]);
});

test.each([
  ["no object", null],
  ["a text", "x"],
  ["a session that is a list", value(0, [])],
  ["a session without its MAC", value(0, { ephemeral: "e", ciphertext: "c" })],
])("an entry that is %s is handed out as one that cannot be opened", async (_name, spoiled) => {
  const { outcome, found } = await read(
    serializeBackup([{ roomId: "!a:b", sessionId: "s", value: spoiled }]),
  );
  expect(outcome.ok).toBe(true);
  expect(found).toMatchObject([{ sessionId: "s", sealed: null }]);
});

test.each([[-1], [1.5], ["0"], [null], [undefined]])("an index of %j is none", async (index) => {
  const { found } = await read(
    serializeBackup([{ roomId: "!a:b", sessionId: "s", value: value(index) }]),
  );
  expect(found).toMatchObject([{ firstMessageIndex: null, sealed }]);
});

test("entries of a room that is no room are not left out", async () => {
  const { found } = await read(
    serializeBackup([{ roomId: "notaroom", sessionId: "s", value: value(0) }]),
  );
  expect(found).toMatchObject([{ roomId: "notaroom", sessionId: "s", sealed: null }]);
});

test("an answer that ends early is an error, whatever came before", async () => {
  const whole = serializeBackup([
    { roomId: "!a:b", sessionId: "one", value: value(0) },
    { roomId: "!a:b", sessionId: "two", value: value(0) },
  ]);
  const { outcome } = await read(whole.slice(0, whole.length - 10), 1);
  expect(outcome).toMatchObject({ ok: false, error: { kind: "network" } });
});

test("an answer that says no is handed on", async () => {
  const entries = createBackupEntries(
    {
      open: async () => fail({ kind: "no_backup" }),
      openRoom: () => Promise.reject(new Error("not asked")),
    },
    { createWorker: noWorkers },
  );
  const never = new AbortController().signal;
  expect(await entries.read(VERSION, async () => undefined, never)).toEqual(
    fail({ kind: "no_backup" }),
  );
});

describe("opened", () => {
  const never = new AbortController().signal;

  async function forged() {
    const pair = await generateBackupKeyPair();
    const forge = await createEntryForge(pair.publicKey);
    const [one, other] = [await forgeEntry(forge, "!a:b"), await forgeEntry(forge, "!a:b")];
    const strange = await createEntryForge((await generateBackupKeyPair()).publicKey);
    const junk = await forgeEntry(strange, "!a:b");
    const bytes = serializeBackup([one, junk, other, { ...other, roomId: "notaroom" }]);
    return { pair, one, other, junk, bytes };
  }

  test("each entry comes with what its key opens, and junk with nothing", async () => {
    const { pair, one, junk, other, bytes } = await forged();
    const found: OpenedEntry[] = [];
    const key = pair.privateKey.slice();
    const outcome = await entriesOf(bytes).readOpened(
      VERSION,
      key,
      async (batch) => void found.push(...batch),
      never,
    );
    expect(outcome).toEqual(ok(undefined));
    expect(found.map(({ sessionId, sessionData }) => [sessionId, sessionData !== null])).toEqual([
      [one.sessionId, true],
      [junk.sessionId, false],
      [other.sessionId, true],
      [other.sessionId, false],
    ]);
    expect(key).toEqual(pair.privateKey);
  });

  test("it ends with the signal, and hands out nothing after that", async () => {
    const { pair, bytes } = await forged();
    const leaving = new AbortController();
    let batches = 0;
    const reading = entriesOf(bytes, 1).readOpened(
      VERSION,
      pair.privateKey,
      async () => {
        batches += 1;
        leaving.abort();
      },
      leaving.signal,
    );
    await expect(reading).rejects.toMatchObject({ name: "AbortError" });
    expect(batches).toBe(1);
  });

  test("a key that is none is an error, and never a backup of junk", async () => {
    const { bytes } = await forged();
    const short = new Uint8Array(7);
    expect(await entriesOf(bytes).readOpened(VERSION, short, async () => undefined, never)).toEqual(
      fail({ kind: "decryption_key", reason: "mismatch" }),
    );
  });
});
