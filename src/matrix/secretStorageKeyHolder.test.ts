import { ServerSideSecretStorageImpl } from "matrix-js-sdk/lib/secret-storage";
import { expect, it } from "vitest";
import { createSecretStorageKeyHolder } from "./secretStorageKeyHolder";

/** The SDK's own secret storage over account data in memory, with our callbacks under it. */
function setUp() {
  const data = new Map<string, unknown>();
  const account = {
    getAccountDataFromServer: (type: string) => Promise.resolve(data.get(type) ?? null),
    setAccountData: (type: string, content: unknown) => {
      data.set(type, content);
      return Promise.resolve({});
    },
    on: () => account,
    off: () => account,
    removeListener: () => account,
  };
  const { holder, callbacks } = createSecretStorageKeyHolder((key, info) =>
    storage.checkKey(new Uint8Array(key), info),
  );
  const storage: ServerSideSecretStorageImpl = new ServerSideSecretStorageImpl(
    account as never,
    callbacks,
  );
  return { storage, holder, callbacks };
}

const right = (): Uint8Array<ArrayBuffer> => new Uint8Array(32).fill(7);
const wrong = (): Uint8Array<ArrayBuffer> => new Uint8Array(32).fill(8);
const NO_KEY = /callback returned falsey/;

it("lends the key to the SDK while the operation runs, and only then", async () => {
  const { storage, holder } = setUp();
  const { keyId } = await storage.addKey("m.secret_storage.v1.aes-hmac-sha2", { key: right() });
  const key = right();
  await expect(storage.store("m.megolm_backup.v1", "secret", [keyId])).rejects.toThrow(NO_KEY);
  await holder.withKey(key, () => storage.store("m.megolm_backup.v1", "secret", [keyId]));
  expect(await holder.withKey(key, () => storage.get("m.megolm_backup.v1"))).toBe("secret");
  await expect(storage.get("m.megolm_backup.v1")).rejects.toThrow(NO_KEY);
  expect(key).toEqual(right());
});

it("does not lend a key that its description refuses", async () => {
  const { storage, holder } = setUp();
  const { keyId } = await storage.addKey("m.secret_storage.v1.aes-hmac-sha2", { key: right() });
  await holder.withKey(right(), () => storage.store("m.megolm_backup.v1", "secret", [keyId]));
  await expect(holder.withKey(wrong(), () => storage.get("m.megolm_backup.v1"))).rejects.toThrow(
    NO_KEY,
  );
});

it("skips descriptions it does not understand", async () => {
  const { holder, callbacks } = setUp();
  const keys = {
    a: { algorithm: "m.other" },
    b: { algorithm: "m.secret_storage.v1.aes-hmac-sha2" },
  };
  const answer = await holder.withKey(right(), async () =>
    callbacks.getSecretStorageKey?.({ keys: keys as never }, "m.megolm_backup.v1"),
  );
  expect(answer?.[0]).toBe("b");
});

it("zeroes what it lent, also when the operation fails", async () => {
  const { holder, callbacks } = setUp();
  const keys = { b: { algorithm: "m.secret_storage.v1.aes-hmac-sha2" } };
  let lent: Uint8Array | undefined;
  const failing = holder.withKey(right(), async () => {
    lent = (
      await callbacks.getSecretStorageKey?.({ keys: keys as never }, "m.megolm_backup.v1")
    )?.[1];
    expect(lent).toEqual(right());
    throw new Error("failed");
  });
  await expect(failing).rejects.toThrow("failed");
  expect(lent).toEqual(new Uint8Array(32));
  expect(
    await callbacks.getSecretStorageKey?.({ keys: keys as never }, "m.megolm_backup.v1"),
  ).toBeNull();
});
