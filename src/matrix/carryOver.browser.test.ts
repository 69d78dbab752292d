import type { CarryOverState } from "@/domain/session";
import { databaseExists, deleteDatabase } from "@/lib/idb";
import { encodeUnpaddedBase64, decodeBase64 } from "matrix-js-sdk/lib/base64";
import { expect, it } from "vitest";
import { startCarryOver } from "./carryOver";
import { carryOverRoomKeys } from "./carryOverRoomKeys";
import { cryptoStoreExists } from "./deviceStore";
import { hold, roomKey, roomKeys, installEndedRig, type RoomKey } from "./endedRig";
import { loadCryptoWasm, olmMachineOf, randomBackupKey } from "./olmMachine";
import type { ClientSession } from "./openClient";
import type { Vault } from "./vault";

const rig = installEndedRig("carry-over-test");
const { openStored } = rig;

/** The same session in export form, with its first message's index changed. */
function fromIndex(key: RoomKey, index: number, ratchet?: number): RoomKey {
  const bytes = decodeBase64(String(key["session_key"])).slice();
  new DataView(bytes.buffer).setUint32(1, index);
  if (ratchet !== undefined) bytes.fill(ratchet, 5, 133);
  return { ...key, session_key: encodeUnpaddedBase64(bytes) };
}

async function heldIn(session: ClientSession): Promise<Map<string, string>> {
  const exported = await session.context.crypto().exportRoomKeys();
  return new Map(exported.map((key) => [`${key.room_id} ${key.session_id}`, key.session_key]));
}

const asHeld = (keys: readonly RoomKey[]): Map<string, unknown> =>
  new Map(keys.map((key) => [`${String(key["room_id"])} ${key.session_id}`, key["session_key"]]));

/** A device with these keys that the server ended, and the new one that was signed in after it. */
async function endDevice(
  keys: readonly RoomKey[],
  prepare?: (old: ClientSession) => Promise<void>,
): Promise<{ prefix: string; next: () => Promise<ClientSession> }> {
  const { prefix } = await rig.endStored(keys, prepare);
  await rig.storeNext();
  return { prefix, next: openStored };
}

async function carryOver(session: ClientSession, with_: Partial<Vault> = {}) {
  const states: CarryOverState[] = [];
  const { done } = startCarryOver({
    vault: { ...rig.vault(), ...with_ },
    context: session.context,
    emit: (event) => {
      if (event.kind === "carry_over") states.push(event.state);
    },
  });
  await done;
  return states;
}

const leftInVault = async (): Promise<number> => {
  const ended = await rig.vault().readEnded();
  return ended.ok ? ended.value.length : -1;
};

it("brings every room key of the ended device, not as backed up, then deletes its store", async () => {
  const keys = [...(await roomKeys(30)), ...(await roomKeys(20, "!other:example.org"))];
  const { prefix, next } = await endDevice(keys);
  const session = await next();
  expect(await carryOver(session)).toEqual(["running", "none"]);
  expect(await heldIn(session)).toEqual(asHeld(keys));
  const counts = await (await olmMachineOf(session.context)).roomKeyCounts();
  expect(counts).toMatchObject({ total: 50, backedUp: 0 });
  counts.free();
  expect(await cryptoStoreExists(prefix)).toBe(false);
  expect(await leftInVault()).toBe(0);
  // The session goes on, and there is nothing to do a second time.
  expect(await carryOver(session)).toEqual([]);
  await session.stop();
  expect(await heldIn(await openStored())).toEqual(asHeld(keys));
});

it("carries more keys than fit into one export or one import", async () => {
  const { OlmMachine, UserId, DeviceId } = await loadCryptoWasm();
  const inMemory = (name: string) =>
    OlmMachine.initialize(new UserId("@alice:example.org"), new DeviceId(name));
  const [from, to] = [await inMemory("OLD"), await inMemory("NEW")];
  const keys = await roomKeys(47);
  (await from.importExportedRoomKeys(JSON.stringify(keys), () => undefined)).free();
  const sizes = { perExport: 10, perImport: 3 };
  expect(await carryOverRoomKeys(from, to, new AbortController().signal, sizes)).toBe(true);
  const held: unknown = JSON.parse(
    await to.exportRoomKeys((session) => {
      session.free();
      return true;
    }),
  );
  const idsOf = (list: unknown): unknown[] =>
    Array.isArray(list) ? list.map((key: RoomKey) => key.session_id).toSorted() : [];
  expect(idsOf(held)).toEqual(idsOf(keys));
  from.close();
  to.close();
});

it("does so for several ended devices", async () => {
  const [first, second] = [await roomKeys(3), await roomKeys(4)];
  const one = await endDevice(first);
  const two = await endDevice(second);
  const session = await two.next();
  expect(await leftInVault()).toBe(2);
  expect(await carryOver(session)).toEqual(["running", "none"]);
  expect(await heldIn(session)).toEqual(asHeld([...first, ...second]));
  expect(await cryptoStoreExists(one.prefix)).toBe(false);
  expect(await cryptoStoreExists(two.prefix)).toBe(false);
});

it("keeps the better of two copies of a key", async () => {
  const [early, late, same] = [await roomKey(), await roomKey(), await roomKey()];
  const { prefix, next } = await endDevice([early, fromIndex(late, 9), same]);
  const session = await next();
  await hold(session, [late, same]);
  expect(await carryOver(session)).toEqual(["running", "none"]);
  expect(await heldIn(session)).toEqual(asHeld([early, late, same]));
  expect(await cryptoStoreExists(prefix)).toBe(false);
});

it("keeps the old store when the new one holds something else under a key's id", async () => {
  const [key, other] = [await roomKey(), await roomKey()];
  const { prefix, next } = await endDevice([key, other]);
  const session = await next();
  await hold(session, [fromIndex(key, 0, 7)]);
  expect(await carryOver(session)).toEqual(["running", "incomplete"]);
  expect((await heldIn(session)).size).toBe(2);
  expect(await cryptoStoreExists(prefix)).toBe(true);
  expect(await leftInVault()).toBe(1);
});

it("leaves the old store when it fails in the middle, and ends the job at the next opening", async () => {
  const keys = await roomKeys(1_200);
  const { prefix, next } = await endDevice(keys);
  const session = await next();
  const machine = await olmMachineOf(session.context);
  const real = machine.importExportedRoomKeys.bind(machine);
  let calls = 0;
  machine.importExportedRoomKeys = (json, progress) => {
    if (++calls === 2) throw new DOMException("full", "QuotaExceededError");
    return real(json, progress);
  };
  expect(await carryOver(session)).toEqual(["running", "incomplete"]);
  expect((await heldIn(session)).size).toBe(500);
  expect(await cryptoStoreExists(prefix)).toBe(true);
  expect(await leftInVault()).toBe(1);
  await session.stop();

  const again = await openStored();
  expect(await carryOver(again)).toEqual(["running", "none"]);
  expect(await heldIn(again)).toEqual(asHeld(keys));
  expect(await cryptoStoreExists(prefix)).toBe(false);
}, 30_000);

it("stops when the session is closed, and leaves the old store", async () => {
  const { prefix, next } = await endDevice(await roomKeys(1_200));
  const session = await next();
  const machine = await olmMachineOf(session.context);
  const real = machine.importExportedRoomKeys.bind(machine);
  const begun = Promise.withResolvers<void>();
  let calls = 0;
  machine.importExportedRoomKeys = (json, progress) => {
    calls++;
    begun.resolve();
    return real(json, progress);
  };
  const carrying = startCarryOver({
    vault: rig.vault(),
    context: session.context,
    emit: () => undefined,
  });
  await begun.promise;
  await carrying.stop();
  await session.stop();
  expect(calls).toBe(1);
  expect(await cryptoStoreExists(prefix)).toBe(true);
  expect(await leftInVault()).toBe(1);
  expect(await carryOver(await openStored())).toEqual(["running", "none"]);
}, 30_000);

it("leaves a store that does not open", async () => {
  const { prefix, next } = await endDevice(await roomKeys(2));
  const session = await next();
  const wrongKey: Partial<Vault> = {
    unlockEnded: async () => ({ ok: true, value: { storageKey: new Uint8Array(32).fill(1) } }),
  };
  expect(await carryOver(session, wrongKey)).toEqual(["running", "incomplete"]);
  expect(await cryptoStoreExists(prefix)).toBe(true);
  expect(await leftInVault()).toBe(1);
  expect(await carryOver(session)).toEqual(["running", "none"]);
  expect((await heldIn(session)).size).toBe(2);
}, 30_000);

it("leaves a store of which a half is there", async () => {
  const { prefix, next } = await endDevice(await roomKeys(2));
  await deleteDatabase(`${prefix}::matrix-sdk-crypto-meta`);
  expect(await carryOver(await next())).toEqual(["running", "incomplete"]);
  expect(await databaseExists(`${prefix}::matrix-sdk-crypto`)).toBe(true);
  expect(await leftInVault()).toBe(1);
});

it("has nothing to do for a store that is not there, and makes none", async () => {
  const { prefix, next } = await endDevice([]);
  await deleteDatabase(`${prefix}::matrix-sdk-crypto`);
  await deleteDatabase(`${prefix}::matrix-sdk-crypto-meta`);
  expect(await carryOver(await next())).toEqual(["running", "none"]);
  expect(await cryptoStoreExists(prefix)).toBe(false);
  expect(await leftInVault()).toBe(0);
});

it("takes the backup decryption key over when the new device holds none", async () => {
  const key = await randomBackupKey();
  const { prefix, next } = await endDevice(await roomKeys(1), (old) =>
    old.context.crypto().storeSessionBackupPrivateKey(key.slice(), "7"),
  );
  const session = await next();
  expect(await carryOver(session)).toEqual(["running", "none"]);
  expect(await session.context.crypto().getSessionBackupPrivateKey()).toEqual(key);
  expect(await cryptoStoreExists(prefix)).toBe(false);
});

it("never puts a backup decryption key over another, and keeps the store that holds it", async () => {
  const [old, own] = [await randomBackupKey(), await randomBackupKey()];
  const { prefix, next } = await endDevice(await roomKeys(1), ({ context }) =>
    context.crypto().storeSessionBackupPrivateKey(old, "7"),
  );
  const session = await next();
  await session.context.crypto().storeSessionBackupPrivateKey(own.slice(), "8");
  expect(await carryOver(session)).toEqual(["running", "incomplete"]);
  expect(await session.context.crypto().getSessionBackupPrivateKey()).toEqual(own);
  expect((await heldIn(session)).size).toBe(1);
  expect(await cryptoStoreExists(prefix)).toBe(true);
});

it("keeps the store that holds private identity keys the new device has not", async () => {
  const { prefix, next } = await endDevice(await roomKeys(1), async ({ context }) => {
    const machine = await olmMachineOf(context);
    const requests = await machine.bootstrapCrossSigning(true);
    requests.free();
  });
  const session = await next();
  expect(await carryOver(session)).toEqual(["running", "incomplete"]);
  expect((await heldIn(session)).size).toBe(1);
  expect(await cryptoStoreExists(prefix)).toBe(true);
});
