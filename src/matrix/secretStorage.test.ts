import { ok, fail } from "@/domain/result";
import { expect, test } from "vitest";
import {
  BACKUP_SECRET,
  checkStorageKey,
  readAccountData,
  readDefaultKey,
  readSecret,
  storeSecret,
  writeAccountData,
  writeKeyDescription,
  type StorageKey,
} from "./secretStorage";
import { decodeBackupSecret } from "./secretStorageBackupKey";
import { openDefaultKey } from "./secretStorageUnlock";
import { readSecretStorageStatus } from "./secretStorageStatus";
import type { SessionContext } from "./sessionContext";

type Requests = Pick<SessionContext, "request" | "user">;

/** The account data of one user, kept as a homeserver keeps it. */
function accountData(lose: (path: string) => boolean = () => false): Requests {
  const stored = new Map<string, unknown>();
  return {
    user: { userId: "@a/b:c", deviceId: "D", homeserverUrl: "https://c" },
    request(method, path, options) {
      if (method === "GET") {
        return Promise.resolve(
          stored.has(path)
            ? ok(structuredClone(stored.get(path)))
            : fail({ kind: "server", status: 404, errcode: "M_NOT_FOUND", message: null }),
        );
      }
      if (!lose(path)) stored.set(path, JSON.parse(JSON.stringify(options?.body)));
      return Promise.resolve(ok({}));
    },
  };
}

function newKey(keyId = "one"): StorageKey {
  return { keyId, bytes: crypto.getRandomValues(new Uint8Array(32)) };
}

async function withDefaultKey(requests: Requests): Promise<StorageKey> {
  const key = newKey();
  await writeKeyDescription(requests, key);
  await writeAccountData(requests, "m.secret_storage.default_key", { key: key.keyId });
  return key;
}

test("a secret is stored, read back, and opened by its key only", async () => {
  const requests = accountData();
  const key = await withDefaultKey(requests);
  expect(await storeSecret(requests, BACKUP_SECRET, "a secret", key)).toEqual(ok(undefined));
  expect(await readSecret(requests, BACKUP_SECRET, key)).toEqual(ok({ text: "a secret" }));
  expect(await readSecret(requests, BACKUP_SECRET, newKey())).toEqual(ok("unreadable"));
  expect(await readSecret(requests, BACKUP_SECRET, newKey("two"))).toEqual(ok("absent"));
});

test("copies of a secret under other keys stay", async () => {
  const requests = accountData();
  const [one, two] = [newKey("one"), newKey("two")];
  await storeSecret(requests, BACKUP_SECRET, "old", one);
  await storeSecret(requests, BACKUP_SECRET, "new", two);
  expect(await readSecret(requests, BACKUP_SECRET, one)).toEqual(ok({ text: "old" }));
  expect(await readSecret(requests, BACKUP_SECRET, two)).toEqual(ok({ text: "new" }));
});

test("what stands under the key is overwritten only when it is what the caller means to replace", async () => {
  const requests = accountData();
  const key = newKey();
  const changed = fail({ kind: "secret_storage", reason: "changed_meanwhile" });
  await storeSecret(requests, BACKUP_SECRET, "old", key);
  expect(await storeSecret(requests, BACKUP_SECRET, "new", key)).toEqual(changed);
  expect(await storeSecret(requests, BACKUP_SECRET, "new", key, { replaces: "x" })).toEqual(
    changed,
  );
  expect(await readSecret(requests, BACKUP_SECRET, key)).toEqual(ok({ text: "old" }));
  expect(await storeSecret(requests, BACKUP_SECRET, "new", key, { replaces: "old" })).toEqual(
    ok(undefined),
  );
  expect(await readSecret(requests, BACKUP_SECRET, key)).toEqual(ok({ text: "new" }));
});

test.each([
  ["an entry that is no secret", { encrypted: { one: {} } }],
  ["entries that are no object", { encrypted: "text" }],
  ["a secret of another key", { encrypted: { one: { iv: "A", ciphertext: "B", mac: "C" } } }],
])("%s is unreadable, not absent, and is not overwritten", async (_name, content) => {
  const requests = accountData();
  await writeAccountData(requests, BACKUP_SECRET, content);
  expect(await readSecret(requests, BACKUP_SECRET, newKey())).toEqual(ok("unreadable"));
  expect((await storeSecret(requests, BACKUP_SECRET, "new", newKey())).ok).toBe(false);
  expect(await readAccountData(requests, BACKUP_SECRET)).toEqual(ok(content));
});

test("a server that says yes and stores nothing is found out", async () => {
  const requests = accountData((path) => path.endsWith(BACKUP_SECRET));
  const key = await withDefaultKey(requests);
  expect(await storeSecret(requests, BACKUP_SECRET, "x", key)).toEqual(
    fail({ kind: "secret_storage", reason: "read_back_failed" }),
  );
});

test("blanked account data counts as absent", async () => {
  const requests = accountData();
  await writeAccountData(requests, "m.test", {});
  expect(await readAccountData(requests, "m.test")).toEqual(ok(null));
  await writeAccountData(requests, "m.secret_storage.default_key", {});
  expect(await readDefaultKey(requests)).toEqual(ok({ kind: "absent" }));
});

test.each([
  ["no key id", { other: 1 }, {}],
  ["a key id that is not text", { key: 4 }, {}],
  ["no description", { key: "one" }, {}],
  ["an unknown algorithm", { key: "one" }, { algorithm: "m.other" }],
])("a default key with %s is broken", async (_name, pointer, description) => {
  const requests = accountData();
  await writeAccountData(requests, "m.secret_storage.default_key", pointer);
  await writeAccountData(requests, "m.secret_storage.key.one", description);
  expect(await readDefaultKey(requests)).toMatchObject(ok({ kind: "broken" }));
  expect(await readSecretStorageStatus(requests)).toMatchObject(
    ok({ defaultKey: "broken", backupKeyStored: false, crossSigningKeysStored: false }),
  );
  expect(await openDefaultKey(requests, newKey().bytes)).toEqual(
    fail({ kind: "secret_storage", reason: "default_key_broken" }),
  );
});

test("the check value accepts its key, padded or not, and no other", async () => {
  const requests = accountData();
  const key = await withDefaultKey(requests);
  const read = await readDefaultKey(requests);
  if (!read.ok || read.value.kind !== "present" || read.value.mac === null) {
    throw new Error("no check value");
  }
  const { iv, mac } = read.value;
  expect(await checkStorageKey({ iv, mac }, key.bytes)).toBe("match");
  expect(await checkStorageKey({ iv, mac: mac.replace(/=+$/, "") }, key.bytes)).toBe("match");
  expect(await checkStorageKey({ iv, mac }, newKey().bytes)).toBe("no_match");
  expect(await checkStorageKey({ iv, mac: null }, key.bytes)).toBe("unproven");
  expect(await checkStorageKey({ iv: null, mac }, key.bytes)).toBe("unproven");
  expect(await checkStorageKey({ iv: "%%%", mac }, key.bytes)).toBe("unproven");
});

test("without a check value and without secrets no key can be proven", async () => {
  const requests = accountData();
  await writeAccountData(requests, "m.secret_storage.default_key", { key: "one" });
  await writeAccountData(requests, "m.secret_storage.key.one", {
    algorithm: "m.secret_storage.v1.aes-hmac-sha2",
  });
  expect(await openDefaultKey(requests, newKey().bytes)).toEqual(
    fail({ kind: "secret_storage", reason: "default_key_broken" }),
  );
});

test("the status names what is stored under the default key only", async () => {
  const requests = accountData();
  expect(await readSecretStorageStatus(requests)).toEqual(
    ok({
      defaultKey: "absent",
      keyId: null,
      backupKeyStored: false,
      crossSigningKeysStored: false,
      underOtherKey: false,
      identityUnderOtherKey: false,
    }),
  );
  const key = await withDefaultKey(requests);
  await storeSecret(requests, BACKUP_SECRET, "x", newKey("elsewhere"));
  await storeSecret(requests, "m.cross_signing.master", "m", key);
  await storeSecret(requests, "m.cross_signing.self_signing", "s", key);
  expect(await readSecretStorageStatus(requests)).toEqual(
    ok({
      defaultKey: "present",
      keyId: "one",
      backupKeyStored: false,
      crossSigningKeysStored: false,
    }),
  );
  await storeSecret(requests, "m.cross_signing.user_signing", "u", key);
  await storeSecret(requests, BACKUP_SECRET, "x", key);
  expect(await readSecretStorageStatus(requests)).toMatchObject(
    ok({ backupKeyStored: true, crossSigningKeysStored: true }),
  );
});

test.each([
  ["blanked", {}, "absent"],
  ["leading nowhere", { key: "nowhere" }, "broken"],
])(
  "secrets under a key that is described are seen with the pointer %s",
  async (_, pointer, defaultKey) => {
    const requests = accountData();
    const key = await withDefaultKey(requests);
    await storeSecret(requests, BACKUP_SECRET, "x", key);
    await writeAccountData(requests, "m.secret_storage.default_key", pointer);
    expect(await readSecretStorageStatus(requests)).toMatchObject(
      ok({ defaultKey, underOtherKey: true, backupKeyStored: false }),
    );
    await writeAccountData(requests, "m.secret_storage.key.one", {});
    expect(await readSecretStorageStatus(requests)).toMatchObject(
      ok({ defaultKey, underOtherKey: false }),
    );
  },
);

test.each([
  ["hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo", 32],
  ["hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=", 32],
  [" hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo\n", 32],
  ["", null],
  ["hSDwCYkwp1R0i33ctD73Wg2", null],
  ["hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmohSDw", null],
  ["EsTR nQxn 8U4h", null],
])("the backup secret %j has %j bytes", (text, length) => {
  expect(decodeBackupSecret(text)?.length ?? null).toBe(length);
});
