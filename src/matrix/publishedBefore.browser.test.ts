import { ok } from "@/domain/result";
import { deleteDatabase } from "@/lib/idb";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { deleteCryptoStore, cryptoStorePrefix } from "./deviceStore";
import { loadCrypto } from "./loadCrypto";
import { loadCryptoWasm, olmMachineOf } from "./olmMachine";
import { openClient, type ClientSession } from "./openClient";
import { hasPublishedBefore } from "./publishedBefore";
import { createSessionEvents } from "./sessionEvents";
import { createVault, type Vault } from "./vault";

const NAME = "published-before-test";
let vault: Vault;

/** Nobody listens there. */
const user = () => ({
  userId: "@alice:example.org",
  deviceId: `DEVICE-${crypto.randomUUID()}`,
  homeserverUrl: "http://127.0.0.1:9",
});

beforeAll(async () => {
  expect(await loadCrypto()).toMatchObject({ ok: true });
});
beforeEach(() => {
  vault = createVault(NAME);
});
afterEach(async () => {
  expect(await vault.remove()).toMatchObject({ ok: true });
  await deleteDatabase(NAME);
});

/** Makes the store of a new device, does something with it, and lets go of it. */
async function withDevice(work: (session: ClientSession) => Promise<void>): Promise<string> {
  const device = user();
  expect(await vault.store(device, "token")).toMatchObject({ ok: true });
  const stored = await vault.unlock();
  if (!stored.ok || stored.value === null) throw new Error("nothing is stored");
  const opened = await openClient({ ...stored.value, events: createSessionEvents() });
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  await work(opened.value);
  await opened.value.stop();
  return cryptoStorePrefix(device);
}

/** As when the server has taken the device's keys. */
async function publish({ context }: ClientSession): Promise<void> {
  const { KeysUploadRequest } = await loadCryptoWasm();
  const machine = await olmMachineOf(context);
  for (const request of await machine.outgoingRequests()) {
    if (request instanceof KeysUploadRequest) {
      const answer = JSON.stringify({ one_time_key_counts: { signed_curve25519: 50 } });
      await machine.markRequestAsSent(request.id, request.type, answer);
    }
    request.free();
  }
}

it("knows of a device that had no time to publish its keys", async () => {
  await withDevice(async () => undefined);
  expect(await hasPublishedBefore(vault)).toEqual(ok(false));
  // The look has changed nothing.
  expect(await hasPublishedBefore(vault)).toEqual(ok(false));
});

it("knows of one whose keys the server has taken", async () => {
  await withDevice(publish);
  expect(await hasPublishedBefore(vault)).toEqual(ok(true));
});

it("makes no store where one was lost, or where nothing is stored", async () => {
  expect(await hasPublishedBefore(vault)).toEqual(ok(false));
  const prefix = await withDevice(publish);
  await deleteCryptoStore(prefix);
  expect(await hasPublishedBefore(vault)).toEqual(ok(false));
});
