import type { SignedInUser } from "@/domain/session";
import { randomBytes } from "@/lib/bytes";
import { databaseExists } from "@/lib/idb";
import { afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { cryptoStoreExists, cryptoStorePrefix, deleteCryptoStore } from "./deviceStore";
import { stopKeyDownloads } from "./keyDownloads";
import { loadCrypto } from "./loadCrypto";
import { openClient, type ClientSession } from "./openClient";
import { createSessionEvents } from "./sessionEvents";
import { toAppError } from "./toAppError";

/** Nobody listens there: everything here works without a homeserver. */
const ALICE: SignedInUser = {
  userId: "@alice:example.org",
  deviceId: "DEVICE",
  homeserverUrl: "http://127.0.0.1:9",
};
/** A store of its own for every test. */
let prefix = "";
const MISMATCH = { ok: false, error: { kind: "storage", reason: "mismatch" } };
const running: ClientSession[] = [];

beforeAll(async () => {
  expect(await loadCrypto()).toEqual({ ok: true, value: undefined });
});

beforeEach(() => {
  prefix = cryptoStorePrefix({ ...ALICE, deviceId: crypto.randomUUID() });
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((session) => session.stop()));
});

const open = (storageKey: Uint8Array<ArrayBuffer>, user = ALICE) =>
  openClient({
    user,
    accessToken: "token",
    storageKey,
    cryptoStorePrefix: prefix,
    events: createSessionEvents(),
  });

async function opened(storageKey: Uint8Array<ArrayBuffer>): Promise<ClientSession> {
  const session = await open(storageKey);
  if (!session.ok) throw new Error(JSON.stringify(session.error));
  running.push(session.value);
  return session.value;
}

it("opens with the SDK's own key downloads ended, so that a restore counts every key", async () => {
  const { context } = await opened(randomBytes(32));
  // True only when the SDK still has the downloader where it is looked for.
  expect(stopKeyDownloads(context.crypto())).toBe(true);
  const crypto: object = context.crypto();
  expect(crypto).toHaveProperty("perSessionBackupDownloader.stopped", true);
});

it("makes the crypto store under our prefix and nothing else, and wipes the key", async () => {
  const before = new Set((await indexedDB.databases()).map((found) => found.name));
  expect(await cryptoStoreExists(prefix)).toBe(false);
  const storageKey = randomBytes(32);
  await opened(storageKey);
  const made = (await indexedDB.databases())
    .map((found) => found.name ?? "")
    .filter((name) => !before.has(name));
  expect(made.toSorted()).toEqual([
    `${prefix}::matrix-sdk-crypto`,
    `${prefix}::matrix-sdk-crypto-meta`,
  ]);
  expect(await cryptoStoreExists(prefix)).toBe(true);
  expect(storageKey).toEqual(new Uint8Array(32));
  expect(Object.keys(localStorage).filter((key) => key.startsWith("mxjssdk"))).toEqual([]);
});

it("opens the same device keys again", async () => {
  const storageKey = randomBytes(32);
  const first = await opened(storageKey.slice());
  const keys = await first.context.crypto().getOwnDeviceKeys();
  await first.stop();
  const second = await opened(storageKey.slice());
  expect(await second.context.crypto().getOwnDeviceKeys()).toEqual(keys);
});

it("does not open under another key or for another device, and leaves the store as it is", async () => {
  const storageKey = randomBytes(32);
  const first = await opened(storageKey.slice());
  const keys = await first.context.crypto().getOwnDeviceKeys();
  await first.stop();
  expect(await open(randomBytes(32))).toEqual(MISMATCH);
  expect(await open(storageKey.slice(), { ...ALICE, deviceId: "OTHER" })).toEqual(MISMATCH);
  const again = await opened(storageKey.slice());
  expect(await again.context.crypto().getOwnDeviceKeys()).toEqual(keys);
});

it("frees the store when it stops, also while it is starting", async () => {
  const session = await opened(randomBytes(32));
  session.start();
  await session.stop();
  await session.stop();
  await deleteCryptoStore(prefix);
  expect(await databaseExists(`${prefix}::matrix-sdk-crypto`)).toBe(false);
  expect(session.context.client.clientRunning).toBe(false);
});

it("does not sync on when it is stopped while its start is waiting for the server", async () => {
  const session = await opened(randomBytes(32));
  const asked: string[] = [];
  const real = globalThis.fetch;
  const waiting = vi.spyOn(globalThis, "fetch").mockImplementation((input, init) => {
    asked.push(input instanceof Request ? input.url : input.toString());
    return new Promise((_resolve, reject) => {
      const { signal } = init ?? {};
      if (signal?.aborted) reject(signal.reason);
      signal?.addEventListener("abort", () => reject(signal.reason));
    });
  });
  try {
    session.start();
    await expect.poll(() => asked).toEqual([expect.stringContaining("/versions")]);
    await session.stop();
    // Ample time for a start that goes on.
    for (let nth = 0; nth < 5; nth++) await real(location.href);
    const { client } = session.context;
    expect(client.clientRunning).toBe(false);
    // What the SDK syncs with; its own way to ask, getSyncState(), tells of it only later.
    expect("syncApi" in client).toBe(true);
    expect(Reflect.get(client, "syncApi")).toBeUndefined();
  } finally {
    waiting.mockRestore();
  }
});

it("answers closed once it has stopped, whatever was under way", async () => {
  const session = await opened(randomBytes(32));
  const { context } = session;
  const underWay = context.request("GET", "/account/whoami");
  const streaming = context.requestStream("GET", "/account/whoami");
  await session.stop();
  const closed = { ok: false, error: { kind: "closed" } };
  expect([await underWay, await streaming]).toEqual([closed, closed]);
  expect(await context.request("GET", "/account/whoami")).toEqual(closed);
  expect(() => context.crypto()).toThrow("closed");
  try {
    context.crypto();
  } catch (error) {
    expect(toAppError(error)).toEqual({ kind: "closed" });
  }
});
