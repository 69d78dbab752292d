import type { BackupVersion } from "@/domain/backup";
import type { BackupEntries, BackupEntry } from "@/domain/changes";
import { ok } from "@/domain/result";
import {
  createEntryForge,
  forgeSessionData,
  generateBackupKeyPair,
  type BackupKeyPair,
  type ForgedSessionData,
} from "@/testing/forgeBackup";
import { initAsync } from "@matrix-org/matrix-sdk-crypto-wasm";
import { beforeAll, expect, test } from "vitest";
import { compareBackup, type FoundRoomKey } from "./backupComparison";
import { holdsAsGood, roomKeyId } from "./heldRoomKeys";
import { valueOf } from "./integrationDevice";

const ROOM = "!room:localhost";
let pair: BackupKeyPair;
beforeAll(async () => {
  await initAsync();
  pair = await generateBackupKeyPair();
});

async function forge(
  change: (data: ForgedSessionData) => unknown = (data) => data,
  options: { readonly to?: BackupKeyPair; readonly label?: string } = {},
): Promise<BackupEntry> {
  const { sessionId, sessionData } = await forgeSessionData();
  const entryForge = await createEntryForge((options.to ?? pair).publicKey);
  return {
    roomId: ROOM,
    sessionId: options.label ?? sessionId,
    firstMessageIndex: 0,
    sealed: await entryForge.encrypt(JSON.stringify(change(sessionData))),
  };
}

async function compare(entries: readonly BackupEntry[], held = new Map(), key: boolean = true) {
  const found: FoundRoomKey[] = [];
  const source: BackupEntries = {
    async read(_version, take) {
      await take(entries);
      return ok(undefined);
    },
  };
  const comparison = valueOf(
    await compareBackup({
      entries: source,
      version: "1" as BackupVersion,
      held,
      backupKey: key ? pair.privateKey : null,
      take: async (keys) => void found.push(...keys),
      signal: new AbortController().signal,
    }),
  );
  return { comparison, found };
}

const heldAt = ({ sessionId }: BackupEntry, index: number) =>
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
    { ...(await forge()), sealed: null },
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

test("ids of different rooms and sessions never run together", () => {
  expect(roomKeyId("!a|b", "c")).not.toBe(roomKeyId("!a", "b|c"));
  expect(holdsAsGood(new Map([["a", 3]]), "a", 3)).toBe(true);
  expect(holdsAsGood(new Map([["a", 4]]), "a", 3)).toBe(false);
  expect(holdsAsGood(new Map(), "a", 3)).toBe(false);
});
