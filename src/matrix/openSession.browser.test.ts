import type { SessionGateway } from "@/domain/ports";
import { fail } from "@/domain/result";
import type { SignedInUser } from "@/domain/session";
import { databaseExists, deleteDatabase } from "@/lib/idb";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { cryptoStoreExists, cryptoStorePrefix, deleteCryptoStore } from "./deviceStore";
import { createGateway } from "./gateway";
import { openSession } from "./openSession";
import { setUpload } from "./uploadSwitch";
import { createVault } from "./vault";

const NAME = "open-session-test";
const SIGNED_OUT = { ok: false, error: { kind: "signed_out", soft: false } };

let user: SignedInUser;
let gateway: SessionGateway;

/** A signed-in browser whose homeserver cannot be reached: nobody listens on port 9. */
beforeEach(async () => {
  user = {
    userId: "@alice:example.org",
    deviceId: crypto.randomUUID(),
    homeserverUrl: "http://127.0.0.1:9",
  };
  gateway = reload();
  expect(await createVault(NAME).store(user, "token")).toMatchObject({ ok: true });
});

afterEach(async () => {
  await gateway.forget();
  await deleteDatabase(NAME);
});

/** What a reload leaves: the databases, and nothing in memory. */
function reload(): SessionGateway {
  return createGateway({
    redirects: { storage: sessionStorage, appUrl: "http://localhost/", clientIds: {} },
    databaseName: NAME,
    createBackupEntries: () => ({
      read: () => Promise.reject(new Error("not here")),
      readOpened: () => Promise.reject(new Error("not here")),
    }),
    sampler: { test: () => Promise.reject(new Error("not here")) },
    createRestoreEngine: () => ({
      run: () => Promise.reject(new Error("not here")),
      bringForward: () => undefined,
    }),
  });
}

async function open(from = gateway) {
  const opened = await from.open();
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  return opened.value;
}

it("opens what is stored, without a homeserver, and says that it is offline", async () => {
  expect(await gateway.readStored()).toEqual({ ok: true, value: { user, ended: false } });
  const live = await open();
  expect(live.user).toEqual(user);
  const heard: unknown[] = [];
  live.subscribe((event) => heard.push(event));
  await expect
    .poll(() => heard, { timeout: 10_000 })
    .toContainEqual({ kind: "sync", state: "offline" });
  expect(await live.keyBackup.fetchBackupInfo()).toMatchObject({
    ok: false,
    error: { kind: "network" },
  });
});

it("opens once, however often it is asked at the same time", async () => {
  const [first, second] = await Promise.all([open(), open()]);
  expect(second).toBe(first);
});

it("closes a session that is still open before it opens another", async () => {
  const first = await open();
  const second = await open();
  expect(second.id).not.toBe(first.id);
  expect(await first.keyBackup.fetchBackupInfo()).toEqual({ ok: false, error: { kind: "closed" } });
});

it("has nothing to open when nothing is stored", async () => {
  await gateway.forget();
  expect(await gateway.readStored()).toEqual({ ok: true, value: null });
  expect(await gateway.open()).toEqual(SIGNED_OUT);
});

it("makes no new device keys when the crypto store has gone", async () => {
  await (await open()).close();
  await deleteCryptoStore(cryptoStorePrefix(user));
  const gone = { ok: false, error: { kind: "storage", reason: "lost" } };
  expect(await reload().open()).toEqual(gone);
  expect(await reload().open()).toEqual(gone);
  expect(await cryptoStoreExists(cryptoStorePrefix(user))).toBe(false);
  expect(await gateway.readStored()).toEqual({ ok: true, value: { user, ended: false } });
});

it("does not say that all is lost while something of an ended session is kept", async () => {
  const vault = createVault(NAME);
  await vault.markEnded(user);
  const next = { ...user, deviceId: crypto.randomUUID() };
  expect(await vault.storeBeside(next, "token")).toMatchObject({ ok: true });
  await vault.markCryptoStoreMade();
  expect(await reload().open()).toMatchObject({ error: { kind: "storage", reason: "mismatch" } });
});

it("also notices when half of the crypto store has gone", async () => {
  await (await open()).close();
  await deleteDatabase(`${cryptoStorePrefix(user)}::matrix-sdk-crypto-meta`);
  expect(await reload().open()).toMatchObject({ error: { kind: "storage", reason: "mismatch" } });
});

it("makes the crypto store when an earlier opening was cut short before it did", async () => {
  expect(await cryptoStoreExists(cryptoStorePrefix(user))).toBe(false);
  await (await open()).close();
  expect(await cryptoStoreExists(cryptoStorePrefix(user))).toBe(true);
});

it.each(["waits", "fails"])(
  "publishes nothing while the mark of a new crypto store %s, and opens nothing without it",
  async (how) => {
    const asked: string[] = [];
    const real = globalThis.fetch;
    const spy = vi.spyOn(globalThis, "fetch").mockImplementation((input, init) => {
      const url = input instanceof Request ? input.url : input.toString();
      const what = `${init?.method ?? "GET"} ${url.replace(user.homeserverUrl, "")}`;
      // The crypto looks for a backup when it is made, which tells the server nothing.
      const isLook = what === "GET /_matrix/client/v3/room_keys/version";
      if (url.startsWith(user.homeserverUrl) && !isLook) asked.push(what);
      return real(input, init);
    });
    try {
      const refused = fail({ kind: "storage", reason: "quota" } as const);
      const { promise, resolve } = Promise.withResolvers<typeof refused>();
      const mark = vi.fn(() => (how === "waits" ? promise : Promise.resolve(refused)));
      const vault = { ...createVault(NAME), markCryptoStoreMade: mark };
      const opening = openSession(vault, () => {
        throw new Error("a session without its mark");
      });
      await expect.poll(() => mark.mock.calls.length).toBe(1);
      expect(await cryptoStoreExists(cryptoStorePrefix(user))).toBe(true);
      // Ample time for a client that had been started to ask for something.
      for (let nth = 0; nth < 5; nth++) await real(location.href);
      expect(asked).toEqual([]);
      resolve(refused);
      expect(await opening).toEqual(refused);
      expect(asked).toEqual([]);
      // And what listens here does hear a session that is open.
      const live = await open();
      await expect.poll(() => asked.length).toBeGreaterThan(0);
      await live.close();
    } finally {
      spy.mockRestore();
    }
  },
);

it("signs out locally when the server cannot be reached, and says so", async () => {
  const live = await open();
  const both = await Promise.all([live.signOut(), live.signOut()]);
  expect(both[0]).toMatchObject({ ok: false, error: { kind: "network" } });
  expect(both[1]).toBe(both[0]);
  expect(await gateway.readStored()).toEqual({ ok: true, value: null });
  expect(await cryptoStoreExists(cryptoStorePrefix(user))).toBe(false);
  expect(await gateway.open()).toEqual(SIGNED_OUT);
});

it("uploads nothing after a reload where that was the person's wish, also without other storage", async () => {
  const live = await open();
  expect(live.removal.isUploadOff()).toBe(false);
  expect(await live.removal.switchUpload(false)).toEqual({ ok: true, value: { unstored: null } });
  await live.close();
  // What only this page knew.
  setUpload(user, true);
  localStorage.clear();
  const again = await open(reload());
  expect(again.removal.isUploadOff()).toBe(true);
  await again.close();
});

it("is forgotten while it is open", async () => {
  const live = await open();
  expect(await gateway.forget()).toEqual({ ok: true, value: undefined });
  expect(await databaseExists(`${cryptoStorePrefix(user)}::matrix-sdk-crypto`)).toBe(false);
  expect(await live.keyBackup.fetchBackupInfo()).toEqual({ ok: false, error: { kind: "closed" } });
});

it("says nothing any more once it is closed", async () => {
  const live = await open();
  const heard: unknown[] = [];
  live.subscribe((event) => heard.push(event));
  await live.close();
  await live.close();
  heard.length = 0;
  expect(await live.keyBackup.fetchBackupInfo()).toEqual({ ok: false, error: { kind: "closed" } });
  expect(heard).toEqual([]);
});

it("does not open what the server ended, nor loads anything for it, and keeps its store", async () => {
  await (await open()).close();
  expect(await gateway.markEnded(user)).toEqual({ ok: true, value: undefined });
  expect(await reload().readStored()).toEqual({ ok: true, value: { user, ended: true } });
  expect(await reload().open()).toEqual(SIGNED_OUT);
  expect(await cryptoStoreExists(cryptoStorePrefix(user))).toBe(true);
});

it("clears the store of an ended device once a new one is open, and tells how that goes", async () => {
  await (await open()).close();
  await gateway.markEnded(user);
  const next = { ...user, deviceId: crypto.randomUUID() };
  expect(await createVault(NAME).storeBeside(next, "new-token")).toMatchObject({ ok: true });
  const live = await open(reload());
  expect(live.user).toEqual(next);
  const heard: unknown[] = [];
  live.subscribe((event) => heard.push(event));
  await expect
    .poll(() => heard, { timeout: 10_000 })
    .toContainEqual({ kind: "carry_over", state: "none", carried: 0 });
  expect(await cryptoStoreExists(cryptoStorePrefix(user))).toBe(false);
  expect(await cryptoStoreExists(cryptoStorePrefix(next))).toBe(true);
  await live.close();
});

it("is forgotten with the ended devices beside it", async () => {
  await (await open()).close();
  await gateway.markEnded(user);
  await createVault(NAME).storeBeside({ ...user, deviceId: crypto.randomUUID() }, "new-token");
  expect(await gateway.forget()).toEqual({ ok: true, value: undefined });
  expect(await gateway.readStored()).toEqual({ ok: true, value: null });
  expect(await createVault(NAME).readEnded()).toEqual({ ok: true, value: [] });
  expect(await cryptoStoreExists(cryptoStorePrefix(user))).toBe(false);
});
