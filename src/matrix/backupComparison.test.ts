import type { BackupVersion } from "@/domain/backup";
import { ok } from "@/domain/result";
import { createBackupEntries } from "@/restore-engine/createBackupEntries";
import {
  createEntryForge,
  forgeSessionData,
  fromMessage,
  generateBackupKeyPair,
  serializeBackup,
  type BackupKeyPair,
  type ForgedEntry,
  type ForgedSessionData,
} from "@/testing/forgeBackup";
import { initAsync } from "@matrix-org/matrix-sdk-crypto-wasm";
import { beforeAll, expect, test } from "vitest";
import { compareBackup } from "./backupComparison";
import { holdsAsGood, roomKeyId } from "./heldRoomKeys";
import { valueOf } from "./integrationDevice";
import { readHolding, type FoundRoomKey } from "./openedRoomKeys";

const ROOM = "!room:localhost";
let pair: BackupKeyPair;
beforeAll(async () => {
  await initAsync();
  pair = await generateBackupKeyPair();
});

interface Forged {
  readonly sessionId: string;
  readonly sessionData: ForgedSessionData;
  readonly entry: ForgedEntry;
}

async function forge(
  change: (data: ForgedSessionData) => unknown = (data) => data,
  options: { readonly to?: BackupKeyPair; readonly label?: string; readonly index?: number } = {},
): Promise<Forged> {
  const { sessionId, sessionData } = await forgeSessionData();
  const entryForge = await createEntryForge((options.to ?? pair).publicKey);
  const sealed = await entryForge.encrypt(JSON.stringify(change(sessionData)));
  const value = { first_message_index: options.index ?? 0, session_data: sealed };
  return {
    sessionId,
    sessionData,
    entry: { roomId: ROOM, sessionId: options.label ?? sessionId, value },
  };
}

/** The engine's own reader over a download of these entries. */
function backupOf(forged: readonly Forged[]) {
  const bytes = serializeBackup(forged.map(({ entry }) => entry));
  const entries = createBackupEntries(
    {
      open: async () =>
        ok({ body: new Response(bytes).body ?? new ReadableStream(), byteLength: null }),
      openRoom: () => Promise.reject(new Error("not asked")),
    },
    {
      createWorker: () => {
        throw new Error("no workers here");
      },
    },
  );
  const signal = new AbortController().signal;
  return { entries, version: "1" as BackupVersion, signal };
}

async function compare(forged: readonly Forged[], held = new Map(), key: boolean = true) {
  const found: FoundRoomKey[] = [];
  const comparison = valueOf(
    await compareBackup({
      ...backupOf(forged),
      held,
      backupKey: key ? pair.privateKey : null,
      take: async (keys) => void found.push(...keys),
    }),
  );
  return { comparison, found };
}

const holdingOf = async (forged: readonly Forged[]) =>
  valueOf(await readHolding({ ...backupOf(forged), backupKey: pair.privateKey }));

const heldAt = ({ sessionId }: Forged, index: number) =>
  new Map([[roomKeyId(ROOM, sessionId), index]]);

test("what is held as good is not missing, what begins later is", async () => {
  const entry = await forge();
  expect((await compare([entry], heldAt(entry, 0))).comparison).toEqual({
    entries: 1,
    missing: 0,
    unreadable: 0,
  });
  const later = await compare([entry], heldAt(entry, 1));
  expect(later.comparison).toMatchObject({ missing: 1, unreadable: 0 });
  expect(later.found).toMatchObject([
    { id: roomKeyId(ROOM, entry.sessionId), firstIndex: 0, exported: { room_id: ROOM } },
  ]);
});

test("what its own key does not open is named apart, and never taken for carried over", async () => {
  const other = await generateBackupKeyPair();
  const entries = [
    await forge(),
    await forge(undefined, { to: other }),
    await forge(() => [1]),
    await forge((data) => ({ ...data, session_key: "short" })),
    { ...(await forge()), entry: { roomId: ROOM, sessionId: "x", value: null } },
  ];
  expect((await compare(entries)).comparison).toEqual({ entries: 5, missing: 1, unreadable: 4 });
});

test("without the key nothing can be called unreadable: all that is not held is missing", async () => {
  const other = await generateBackupKeyPair();
  const { comparison, found } = await compare(
    [await forge(), await forge(undefined, { to: other })],
    new Map(),
    false,
  );
  expect(comparison).toEqual({ entries: 2, missing: 2, unreadable: 0 });
  expect(found).toEqual([]);
});

test("a key of an unknown kind may be of use to somebody: it is missing", async () => {
  const entry = await forge((data) => ({ ...data, algorithm: "m.megolm.v9" }));
  const { comparison, found } = await compare([entry]);
  expect(comparison).toMatchObject({ missing: 1, unreadable: 0 });
  expect(found).toEqual([]);
});

test("an entry under a wrong label is looked up under its own id", async () => {
  const entry = await forge(undefined, { label: "somewhere else" });
  const [key] = (await compare([entry])).found;
  if (key === undefined) throw new Error("nothing was found");
  expect(key.exported).not.toMatchObject({ session_id: "somewhere else" });
  expect((await compare([entry], new Map([[key.id, 0]]))).comparison).toMatchObject({ missing: 0 });
});

test("an entry under the label of a held key is opened all the same", async () => {
  const held = await forge();
  const other = await forge(undefined, { label: held.sessionId });
  const { comparison, found } = await compare([held, other], heldAt(held, 0));
  expect(comparison).toEqual({ entries: 2, missing: 1, unreadable: 0 });
  expect(found).toMatchObject([{ id: roomKeyId(ROOM, other.sessionId) }]);
});

test("a version holds what its key opens under its own id, and no label more", async () => {
  const sound = await forge();
  const later = await forge((data) => fromMessage(data, 5));
  const saysSo = await forge((data) => fromMessage(data, 5), { index: 5 });
  const better = await forge(undefined, { index: 7 });
  const misplaced = await forge(undefined, { label: "somewhere else" });
  const nobodys = await forge(undefined, { to: await generateBackupKeyPair() });
  const strange = await forge((data) => ({ ...data, algorithm: "m.megolm.v9" }), { index: 2 });
  const all = [sound, later, saysSo, better, misplaced, nobodys, strange];
  const { held, blocked } = await holdingOf(all);
  const at = (forged: Forged, index: number): [string, number] => [
    roomKeyId(ROOM, forged.sessionId),
    index,
  ];
  expect(held).toEqual(new Map([at(sound, 0), at(later, 5), at(saysSo, 5), at(better, 0)]));
  expect(blocked).toEqual(
    new Map([at(later, 0), [roomKeyId(ROOM, "somewhere else"), 0], at(nobodys, 0), at(strange, 2)]),
  );
});

test("of two entries under one id the one that opens more counts", async () => {
  const sound = await forge();
  const [id, index] = [roomKeyId(ROOM, sound.sessionId), 0];
  const again = await forge(() => fromMessage(sound.sessionData, 5), { label: sound.sessionId });
  for (const order of [
    [sound, again],
    [again, sound],
  ]) {
    expect([...(await holdingOf(order)).held]).toEqual([[id, index]]);
  }
});

test("ids of different rooms and sessions never run together", () => {
  expect(roomKeyId("!a|b", "c")).not.toBe(roomKeyId("!a", "b|c"));
  expect(holdsAsGood(new Map([["a", 3]]), "a", 3)).toBe(true);
  expect(holdsAsGood(new Map([["a", 4]]), "a", 3)).toBe(false);
  expect(holdsAsGood(new Map(), "a", 3)).toBe(false);
});
