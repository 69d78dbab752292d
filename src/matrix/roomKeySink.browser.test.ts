import type { BackupVersion } from "@/domain/backup";
import type { DecryptedRoomKey, RoomKeyImport } from "@/domain/ports";
import { encodeUnpaddedBase64 } from "matrix-js-sdk/lib/base64";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createKeyBackup } from "./keyBackup";
import { olmMachineOf } from "./olmMachine";
import { createRoomKeySink } from "./roomKeySink";
import { createRooms } from "./rooms";
import type { SessionContext } from "./sessionContext";
import {
  copiesOfOne,
  join,
  many,
  openStoreRig,
  publicKey,
  randomBytes,
  ROOM,
  roomKey,
  valueOf,
  type StoreRig,
} from "./storeRig";

const VERSION = "1" as BackupVersion;

let rig: StoreRig;
let context: SessionContext;
const opened: RoomKeyImport[] = [];

beforeEach(async () => {
  rig = await openStoreRig();
  ({ context } = rig);
});

afterEach(async () => {
  for (const sink of opened.splice(0)) sink.close();
  await rig.remove();
});

async function openSink(): Promise<RoomKeyImport> {
  const sink = valueOf(await createRoomKeySink(context).open(VERSION, 100));
  opened.push(sink);
  return sink;
}

async function storeTotal(): Promise<number> {
  return valueOf(await createKeyBackup(context).countRoomKeys()).total;
}

describe.each<"watched" | "unwatched" | "in memory">(["watched", "unwatched", "in memory"])(
  "a store that is %s",
  (mode) => {
    /** An unwatched store cannot tell that a key took the place of another copy. */
    const tells = (improved: number, imported = 1): number | null =>
      mode !== "unwatched" || imported === 0 ? improved : null;

    beforeEach(async () => {
      if (mode === "in memory") {
        await rig.remove();
        rig = await openStoreRig({ inMemory: true });
        context = { ...rig.context, cryptoStorePrefix: null };
      }
      if (mode === "unwatched") context = { ...context, cryptoStorePrefix: "another" };
    });

    test("good keys are imported once, as backed up, and held already the second time", async () => {
      const sink = await openSink();
      const keys = [
        ...(await many(30, () => roomKey())),
        ...(await many(20, () => roomKey({}, "!other:localhost"))),
      ];

      expect(valueOf(await sink.import(keys))).toEqual({
        imported: 50,
        improved: tells(0),
        already: 0,
        failures: [],
      });
      expect(await storeTotal()).toBe(50);
      expect(valueOf(await sink.import(keys))).toEqual({
        imported: 0,
        improved: 0,
        already: 50,
        failures: [],
      });
      expect(valueOf(await createRooms(context).countKeysByRoom())).toEqual(
        new Map([
          [ROOM, 30],
          ["!other:localhost", 20],
        ]),
      );
    });

    test("every bad entry fails alone, with its ids, and the store agrees with the counts", async () => {
      const sink = await openSink();
      const held = await many(10, () => roomKey());
      valueOf(await sink.import(held));

      const good = await many(50, () => roomKey());
      const badRooms = await Promise.all(
        ["notaroom", "__proto__", "<img src=x>", "", "#alias:localhost"].map((roomId) =>
          roomKey({}, roomId),
        ),
      );
      // y = 2 has no x on the curve.
      const noPoint = encodeUnpaddedBase64(join([2], new Uint8Array(31)));
      const rejected: DecryptedRoomKey[] = [
        await roomKey({ sender_claimed_keys: undefined }),
        await roomKey({ session_key: undefined }),
        await roomKey({ session_key: encodeUnpaddedBase64(join([2], randomBytes(164))) }),
        await roomKey({ session_key: "AAAA" }),
        await roomKey({ session_key: 7 }),
        await roomKey({ sender_key: "short" }),
        await roomKey({ sender_claimed_keys: { ed25519: noPoint } }),
        await roomKey({ algorithm: "m.megolm.v99" }),
        await roomKey({ algorithm: undefined }),
        { roomId: ROOM, sessionId: "empty", sessionData: {} },
        {
          roomId: ROOM,
          sessionId: "__proto__",
          sessionData: { algorithm: "m.megolm.v1.aes-sha2" },
        },
      ];
      // Mixed, so that neither order nor neighbours decide.
      const batch = [...good, ...held, ...rejected, ...badRooms].toSorted((a, b) =>
        a.sessionId.localeCompare(b.sessionId),
      );

      const outcome = valueOf(await sink.import(batch));

      expect({ imported: outcome.imported, already: outcome.already }).toEqual({
        imported: 50,
        already: 10,
      });
      const failed = (reason: string): string[] =>
        outcome.failures
          .filter((failure) => failure.reason === reason)
          .map(({ roomId, sessionId }) => `${roomId} ${sessionId}`)
          .toSorted();
      const ids = (keys: readonly DecryptedRoomKey[]): string[] =>
        keys.map(({ roomId, sessionId }) => `${roomId} ${sessionId}`).toSorted();
      expect(failed("bad_room_id")).toEqual(ids(badRooms));
      expect(failed("rejected")).toEqual(ids(rejected));
      expect(outcome.failures.length).toBe(badRooms.length + rejected.length);
      expect(await storeTotal()).toBe(60);
    });

    test("a batch of nothing but bad entries stores nothing", async () => {
      const sink = await openSink();
      const batch = [
        await roomKey({ session_key: "x" }),
        await roomKey({}, "nowhere"),
        await roomKey({ algorithm: "x" }),
      ];
      const outcome = valueOf(await sink.import(batch));
      expect(outcome).toMatchObject({ imported: 0, already: 0 });
      expect(outcome.failures.length).toBe(3);
      expect(valueOf(await sink.import([]))).toEqual({
        imported: 0,
        improved: 0,
        already: 0,
        failures: [],
      });
      expect(await storeTotal()).toBe(0);
    });

    test("an entry under a wrong session id is stored under its own, and counted as imported", async () => {
      const sink = await openSink();
      const key = await roomKey();
      const mislabelled = { ...key, sessionId: encodeUnpaddedBase64(randomBytes(32)) };
      expect(valueOf(await sink.import([mislabelled]))).toMatchObject({
        imported: 1,
        relabelled: 1,
      });
      expect(valueOf(await sink.import([key]))).toEqual({
        imported: 0,
        improved: 0,
        already: 1,
        failures: [],
      });
      expect(valueOf(await sink.import([mislabelled, key]))).toMatchObject({
        already: 2,
        relabelled: 1,
      });
      expect(await storeTotal()).toBe(1);
    });

    test.each([1, 3, 4, 40])(
      "a forged key with %i bytes too many takes no place from the genuine one",
      async (extra) => {
        const sink = await openSink();
        const genuine = await roomKey();
        const other = await publicKey("Ed25519");
        const tooLong = join([1, 0, 0, 0, 0], randomBytes(128), other, randomBytes(extra));
        const forged = {
          ...genuine,
          sessionData: { ...genuine.sessionData, session_key: encodeUnpaddedBase64(tooLong) },
        };
        // Alone, before the genuine one, and in one call with it.
        const refused = { roomId: ROOM, sessionId: genuine.sessionId, reason: "rejected" };
        expect(valueOf(await sink.import([forged]))).toEqual({
          imported: 0,
          improved: 0,
          already: 0,
          failures: [refused],
        });
        expect(valueOf(await sink.import([forged, genuine]))).toEqual({
          imported: 1,
          improved: tells(0),
          already: 0,
          failures: [refused],
        });
        const stored = await context.crypto().exportRoomKeys();
        expect(stored.map(({ session_id: id, session_key: key }) => [id, key])).toEqual([
          [genuine.sessionId, genuine.sessionData.session_key],
        ]);
      },
    );

    test("another session under a key's label is stored under its own id, and the key beside it", async () => {
      const sink = await openSink();
      const genuine = await roomKey();
      const other = await roomKey();
      const mislabelled = { ...other, sessionId: genuine.sessionId };
      expect(valueOf(await sink.import([mislabelled]))).toMatchObject({ imported: 1 });
      expect(valueOf(await sink.import([genuine]))).toEqual({
        imported: 1,
        improved: tells(0),
        already: 0,
        failures: [],
      });
      const stored = await context.crypto().exportRoomKeys();
      expect(new Map(stored.map((key) => [key.session_id, key.session_key]))).toEqual(
        new Map([genuine, other].map((key) => [key.sessionId, key.sessionData.session_key])),
      );
    });

    test("repeats in one batch are counted once as imported, whatever ids they stand under", async () => {
      const sink = await openSink();
      const repeated = await roomKey();
      expect(valueOf(await sink.import([repeated, repeated, await roomKey()]))).toEqual({
        imported: 2,
        improved: tells(0),
        already: 1,
        failures: [],
      });
      const relabelled = { ...repeated, sessionId: "another label" };
      expect(valueOf(await sink.import([relabelled, repeated]))).toEqual({
        imported: 0,
        improved: 0,
        already: 2,
        relabelled: 1,
        failures: [],
      });
      const sameLabel = { ...(await roomKey()), sessionId: repeated.sessionId };
      expect(valueOf(await sink.import([repeated, sameLabel]))).toEqual({
        imported: 1,
        improved: tells(0),
        already: 1,
        relabelled: 1,
        failures: [],
      });
      expect(await storeTotal()).toBe(3);
    });

    test.each([
      ["the better one first", true],
      ["the better one last", false],
    ])(
      "of two copies that begin at different messages the better stays: %s",
      async (_name, first) => {
        const { better, worse } = await copiesOfOne();
        const batch = first ? [better, worse] : [worse, better];

        expect(valueOf(await (await openSink()).import(batch))).toEqual({
          imported: first ? 1 : 2,
          improved: tells(first ? 0 : 1),
          already: first ? 1 : 0,
          failures: [],
        });
        const [stored] = await context.crypto().exportRoomKeys();
        expect(stored?.session_key).toBe(better.sessionData.session_key);
        expect(stored?.session_id).toBe(better.sessionId);
        expect(await storeTotal()).toBe(1);
      },
    );

    test("restored keys are not uploaded again", async () => {
      valueOf(await (await openSink()).import(await many(5, () => roomKey())));
      const machine = await olmMachineOf(context);
      await machine.enableBackupV1("hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo", VERSION);
      expect(await machine.backupRoomKeys()).toBeUndefined();
      expect(valueOf(await createKeyBackup(context).countRoomKeys())).toEqual({
        total: 5,
        backedUp: 5,
      });
    });

    test("a closed session imports nothing and says closed", async () => {
      const sink = await openSink();
      rig.endSession();
      const closed = { ok: false, error: { kind: "closed" } };
      expect(await sink.import([await roomKey()])).toEqual(closed);
      expect(await createRoomKeySink(context).open(VERSION, 1)).toEqual(closed);
    });
  },
);
