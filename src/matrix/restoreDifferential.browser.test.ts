import { failedCount, missingCount, settledCount, type RestoreOutcome } from "@/domain/restore";
import { createDecryptWorker } from "@/restore-engine/createDecryptWorker";
import { createRestoreEngine } from "@/restore-engine/createRestoreEngine";
import { requestOf, RIG_VERSION, runOptions } from "@/restore-engine/engineRig";
import { damagedEntries } from "@/testing/damagedEntries";
import {
  bodyOf,
  FixedKeySource,
  MemoryCursorStore,
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
  type EntryForge,
  type ForgedEntry,
} from "@/testing/forgeBackup";
import type { IMegolmSessionData } from "matrix-js-sdk/lib/@types/crypto";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { createRoomKeySink } from "./roomKeySink";
import { openStoreRig, type StoreRig } from "./storeRig";

let keyPair: BackupKeyPair;
let forge: EntryForge;
let good: ForgedEntry[];
let rigs: StoreRig[] = [];

beforeAll(async () => {
  keyPair = await generateBackupKeyPair();
  forge = await createEntryForge(keyPair.publicKey);
  good = byRoom(
    await Promise.all(
      Array.from({ length: 300 }, (_, index) => forgeEntry(forge, `!room${index % 7}:x`)),
    ),
  );
});

afterEach(async () => {
  for (const rig of rigs) await rig.remove();
  rigs = [];
});

/** A homeserver with this backup, for the SDK's own requests. */
function homeserver(entries: readonly ForgedEntry[]): typeof fetch {
  const version = {
    version: RIG_VERSION,
    algorithm: "m.megolm_backup.v1.curve25519-aes-sha2",
    auth_data: { public_key: unpaddedBase64(keyPair.publicKey), signatures: {} },
    count: entries.length,
    etag: "1",
  };
  return async (input) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    if (pathname.includes("/room_keys/version")) return Response.json(version);
    if (pathname.endsWith("/room_keys/keys")) {
      return new Response(serializeBackup(entries), {
        headers: { "Content-Type": "application/json" },
      });
    }
    return Response.json({});
  };
}

async function open(entries: readonly ForgedEntry[]): Promise<StoreRig> {
  const rig = await openStoreRig({ fetch: homeserver(entries) });
  rigs.push(rig);
  return rig;
}

/** What the store holds, by room and session; of a key everything that matters for reading. */
async function heldBy({ context }: StoreRig): Promise<ReadonlyMap<string, IMegolmSessionData>> {
  const keys = await context.crypto().exportRoomKeys();
  return new Map(keys.map((key) => [`${key.room_id} ${key.session_id}`, key]));
}

async function byTheSdk(entries: readonly ForgedEntry[]) {
  const rig = await open(entries);
  const crypto = rig.context.crypto();
  await crypto.storeSessionBackupPrivateKey(keyPair.privateKey.slice(), RIG_VERSION);
  const { total, imported } = await crypto.restoreKeyBackup();
  return { held: await heldBy(rig), total, imported };
}

async function byUs(entries: readonly ForgedEntry[]) {
  const rig = await open(entries);
  const engine = createRestoreEngine({
    source: new ScriptedSource(() => bodyOf(serializeBackup(entries))),
    sink: createRoomKeySink(rig.context),
    decryptionKey: new FixedKeySource(keyPair.privateKey),
    cursors: new MemoryCursorStore(),
    createWorker: createDecryptWorker,
    tuning: { batchEntries: 40, importKeys: 40 },
  });
  const outcome: RestoreOutcome = await engine.run(requestOf(entries.length), runOptions());
  expect(outcome.kind).toBe("completed");
  const { tally } = outcome.report;
  expect(tally.received).toBe(settledCount(tally));
  return { held: await heldBy(rig), tally, failures: outcome.report.failures };
}

/** Each room once, as servers send it: of a room that stands there twice, `JSON.parse` keeps the last. */
const byRoom = (entries: readonly ForgedEntry[]): ForgedEntry[] =>
  entries.toSorted((a, b) => (a.roomId === b.roomId ? 0 : a.roomId < b.roomId ? -1 : 1));

describe("beside the SDK's own restore", () => {
  it("a sound backup leaves the same store, and every number agrees", async () => {
    const [ours, theirs] = [await byUs(good), await byTheSdk(good)];
    expect(ours.held).toEqual(theirs.held);
    expect(ours.tally).toMatchObject({ received: 300, imported: 300, already: 0 });
    expect([theirs.total, theirs.imported]).toEqual([300, 300]);
  });

  it("damaged entries leave the same store; what the SDK counted without storing it, we count as failed", async () => {
    const damaged = (await damagedEntries(keyPair)).map(([, value], index): ForgedEntry => ({
      roomId: `!room${index % 7}:x`,
      sessionId: `damaged${index}`,
      value,
    }));
    // An entry without its parts makes the SDK throw before it has stored anything.
    const readable = damaged.filter(({ value }) => hasParts(value));
    const entries = byRoom([...good, ...readable]);
    const [ours, theirs] = [await byUs(entries), await byTheSdk(entries)];
    // Some of the damaged entries are variants of one session that both ways can read: then which of
    // them is stored is a matter of order, but never the key in it.
    expect([...ours.held.keys()].toSorted()).toEqual([...theirs.held.keys()].toSorted());
    expect(ours.held.size).toBeGreaterThan(300);
    for (const [name, key] of theirs.held) {
      expect(ours.held.get(name)).toMatchObject({ session_key: key.session_key });
    }
    expect(ours.tally.imported).toBe(ours.held.size);
    expect(ours.tally.received).toBe(entries.length);
    expect(failedCount(ours.tally)).toBe(ours.failures.length);
    expect(theirs.imported).toBeGreaterThanOrEqual(theirs.held.size);
    expect(missingCount(ours.tally)).toBe(0);
  });

  it("what lacks a field is imported by neither, and only the SDK counts it", async () => {
    const without = (field: string) =>
      forgeEntry(forge, "!room1:x", (data) =>
        Object.fromEntries(Object.entries(data).filter(([name]) => name !== field)),
      );
    const lacking = await Promise.all([
      without("sender_claimed_keys"),
      without("session_key"),
      without("sender_key"),
    ]);
    const entries = byRoom([...good.slice(0, 50), ...lacking]);
    const [ours, theirs] = [await byUs(entries), await byTheSdk(entries)];
    expect(ours.held).toEqual(theirs.held);
    expect(ours.tally).toMatchObject({ imported: 50, failed: { malformed: 3 } });
    expect(theirs.imported).toBe(53);
  });

  it("a hostile room id costs the SDK its neighbours, and us one entry", async () => {
    const hostile = { ...(await forgeEntry(forge, "notaroom")), roomId: "notaroom" };
    const entries = [hostile, ...good];
    const [ours, theirs] = [await byUs(entries), await byTheSdk(entries)];
    for (const [name, key] of theirs.held) expect(ours.held.get(name)).toEqual(key);
    expect(theirs.held.size).toBeLessThan(300);
    expect(ours.tally).toMatchObject({ imported: 300, failed: { bad_room_id: 1 } });
  });

  it("of entries sent twice each is stored once, and what repeats cannot hide what is missing", async () => {
    const entries = byRoom([...good.slice(0, 40), ...good.slice(0, 40)]);
    const [ours, theirs] = [await byUs(entries), await byTheSdk(entries)];
    expect(ours.held).toEqual(theirs.held);
    expect(ours.tally).toMatchObject({ received: 40, imported: 40 });
    expect(missingCount(ours.tally)).toBe(40);
  });

  it("one session under two labels is one key, wherever it stands", async () => {
    const [first, second] = good as [ForgedEntry, ForgedEntry];
    const entries = [first, { ...first, sessionId: second.sessionId }];
    const { held, tally } = await byUs(entries);
    expect([...held.keys()]).toEqual([`${first.roomId} ${first.sessionId}`]);
    expect(tally).toMatchObject({ received: 2, imported: 1, already: 1 });
  });

  it("nothing but rubbish leaves both stores empty", async () => {
    const entries = Array.from({ length: 20 }, (_, index): ForgedEntry => ({
      roomId: "!room1:x",
      sessionId: `s${index}`,
      value: keyBackupData({ ephemeral: "A".repeat(43), ciphertext: "AAAA", mac: "AAAAAAAAAAA" }),
    }));
    const [ours, theirs] = [await byUs(entries), await byTheSdk(entries)];
    expect([ours.held.size, theirs.held.size]).toEqual([0, 0]);
    expect(ours.tally).toMatchObject({ imported: 0, failed: { undecryptable: 20 } });
  });
});

/** Whether the encrypted parts are there as texts, without which the SDK ends with an error. */
function hasParts(value: unknown): boolean {
  if (typeof value !== "object" || value === null || !("session_data" in value)) return false;
  const data: unknown = value.session_data;
  return (
    typeof data === "object" &&
    data !== null &&
    ["ephemeral", "ciphertext", "mac"].every((name) => typeof Reflect.get(data, name) === "string")
  );
}
