import type { CarryOverNews } from "@/domain/session";
import { databaseExists, deleteDatabase } from "@/lib/idb";
import { encodeUnpaddedBase64, decodeBase64 } from "matrix-js-sdk/lib/base64";
import { expect, it } from "vitest";
import { carryOverRoomKeys } from "./carryOverRoomKeys";
import { startStoredCarryOver } from "./carryOverStored";
import { cryptoStoreExists } from "./deviceStore";
import { withEndedMachine } from "./endedMachine";
import { hold, roomKey, roomKeys, installEndedRig, type RoomKey } from "./endedRig";
import { loadCryptoWasm, olmMachineOf, randomBackupKey } from "./olmMachine";
import type { ClientSession } from "./openClient";
import { createSessionEvents } from "./sessionEvents";
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

/** Ends when it has tried once; `changed` tells it of something, and waits for what comes of that. */
async function startIn(session: ClientSession, with_: Partial<Vault> = {}) {
  const news: CarryOverNews[] = [];
  const events = createSessionEvents();
  const carrying = startStoredCarryOver({
    vault: { ...rig.vault(), ...with_ },
    context: session.context,
    events,
  });
  events.subscribe((event) => {
    if (event.kind === "carry_over") news.push(event);
  });
  await carrying.done;
  return { news, emit: events.emit, stop: () => carrying.stop() };
}

async function carryOver(session: ClientSession, with_: Partial<Vault> = {}) {
  const { news, stop } = await startIn(session, with_);
  await stop();
  return news.map(({ state }) => state);
}

/** The identity of an ended device, as the server and secret storage would bring it. */
async function giveIdentity(prefix: string, { context }: ClientSession): Promise<void> {
  const { userId } = context.user;
  const ended = await rig.vault().readEnded();
  const unlocked = await rig.vault().unlockEnded(prefix);
  if (!ended.ok || !unlocked.ok) throw new Error("not stored");
  const stored = ended.value.find((one) => one.cryptoStorePrefix === prefix);
  if (stored === undefined) throw new Error("not stored");
  const { keys, secrets } = await withEndedMachine(
    stored,
    unlocked.value.storageKey,
    async (old) => {
      const requests = await old.bootstrapCrossSigning(false);
      const uploaded: unknown = JSON.parse(requests.uploadSigningKeysRequest.body);
      requests.free();
      const exported = await old.exportCrossSigningKeys();
      if (exported === undefined) throw new Error("no identity");
      return { keys: uploaded, secrets: exported };
    },
  );
  const machine = await olmMachineOf(context);
  const { RequestType, UserId } = await loadCryptoWasm();
  const query = machine.queryKeysForUsers([new UserId(userId)]);
  const of = (name: string): unknown =>
    keys instanceof Object && name in keys ? Reflect.get(keys, name) : null;
  const answer = {
    device_keys: { [userId]: {} },
    failures: {},
    master_keys: { [userId]: of("master_key") },
    self_signing_keys: { [userId]: of("self_signing_key") },
    user_signing_keys: { [userId]: of("user_signing_key") },
  };
  await machine.markRequestAsSent(query.id, RequestType.KeysQuery, JSON.stringify(answer));
  query.free();
  const { masterKey, self_signing_key: selfSigning, userSigningKey } = secrets;
  (await machine.importCrossSigningKeys(masterKey, selfSigning, userSigningKey)).free();
  secrets.free();
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
  expect(await carryOverRoomKeys(from, to, new AbortController().signal, sizes)).toEqual({
    complete: true,
    count: 47,
  });
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
  const carrying = startStoredCarryOver({
    vault: rig.vault(),
    context: session.context,
    events: createSessionEvents(),
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
  let opened = 0;
  const wrongKey: Partial<Vault> = {
    unlockEnded: async () => {
      opened++;
      return { ok: true, value: { storageKey: new Uint8Array(32).fill(1) } };
    },
  };
  let looks = 0;
  const { news, emit, stop } = await startIn(session, {
    ...wrongKey,
    readEnded: () => {
      looks++;
      return rig.vault().readEnded();
    },
  });
  // What does not open is not opened again before the next opening: that takes its time.
  for (const look of [2, 3]) {
    emit({ kind: "identity_changed" });
    await expect.poll(() => looks).toBe(look);
  }
  expect(opened).toBe(1);
  await stop();
  expect(news).toMatchObject([{ state: "running" }, { state: "incomplete", missing: ["unread"] }]);
  expect(await cryptoStoreExists(prefix)).toBe(true);
  expect(await leftInVault()).toBe(1);
  expect(await carryOver(session)).toEqual(["running", "none"]);
  expect((await heldIn(session)).size).toBe(2);
}, 30_000);

it("tells what is missing, and tries again by itself when that may have come", async () => {
  const { prefix, next } = await endDevice(await roomKeys(2), async ({ context }) => {
    const machine = await olmMachineOf(context);
    (await machine.bootstrapCrossSigning(true)).free();
  });
  const session = await next();
  const { news, emit, stop } = await startIn(session);
  const latest = () => news.at(-1);
  expect(latest()).toMatchObject({ state: "incomplete", missing: ["identity"] });
  expect((await heldIn(session)).size).toBe(2);
  expect(await cryptoStoreExists(prefix)).toBe(true);

  // As after the recovery key was entered: the identity is known here, with its private keys.
  await giveIdentity(prefix, session);
  emit({ kind: "secrets_changed" });
  await expect.poll(latest, { timeout: 10_000 }).toMatchObject({ state: "none", carried: 2 });
  expect(await cryptoStoreExists(prefix)).toBe(false);
  await stop();
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
