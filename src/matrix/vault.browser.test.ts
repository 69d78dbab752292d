import type { SignedInUser } from "@/domain/session";
import { databaseExists, deleteDatabase, openDatabase, resultOf, transact } from "@/lib/idb";
import { afterEach, expect, it, vi } from "vitest";
import { withoutWebLocks } from "@/testing/withoutWebLocks";
import type { SessionRecord } from "./credentialStore";
import { cryptoStorePrefix } from "./deviceStore";
import { createVault } from "./vault";

const NAME = "vault-test";
const TOKEN = "syt_YWxpY2U_verysecrettoken_0abc12";
const ALICE: SignedInUser = {
  userId: "@alice:example.org",
  deviceId: "DEVICE",
  homeserverUrl: "https://example.org",
};
const MISMATCH = { ok: false, error: { kind: "storage", reason: "mismatch" } };

afterEach(() => deleteDatabase(NAME));

async function inSessions<T>(
  mode: IDBTransactionMode & ("readonly" | "readwrite"),
  work: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await openDatabase(NAME, 1, () => undefined);
  try {
    return await transact(database, ["sessions"], mode, (transaction) =>
      resultOf(work(transaction.objectStore("sessions"))),
    );
  } finally {
    database.close();
  }
}

const readRecord = () => inSessions<SessionRecord>("readonly", (store) => store.get("current"));
const writeRecord = (record: unknown) =>
  inSessions("readwrite", (store) => store.put(record, "current"));

/** Every byte and text in a stored value, CryptoKeys aside, as one binary string. */
function dump(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Uint8Array) return String.fromCharCode(...value);
  if (value instanceof CryptoKey) return "";
  if (typeof value === "object" && value !== null) return Object.values(value).map(dump).join("\n");
  return String(value);
}

async function unlocked(vault = createVault(NAME)) {
  const result = await vault.unlock();
  if (!result.ok || result.value === null) throw new Error(JSON.stringify(result));
  return result.value;
}

it("has nothing at first", async () => {
  const vault = createVault(NAME);
  expect(await vault.read()).toEqual({ ok: true, value: null });
  expect(await vault.unlock()).toEqual({ ok: true, value: null });
});

it("gives back the token and the same storage key after a reload", async () => {
  expect(await createVault(NAME).store(ALICE, TOKEN)).toEqual({ ok: true, value: undefined });
  const first = await unlocked(createVault(NAME));
  const second = await unlocked(createVault(NAME));
  expect(first).toMatchObject({
    user: ALICE,
    accessToken: TOKEN,
    cryptoStorePrefix: cryptoStorePrefix(ALICE),
    cryptoStoreMade: false,
  });
  expect(first.storageKey).toHaveLength(32);
  expect(first.storageKey).not.toEqual(new Uint8Array(32));
  expect(second.storageKey).toEqual(first.storageKey);
});

it("stores nothing secret in the clear, and a key that cannot be taken out", async () => {
  await createVault(NAME).store(ALICE, TOKEN);
  const { storageKey } = await unlocked();
  const all = await inSessions("readonly", (store) => store.getAll());
  const text = dump(all);
  expect(text).toContain(ALICE.userId);
  expect(text).not.toContain("secrettoken");
  expect(text).not.toContain(dump(storageKey));
  const { wrappingKey } = (await readRecord()).sealed;
  expect(wrappingKey.extractable).toBe(false);
  await expect(crypto.subtle.exportKey("raw", wrappingKey)).rejects.toThrow(/extractable/);
  // The storage key is derived, not the wrapped root itself.
  const root = await crypto.subtle.decrypt(
    {
      name: "AES-GCM",
      iv: (await readRecord()).sealed.root.iv,
      additionalData: new TextEncoder().encode(`${ALICE.userId}|${ALICE.deviceId}`),
    },
    wrappingKey,
    (await readRecord()).sealed.root.data,
  );
  expect(new Uint8Array(root)).not.toEqual(storageKey);
});

it("uses fresh keys for every session", async () => {
  const vault = createVault(NAME);
  await vault.store(ALICE, TOKEN);
  const { storageKey } = await unlocked();
  await vault.remove();
  await vault.store(ALICE, TOKEN);
  expect((await unlocked()).storageKey).not.toEqual(storageKey);
});

it.each([
  ["user", { ...ALICE, userId: "@mallory:example.org" }],
  ["device", { ...ALICE, deviceId: "OTHER" }],
  ["homeserver", { ...ALICE, homeserverUrl: "https://evil.example" }],
])("does not open a record whose %s was changed, and keeps it", async (_what, user) => {
  await createVault(NAME).store(ALICE, TOKEN);
  await writeRecord({ ...(await readRecord()), user });
  expect(await createVault(NAME).unlock()).toEqual(MISMATCH);
  expect((await readRecord()).user).toEqual(user);
});

it("does not open a record under another wrapping key", async () => {
  await createVault(NAME).store(ALICE, TOKEN);
  const record = await readRecord();
  const other = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, [
    "encrypt",
    "decrypt",
  ]);
  await writeRecord({ ...record, sealed: { ...record.sealed, wrappingKey: other } });
  expect(await createVault(NAME).unlock()).toEqual(MISMATCH);
  expect(await createVault(NAME).renew(ALICE, "new")).toEqual(MISMATCH);
});

it("reports a record that is none of ours, never wipes it by itself, and forgets it when asked", async () => {
  const vault = createVault(NAME);
  await vault.store(ALICE, TOKEN);
  const strange = { user: ALICE, token: "plain" };
  await writeRecord(strange);
  expect(await vault.read()).toEqual(MISMATCH);
  expect(await vault.unlock()).toEqual(MISMATCH);
  expect(await vault.store(ALICE, TOKEN)).toEqual(MISMATCH);
  expect(await vault.markCryptoStoreMade()).toEqual(MISMATCH);
  expect(await readRecord()).toEqual(strange);
  expect(await vault.remove()).toEqual({ ok: true, value: undefined });
  expect(await vault.read()).toEqual({ ok: true, value: null });
});

it("does not store over a session", async () => {
  const vault = createVault(NAME);
  await vault.store(ALICE, TOKEN);
  expect(await vault.store({ ...ALICE, deviceId: "NEW" }, "other")).toMatchObject({ ok: false });
  expect((await unlocked()).accessToken).toBe(TOKEN);
});

it("renews the token and keeps the storage key and the mark", async () => {
  const vault = createVault(NAME);
  await vault.store(ALICE, TOKEN);
  await vault.markCryptoStoreMade();
  const before = await unlocked();
  const moved = { ...ALICE, homeserverUrl: "https://new.example.org" };
  expect(await vault.renew(moved, "new-token")).toEqual({ ok: true, value: undefined });
  const after = await unlocked();
  expect(after).toMatchObject({ user: moved, accessToken: "new-token", cryptoStoreMade: true });
  expect(after.storageKey).toEqual(before.storageKey);
});

it.each([
  ["another user", { ...ALICE, userId: "@bob:example.org" }],
  ["another device", { ...ALICE, deviceId: "OTHER" }],
])("does not renew for %s", async (_who, user) => {
  const vault = createVault(NAME);
  await vault.store(ALICE, TOKEN);
  expect(await vault.renew(user, "new-token")).toMatchObject({ ok: false });
  expect((await unlocked()).accessToken).toBe(TOKEN);
});

/** Runs `work` between the reading and the writing of the next renewal. */
function whileRenewing(work: () => Promise<unknown>): void {
  const real = crypto.subtle.generateKey.bind(crypto.subtle);
  const spy = vi.spyOn(crypto.subtle, "generateKey");
  spy.mockImplementationOnce(async (algorithm, extractable, usages) => {
    spy.mockRestore();
    await work();
    return real(algorithm, extractable, usages);
  });
}

it("does not write a session back that was removed while it was renewed", async () => {
  const vault = createVault(NAME);
  await vault.store(ALICE, TOKEN);
  whileRenewing(() => createVault(NAME).remove());
  expect(await vault.renew(ALICE, "late")).toMatchObject({ ok: false });
  expect(await vault.read()).toEqual({ ok: true, value: null });
});

it("does not overwrite the token of a newer sign-in", async () => {
  const vault = createVault(NAME);
  await vault.store(ALICE, TOKEN);
  whileRenewing(() => createVault(NAME).renew(ALICE, "newer"));
  expect(await vault.renew(ALICE, "late")).toMatchObject({ ok: false });
  expect((await unlocked()).accessToken).toBe("newer");
});

it("keeps a mark that was set while it was renewed", async () => {
  const vault = createVault(NAME);
  await vault.store(ALICE, TOKEN);
  whileRenewing(() => createVault(NAME).markCryptoStoreMade());
  expect(await vault.renew(ALICE, "new-token")).toEqual({ ok: true, value: undefined });
  expect(await unlocked()).toMatchObject({ accessToken: "new-token", cryptoStoreMade: true });
});

it("removes the session with its crypto store, and no other", async () => {
  const mine = [
    `${cryptoStorePrefix(ALICE)}::matrix-sdk-crypto`,
    `${cryptoStorePrefix(ALICE)}::matrix-sdk-crypto-meta`,
  ];
  const bobs = `${cryptoStorePrefix({ userId: "@bob:example.org", deviceId: "B" })}::matrix-sdk-crypto`;
  for (const name of [...mine, bobs]) (await openDatabase(name, 1, () => undefined)).close();
  const vault = createVault(NAME);
  await vault.store(ALICE, TOKEN);
  expect(await vault.remove()).toEqual({ ok: true, value: undefined });
  expect(await vault.read()).toEqual({ ok: true, value: null });
  expect(await Promise.all(mine.map(databaseExists))).toEqual([false, false]);
  expect(await databaseExists(bobs)).toBe(true);
  await deleteDatabase(bobs);
});

it("finishes later what a held crypto store keeps it from deleting now", async () => {
  const name = `${cryptoStorePrefix(ALICE)}::matrix-sdk-crypto`;
  const holder = await new Promise<IDBDatabase>((resolve) => {
    const request = indexedDB.open(name);
    request.addEventListener("success", () => resolve(request.result));
  });
  const vault = createVault(NAME);
  await vault.store(ALICE, TOKEN);
  expect(await vault.remove()).toEqual({ ok: true, value: undefined });
  expect(await vault.read()).toEqual({ ok: true, value: null });
  holder.close();
  expect(await vault.sweep()).toEqual({ ok: true, value: undefined });
  expect(await databaseExists(name)).toBe(false);
}, 20_000);

it("never sweeps the crypto store of the stored session", async () => {
  const name = `${cryptoStorePrefix(ALICE)}::matrix-sdk-crypto`;
  const vault = createVault(NAME);
  await vault.store(ALICE, TOKEN);
  (await openDatabase(name, 1, () => undefined)).close();
  expect(await vault.sweep()).toEqual({ ok: true, value: undefined });
  expect(await databaseExists(name)).toBe(true);
  await deleteDatabase(name);
});

const NEXT: SignedInUser = { ...ALICE, deviceId: "NEXT" };
const DONE = { ok: true, value: undefined };

it("marks the session it is told of as ended, and no other", async () => {
  const vault = createVault(NAME);
  expect(await vault.markEnded(ALICE)).toEqual(DONE);
  await vault.store(ALICE, TOKEN);
  expect(await vault.markEnded(NEXT)).toEqual(DONE);
  expect(await vault.read()).toMatchObject({ value: { user: ALICE, ended: false } });
  expect(await vault.markEnded(ALICE)).toEqual(DONE);
  expect(await createVault(NAME).read()).toMatchObject({ value: { user: ALICE, ended: true } });
  expect(await vault.readEnded()).toEqual({ ok: true, value: [] });
});

it("does not renew an ended session, nor store anything over it", async () => {
  const vault = createVault(NAME);
  await vault.store(ALICE, TOKEN);
  await vault.markEnded(ALICE);
  const before = await readRecord();
  expect(await vault.renew(ALICE, "new-token")).toMatchObject({ ok: false });
  expect(await vault.store(NEXT, "new-token")).toMatchObject({ ok: false });
  expect(dump(await readRecord())).toBe(dump(before));
});

it("drops the token of a session that was ended, and keeps what opens its crypto store", async () => {
  const vault = createVault(NAME);
  await vault.store(ALICE, TOKEN);
  const { storageKey } = await unlocked();
  await vault.markEnded(ALICE);
  expect((await readRecord()).sealed.token.data).toHaveLength(0);
  expect(await vault.unlock()).toEqual(MISMATCH);
  await vault.storeBeside(NEXT, "new-token");
  expect(await vault.unlockEnded(cryptoStorePrefix(ALICE))).toEqual({
    ok: true,
    value: { storageKey },
  });
});

it("neither reads nor writes anything where tabs cannot lock each other out", async () => {
  const vault = createVault(NAME);
  await vault.store(ALICE, TOKEN);
  const before = dump(await readRecord());
  const unavailable = { ok: false, error: { kind: "storage", reason: "unavailable" } };
  const locks = withoutWebLocks();
  try {
    for (const answer of [
      await vault.read(),
      await vault.unlock(),
      await vault.store(ALICE, TOKEN),
      await vault.renew(ALICE, "new-token"),
      await vault.markCryptoStoreMade(),
      await vault.markEnded(ALICE),
      await vault.readEnded(),
      await vault.remove(),
      await vault.sweep(),
    ]) {
      expect(answer).toEqual(unavailable);
    }
  } finally {
    locks.restore();
  }
  expect(dump(await readRecord())).toBe(before);
});

it("makes no database by looking for a session", async () => {
  const vault = createVault(NAME);
  expect(await vault.read()).toEqual({ ok: true, value: null });
  expect(await vault.unlock()).toEqual({ ok: true, value: null });
  expect(await vault.readEnded()).toEqual({ ok: true, value: [] });
  expect(await vault.sweep()).toEqual(DONE);
  expect((await indexedDB.databases()).map(({ name }) => name)).not.toContain(NAME);
});

it("has a new wrapping key after every sign-in, and nothing of the old one is left", async () => {
  const vault = createVault(NAME);
  await vault.store(ALICE, TOKEN);
  const first = await readRecord();
  await vault.renew(ALICE, "new-token");
  const second = await readRecord();
  const { root } = second.sealed;
  const open = (wrappingKey: CryptoKey, sealedRoot: typeof root) =>
    crypto.subtle.decrypt(
      {
        name: "AES-GCM",
        iv: sealedRoot.iv,
        additionalData: new TextEncoder().encode(`${ALICE.userId}|${ALICE.deviceId}`),
      },
      wrappingKey,
      sealedRoot.data,
    );
  expect(second.sealed.wrappingKey.extractable).toBe(false);
  // The same root, but neither key opens what is under the other.
  const roots = [
    await open(first.sealed.wrappingKey, first.sealed.root),
    await open(second.sealed.wrappingKey, root),
  ];
  expect(roots[1]).toEqual(roots[0]);
  await expect(open(first.sealed.wrappingKey, root)).rejects.toThrow();
  await expect(open(second.sealed.wrappingKey, first.sealed.root)).rejects.toThrow();
  expect(await inSessions("readonly", (store) => store.count())).toBe(1);
  // What was stolen before is of no use with the record of now.
  await writeRecord({
    ...second,
    sealed: { ...second.sealed, wrappingKey: first.sealed.wrappingKey },
  });
  expect(await vault.unlock()).toEqual(MISMATCH);
});

it("wipes the bytes of root and token once they are sealed or opened", async () => {
  const seen: Uint8Array[] = [];
  const { subtle } = crypto;
  const encrypt = subtle.encrypt.bind(subtle);
  const decrypt = subtle.decrypt.bind(subtle);
  const spies = [
    vi.spyOn(subtle, "encrypt").mockImplementation((how, key, plain) => {
      if (plain instanceof Uint8Array) seen.push(plain);
      return encrypt(how, key, plain);
    }),
    vi.spyOn(subtle, "decrypt").mockImplementation(async (how, key, data) => {
      const plain = await decrypt(how, key, data);
      seen.push(new Uint8Array(plain));
      return plain;
    }),
  ];
  try {
    const vault = createVault(NAME);
    await vault.store(ALICE, TOKEN);
    await vault.unlock();
    await vault.renew(ALICE, "new-token");
    await vault.markEnded(ALICE);
    await vault.unlockEnded(cryptoStorePrefix(ALICE));
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  expect(seen).toHaveLength(8);
  expect(seen.filter((bytes) => bytes.some((byte) => byte !== 0))).toEqual([]);
});

it("keeps ended sessions and their keys beside the present one, as many as there are", async () => {
  const vault = createVault(NAME);
  await vault.store(ALICE, TOKEN);
  await vault.markCryptoStoreMade();
  const keys = [(await unlocked()).storageKey];
  await vault.markEnded(ALICE);
  expect(await vault.storeBeside(NEXT, "second-token")).toEqual(DONE);
  expect(await unlocked()).toMatchObject({ user: NEXT, ended: false, cryptoStoreMade: false });
  keys.push((await unlocked()).storageKey);
  await vault.markEnded(NEXT);
  const third = { ...ALICE, deviceId: "THIRD" };
  expect(await vault.storeBeside(third, "third-token")).toEqual(DONE);

  const again = createVault(NAME);
  const ended = await again.readEnded();
  expect(ended).toMatchObject({ ok: true, value: [{ user: ALICE }, { user: NEXT }] });
  for (const [index, user] of [ALICE, NEXT].entries()) {
    const opened = await again.unlockEnded(cryptoStorePrefix(user));
    expect(opened).toEqual({ ok: true, value: { storageKey: keys[index] } });
  }
  expect(await again.unlockEnded(cryptoStorePrefix(third))).toEqual(MISMATCH);
  expect(await unlocked()).toMatchObject({ user: third, accessToken: "third-token" });
});

it.each([
  ["a session that was not ended", false, NEXT],
  ["an ended session of somebody else", true, { ...NEXT, userId: "@bob:example.org" }],
  ["the ended device itself", true, ALICE],
])("puts nothing beside %s", async (_what, ended, user) => {
  const vault = createVault(NAME);
  await vault.store(ALICE, TOKEN);
  if (ended) await vault.markEnded(ALICE);
  const before = dump(await readRecord());
  expect(await vault.storeBeside(user, "new-token")).toMatchObject({ ok: false });
  expect(dump(await readRecord())).toBe(before);
  expect(await vault.readEnded()).toEqual({ ok: true, value: [] });
});

it("removes one ended session with its store, and leaves the present one and the others", async () => {
  const stores = ["DEVICE", "NEXT", "THIRD"].map((deviceId) => {
    const user = { ...ALICE, deviceId };
    return { user, name: `${cryptoStorePrefix(user)}::matrix-sdk-crypto` };
  });
  const vault = createVault(NAME);
  for (const { user, name } of stores) {
    (await openDatabase(name, 1, () => undefined)).close();
    if (user.deviceId === ALICE.deviceId) await vault.store(user, TOKEN);
    else expect(await vault.storeBeside(user, TOKEN)).toEqual(DONE);
    if (user.deviceId !== "THIRD") await vault.markEnded(user);
  }
  const exist = () => Promise.all(stores.map(({ name }) => databaseExists(name)));
  expect(await vault.removeEnded(cryptoStorePrefix(ALICE))).toEqual(DONE);
  expect(await vault.readEnded()).toMatchObject({ value: [{ user: NEXT }] });
  expect(await exist()).toEqual([false, true, true]);
  expect(await vault.sweep()).toEqual(DONE);
  expect(await exist()).toEqual([false, true, true]);
  // Leaving by choice takes all of it.
  expect(await vault.remove()).toEqual(DONE);
  expect(await exist()).toEqual([false, false, false]);
  expect(await vault.read()).toEqual({ ok: true, value: null });
  expect(await vault.readEnded()).toEqual({ ok: true, value: [] });
});

it("reads a session that was stored before there was a mark for ended ones", async () => {
  await createVault(NAME).store(ALICE, TOKEN);
  expect(await readRecord()).not.toHaveProperty("ended");
  expect(await createVault(NAME).read()).toMatchObject({ value: { user: ALICE, ended: false } });
});

it("says when the browser has no IndexedDB", async () => {
  const real = Object.getOwnPropertyDescriptor(globalThis, "indexedDB");
  Object.defineProperty(globalThis, "indexedDB", { configurable: true, value: undefined });
  try {
    const unavailable = { ok: false, error: { kind: "storage", reason: "unavailable" } };
    expect(await createVault(NAME).read()).toEqual(unavailable);
    expect(await createVault(NAME).store(ALICE, TOKEN)).toEqual(unavailable);
  } finally {
    if (real) Object.defineProperty(globalThis, "indexedDB", real);
  }
});
