import type { KeyEntryPort } from "@/domain/keyEntry";
import { encodeRecoveryKey, type RecoveryKey } from "@/domain/recoveryKey";
import { fail } from "@/domain/result";
import { derivePbkdf2 } from "@/lib/pbkdf2";
import { encodeBase64 } from "matrix-js-sdk/lib/base64";
import { calculateKeyCheck } from "matrix-js-sdk/lib/secret-storage";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { openSetUpAccount } from "./accountRig";
import { openDevice, valueOf, type TestDevice } from "./integrationDevice";
import { startHomeserver, type Homeserver } from "./integrationHomeserver";
import { createKeyBackup } from "./keyBackup";
import { createKeyEntry } from "./keyEntry";
import { backupPublicKeyOf, randomBackupKey } from "./olmMachine";
import { readSecret, storeSecret, type SecretName, type StorageKey } from "./secretStorage";
import type { SessionContext } from "./sessionContext";

/* Every kind of key that opens a backup, and everything that can be wrong with one. */

const PATIENCE = { timeout: 20_000, interval: 50 };
const ALGORITHM = "m.megolm_backup.v1.curve25519-aes-sha2";
const PASSPHRASE = "  Pass phrase with every character  counting ";
const ITERATIONS = 100_000;
const SECRETS: readonly SecretName[] = [
  "m.megolm_backup.v1",
  "m.cross_signing.master",
  "m.cross_signing.self_signing",
  "m.cross_signing.user_signing",
];

let server: Homeserver;
beforeAll(async () => {
  server = await startHomeserver();
});
afterAll(() => server.stop());

let userId: string;
/** The device that made everything. */
let first: TestDevice;
let key: RecoveryKey;
let keyId: string;
let version: string;
/** The device that is to be unlocked. */
let device: TestDevice;
let keyEntry: KeyEntryPort;

beforeEach(async () => {
  ({ userId, device: first, key, keyId, version } = await openSetUpAccount(server));
  device = await openDevice(server, userId);
  keyEntry = createKeyEntry(device.context);
  return () => {
    first.stop();
    device.stop();
  };
});

const unlock = (bytes: Uint8Array) =>
  createKeyBackup(device.context).unlock(recoveryKeyOf(bytes.slice()));
const heldKey = (on = device) => on.context.crypto().getSessionBackupPrivateKey();
const changes = () => server.seen.filter(({ method }) => method === "PUT" || method === "DELETE");
const wrongKey = () => fail({ kind: "recovery_key", problem: { reason: "does_not_match", keyId } });
const storageError = (reason: string) => fail({ kind: "secret_storage", reason });
const neverAborted = new AbortController().signal;

function recoveryKeyOf(given: Uint8Array): RecoveryKey {
  const bytes = Uint8Array.from(given);
  return { bytes, text: encodeRecoveryKey(bytes) };
}

function newBytes(): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(32));
}

async function put(type: string, content: unknown): Promise<void> {
  const path = `/user/${encodeURIComponent(userId)}/account_data/${encodeURIComponent(type)}`;
  valueOf(await first.context.request("PUT", path, { body: content }));
}

async function read(type: string): Promise<Record<string, unknown>> {
  const path = `/user/${encodeURIComponent(userId)}/account_data/${encodeURIComponent(type)}`;
  return valueOf(await first.context.request("GET", path)) as Record<string, unknown>;
}

/** What the device's sync has told of, so that a key can be found by its id. */
async function synced(type: string): Promise<void> {
  await vi.waitUntil(() => device.client.store.accountData.has(type), PATIENCE);
}

/** Describes a key of secret storage that is not the default one. */
async function describeKey(
  bytes: Uint8Array<ArrayBuffer>,
  more: Record<string, unknown> = {},
): Promise<StorageKey> {
  const id = `other-${crypto.randomUUID()}`;
  const { iv, mac } = await calculateKeyCheck(bytes);
  const algorithm = "m.secret_storage.v1.aes-hmac-sha2";
  await put(`m.secret_storage.key.${id}`, { algorithm, iv, mac, ...more });
  await synced(`m.secret_storage.key.${id}`);
  return { keyId: id, bytes };
}

/** Stores every secret under another key as well. */
async function copySecrets(to: StorageKey): Promise<void> {
  for (const name of SECRETS) {
    const secret = valueOf(await readSecret(first.context, name, { keyId, bytes: key.bytes }));
    if (typeof secret !== "object") throw new Error(`${name} is not there`);
    valueOf(await storeSecret(first.context, name, secret.text, to));
  }
}

/** A backup on top of the one there is; answers with its version. */
async function addBackup(publicKey: string, authData: Record<string, unknown> = {}) {
  const body = { algorithm: ALGORITHM, auth_data: { public_key: publicKey, ...authData } };
  const answer = await first.context.request("POST", "/room_keys/version", { body });
  return (valueOf(answer) as { version: string }).version;
}

async function backupKey(): Promise<Uint8Array<ArrayBuffer>> {
  const held = await heldKey(first);
  if (held === null) throw new Error("the first device holds no backup key");
  return Uint8Array.from(held);
}

test("after set-up the backup's key is held already, and is the backup's", async () => {
  const info = valueOf(await createKeyBackup(first.context).fetchBackupInfo());
  expect(await backupPublicKeyOf(await backupKey())).toBe(info?.publicKey);
});

describe("another key of secret storage than the default one", () => {
  test("opens everything, and is named", async () => {
    const other = await describeKey(newBytes(), { name: "Old laptop" });
    await copySecrets(other);
    expect(valueOf(await unlock(other.bytes))).toEqual({
      deviceVerified: true,
      backup: "ready",
      version,
      openedBy: {
        kind: "storage_key",
        keyId: other.keyId,
        name: "Old laptop",
        isDefault: false,
      },
    });
    expect(await heldKey()).toEqual(await heldKey(first));
  });

  test("also when the default key is gone", async () => {
    const other = await describeKey(newBytes());
    await copySecrets(other);
    await put(`m.secret_storage.key.${keyId}`, {});
    expect(valueOf(await unlock(other.bytes)).openedBy).toMatchObject({ isDefault: false });
  });

  test("with nothing behind it, it was the recovery key before", async () => {
    const other = await describeKey(newBytes(), { name: "First\u202Ekey\n" });
    server.startRecord();
    expect(await unlock(other.bytes)).toEqual(
      fail({ kind: "recovery_key", problem: { reason: "former_key", name: "Firstkey" } }),
    );
    expect(await heldKey()).toBeNull();
    expect(changes()).toEqual([]);
  });

  test("the backup's key is behind the other one only: the default key says so", async () => {
    const other = await describeKey(newBytes());
    await copySecrets(other);
    const { encrypted } = (await read("m.megolm_backup.v1")) as {
      encrypted: Record<string, unknown>;
    };
    await put("m.megolm_backup.v1", { encrypted: { [other.keyId]: encrypted[other.keyId] } });
    expect(await unlock(key.bytes)).toEqual(storageError("backup_key_elsewhere"));
    expect(valueOf(await unlock(other.bytes)).backup).toBe("ready");
  });

  test("none of them fits: it is the wrong key of the default one", async () => {
    await describeKey(newBytes());
    expect(await unlock(newBytes())).toEqual(wrongKey());
  });
});

describe("the backup's own decryption key", () => {
  test("is recognised, opens the backup and enables the upload, and verifies nothing", async () => {
    server.startRecord();
    expect(valueOf(await unlock(await backupKey()))).toEqual({
      deviceVerified: false,
      backup: "ready",
      version,
      openedBy: { kind: "decryption_key" },
    });
    const keyBackup = createKeyBackup(device.context);
    expect(valueOf(await keyBackup.readActiveVersion())).toBe(version);
    expect(await heldKey()).toEqual(await heldKey(first));
    expect(changes()).toEqual([]);
  });

  test.each([
    ["no secret storage at all", {}],
    ["a default key that is described nowhere", { key: "nowhere" }],
  ])("works with %s", async (_, pointer) => {
    await put("m.secret_storage.default_key", pointer);
    await put(`m.secret_storage.key.${keyId}`, {});
    expect(valueOf(await unlock(await backupKey())).openedBy).toEqual({ kind: "decryption_key" });
  });

  test("of an older backup that is still there is called that, and is not kept", async () => {
    const old = await backupKey();
    valueOf(await unlock(key.bytes));
    const good = await heldKey();
    await addBackup(await backupPublicKeyOf(await randomBackupKey()));
    await addBackup(await backupPublicKeyOf(await randomBackupKey()));
    expect(await unlock(old)).toEqual(
      fail({ kind: "recovery_key", problem: { reason: "older_backup", version, of: "entry" } }),
    );
    expect(await heldKey()).toEqual(good);
  });

  test("of an older backup that is gone is only a wrong key", async () => {
    const old = await backupKey();
    await addBackup(await backupPublicKeyOf(await randomBackupKey()));
    valueOf(await first.context.request("DELETE", `/room_keys/version/${version}`));
    expect(await unlock(old)).toEqual(wrongKey());
  });

  test("when the older ones cannot be asked for, that is the answer, and not a wrong key", async () => {
    await addBackup(await backupPublicKeyOf(await randomBackupKey()));
    const mend = server.fail({
      matches: ({ path }) => path === `/room_keys/version/${version}`,
      status: 500,
      body: JSON.stringify({ errcode: "M_UNKNOWN" }),
    });
    expect(await unlock(newBytes())).toMatchObject({ error: { kind: "server", status: 500 } });
    mend();
  });

  test("the recovery key leads to an older backup: which one is said", async () => {
    const newer = await addBackup(await backupPublicKeyOf(await randomBackupKey()));
    expect(Number(newer)).toBeGreaterThan(Number(version));
    expect(await unlock(key.bytes)).toEqual(
      fail({ kind: "recovery_key", problem: { reason: "older_backup", version, of: "secret" } }),
    );
    expect(await heldKey()).toBeNull();
  });

  test("the recovery key leads to no backup that is there", async () => {
    await addBackup(await backupPublicKeyOf(await randomBackupKey()));
    valueOf(await first.context.request("DELETE", `/room_keys/version/${version}`));
    expect(await unlock(key.bytes)).toEqual(
      fail({ kind: "recovery_key", problem: { reason: "other_backup" } }),
    );
  });

  test("a server with a long history is asked ten times, not a thousand", async () => {
    for (let made = 0; made < 13; made++) {
      await addBackup(await backupPublicKeyOf(await randomBackupKey()));
    }
    server.startRecord();
    expect(await unlock(newBytes())).toEqual(wrongKey());
    const asked = server.seen.filter(({ path }) => /^\/room_keys\/version\/\d+$/.test(path));
    expect(asked.map(({ path }) => Number(path.split("/").at(-1)))).toEqual(
      Array.from({ length: 10 }, (_, index) => 13 - index),
    );
  });
});

describe("set by hand", () => {
  test("the right key is kept, enabled and reported by a fresh read", async () => {
    const given = await backupKey();
    const copied = vi.spyOn(Uint8Array, "from");
    expect(valueOf(await keyEntry.setDecryptionKey(given))).toEqual({
      deviceVerified: false,
      backup: "ready",
      version,
      openedBy: { kind: "decryption_key" },
    });
    const copies = copied.mock.results.filter((_, nth) => copied.mock.calls[nth]?.[0] === given);
    copied.mockRestore();
    expect(copies.map(({ value }) => value)).toEqual([new Uint8Array(32)]);
    expect(valueOf(await createKeyBackup(device.context).readActiveVersion())).toBe(version);
  });

  test.each([
    ["another backup's key", () => randomBackupKey()],
    ["the recovery key", () => Promise.resolve(key.bytes.slice())],
  ])("%s never takes the place of the good one", async (_, wrong) => {
    valueOf(await keyEntry.setDecryptionKey(await backupKey()));
    const good = await heldKey();
    expect(good?.length).toBe(32);
    expect(await keyEntry.setDecryptionKey(await wrong())).toEqual(
      fail({ kind: "recovery_key", problem: { reason: "not_this_backup", version } }),
    );
    expect(await heldKey()).toEqual(good);
    expect(valueOf(await createKeyBackup(device.context).readActiveVersion())).toBe(version);
  });

  test("without a backup, and with a server that does not say, nothing is kept", async () => {
    const right = await backupKey();
    const mend = server.fail({
      matches: ({ method, path }) => method === "GET" && path === "/room_keys/version",
      status: 502,
      body: "<html>Bad gateway</html>",
    });
    expect(await keyEntry.setDecryptionKey(right)).toMatchObject({ error: { kind: "server" } });
    mend();
    valueOf(await first.context.request("DELETE", `/room_keys/version/${version}`));
    expect(await keyEntry.setDecryptionKey(right)).toEqual(fail({ kind: "no_backup" }));
    expect(await heldKey()).toBeNull();
  });
});

describe("a failure at any request", () => {
  /** The device, with its request number `nth` answered by a broken server. */
  function failing(nth: number) {
    let asked = 0;
    const context: SessionContext = {
      ...device.context,
      request: (method, path, options) => {
        asked++;
        return asked === nth
          ? Promise.resolve(fail({ kind: "network", detail: "cut" }))
          : device.context.request(method, path, options);
      },
    };
    return { context, asked: () => asked };
  }

  test.each([
    ["the recovery key", () => Promise.resolve(key.bytes.slice())],
    ["the backup's own key", () => backupKey()],
  ])("with %s: it says so, no wrong key is kept, and the next try works", async (_, entered) => {
    const right = await heldKey(first);
    const bytes = await entered();
    for (let nth = 1; ; nth++) {
      const { context, asked } = failing(nth);
      const outcome = await createKeyBackup(context).unlock(recoveryKeyOf(bytes));
      if (outcome.ok) {
        expect(asked()).toBeLessThan(nth);
        expect(nth).toBeGreaterThan(5);
        break;
      }
      expect(outcome.error).toEqual({ kind: "network", detail: "cut" });
      expect([null, right]).toContainEqual(await heldKey());
    }
    expect(await heldKey()).toEqual(right);
  });

  test("with a wrong key: it is never said to be right, nor wrong before that is known", async () => {
    const bytes = newBytes();
    for (let nth = 1; ; nth++) {
      const { context, asked } = failing(nth);
      const outcome = await createKeyBackup(context).unlock(recoveryKeyOf(bytes));
      expect(await heldKey()).toBeNull();
      if (asked() < nth) {
        expect(outcome).toEqual(wrongKey());
        break;
      }
      expect(outcome).toEqual(fail({ kind: "network", detail: "cut" }));
    }
  });
});

describe("each way that secret storage can be out of order has its own name", () => {
  test.each([
    ["the pointer was blanked", {}, null, "turned_off"],
    ["the pointer has no id", { other: 1 }, null, "default_key_broken"],
    ["the pointer leads nowhere", { key: "nowhere" }, null, "default_key_missing"],
    ["the description was blanked", null, {}, "default_key_missing"],
    ["the algorithm is not known", null, { algorithm: "m.next" }, "default_key_unsupported"],
  ])("%s", async (_, pointer, description, reason) => {
    if (pointer !== null) {
      // What the old description says must not stand in for what is missing.
      await put(`m.secret_storage.key.${keyId}`, {});
      await put("m.secret_storage.default_key", pointer);
    }
    if (description !== null) await put(`m.secret_storage.key.${keyId}`, description);
    expect(await unlock(key.bytes)).toEqual(storageError(reason));
    expect(await heldKey()).toBeNull();
  });

  test("nothing can be checked: neither a check value nor a secret", async () => {
    await put(`m.secret_storage.key.${keyId}`, { algorithm: "m.secret_storage.v1.aes-hmac-sha2" });
    for (const name of SECRETS) await put(name, {});
    expect(await unlock(key.bytes)).toEqual(storageError("default_key_unprovable"));
  });

  test("the backup's secret was never stored", async () => {
    await put("m.megolm_backup.v1", { encrypted: {} });
    expect(await unlock(key.bytes)).toEqual(storageError("backup_key_missing"));
  });

  test.each(["not base64!", encodeBase64(new Uint8Array(16))])(
    "the secret decrypts to %j, which is no key",
    async (text) => {
      await put("m.megolm_backup.v1", {});
      valueOf(
        await storeSecret(first.context, "m.megolm_backup.v1", text, { keyId, bytes: key.bytes }),
      );
      expect(await unlock(key.bytes)).toEqual(storageError("backup_key_malformed"));
      expect(await heldKey()).toBeNull();
    },
  );
});

test("the key is judged by what the server says on submit, not by what it said before", async () => {
  // The device knows the old key as the default; another one changes it while a person types.
  expect(valueOf(await keyEntry.readOptions()).recoveryPassphrase).toBe(false);
  const next: StorageKey = { keyId: "next", bytes: newBytes() };
  const { iv, mac } = await calculateKeyCheck(next.bytes);
  const algorithm = "m.secret_storage.v1.aes-hmac-sha2";
  await put("m.secret_storage.key.next", { algorithm, iv, mac });
  await copySecrets(next);
  await put("m.secret_storage.default_key", { key: "next" });
  for (const name of SECRETS) {
    const { encrypted } = (await read(name)) as { encrypted: Record<string, unknown> };
    await put(name, { encrypted: { next: encrypted.next } });
  }
  expect(valueOf(await unlock(next.bytes)).openedBy).toMatchObject({
    keyId: "next",
    isDefault: true,
  });
  // The one before is known by the sync, and nothing is behind it.
  expect(await unlock(key.bytes)).toMatchObject({
    error: { kind: "recovery_key", problem: { reason: "former_key" } },
  });
});

describe("a passphrase", () => {
  const info = { algorithm: "m.pbkdf2", salt: "some salt", iterations: ITERATIONS };

  /** Makes the default key one that is made from the passphrase. */
  async function usePassphrase(
    passphrase: Record<string, unknown> = info,
    more: Record<string, unknown> = {},
  ): Promise<StorageKey> {
    const bytes = await derivePbkdf2(PASSPHRASE, info);
    const made = await describeKey(bytes, { passphrase, ...more });
    await copySecrets(made);
    await put("m.secret_storage.default_key", { key: made.keyId });
    return made;
  }

  test("opens what its key opens; every character of it counts", async () => {
    const made = await usePassphrase();
    expect(valueOf(await keyEntry.readOptions())).toEqual({
      recoveryPassphrase: true,
      backupPassphrase: false,
    });
    server.startRecord();
    const derived: ArrayBuffer[] = [];
    const { subtle } = crypto;
    const deriveBits = subtle.deriveBits.bind(subtle);
    const deriving = vi.spyOn(subtle, "deriveBits");
    deriving.mockImplementation(async (how, from, length) => {
      const bits = await deriveBits(how, from, length);
      if (Object(how).name === "PBKDF2") derived.push(bits);
      return bits;
    });
    expect(await keyEntry.unlockWithPassphrase(PASSPHRASE.trim(), neverAborted)).toEqual(
      fail({ kind: "passphrase", problem: { reason: "does_not_match" } }),
    );
    expect(await heldKey()).toBeNull();
    expect(valueOf(await keyEntry.unlockWithPassphrase(PASSPHRASE, neverAborted))).toEqual({
      deviceVerified: true,
      backup: "ready",
      version,
      openedBy: { kind: "storage_key", keyId: made.keyId, name: null, isDefault: true },
    });
    deriving.mockRestore();
    // The wrong one and the right one.
    const zeros = new Uint8Array(32);
    expect(derived.map((bits) => new Uint8Array(bits))).toEqual([zeros, zeros]);
    expect(changes()).toEqual([]);
  });

  test("made by the SDK opens, too", async () => {
    const made = await first.context.crypto().createRecoveryKeyFromPassphrase(PASSPHRASE);
    const other = await describeKey(Uint8Array.from(made.privateKey), {
      passphrase: made.keyInfo?.passphrase,
    });
    await copySecrets(other);
    const opened = valueOf(await keyEntry.unlockWithPassphrase(PASSPHRASE, neverAborted));
    expect(opened.openedBy).toMatchObject({ keyId: other.keyId, isDefault: false });
  });

  test("of a key without a check value is proven by the secrets it opens", async () => {
    await usePassphrase(info, { iv: undefined, mac: undefined });
    expect(await keyEntry.unlockWithPassphrase("another", neverAborted)).toEqual(
      fail({ kind: "passphrase", problem: { reason: "does_not_match" } }),
    );
    expect(valueOf(await keyEntry.unlockWithPassphrase(PASSPHRASE, neverAborted)).backup).toBe(
      "ready",
    );
  });

  test.each([
    ["too few rounds", { ...info, iterations: 1 }, { reason: "iterations", are: "few" }],
    ["too many rounds", { ...info, iterations: 2 ** 31 }, { reason: "iterations", are: "many" }],
    ["another size", { ...info, bits: 128 }, { reason: "unsupported" }],
    ["no salt", { ...info, salt: undefined }, { reason: "unsupported" }],
  ])("with %s is refused with the reason", async (_, passphrase, problem) => {
    await usePassphrase(passphrase);
    expect(valueOf(await keyEntry.readOptions()).recoveryPassphrase).toBe(true);
    expect(await keyEntry.unlockWithPassphrase(PASSPHRASE, neverAborted)).toMatchObject(
      fail({ kind: "passphrase", problem }),
    );
    // The key itself needs no rounds.
    expect(valueOf(await unlock(await derivePbkdf2(PASSPHRASE, info))).backup).toBe("ready");
  });

  test("is tried on every key, however many there are", async () => {
    for (let made = 0; made < 5; made++) {
      await describeKey(newBytes(), { passphrase: { ...info, salt: `of another ${made}` } });
    }
    const last = await describeKey(await derivePbkdf2(PASSPHRASE, info), { passphrase: info });
    await copySecrets(last);
    const opened = valueOf(await keyEntry.unlockWithPassphrase(PASSPHRASE, neverAborted));
    expect(opened.openedBy).toMatchObject({ keyId: last.keyId });
    expect(await keyEntry.unlockWithPassphrase("another", neverAborted)).toEqual(
      fail({ kind: "passphrase", problem: { reason: "does_not_match" } }),
    );
  });

  test("is not called wrong when some keys would take too long to try", async () => {
    const slow = { ...info, iterations: 10_000_000 };
    for (let made = 0; made < 3; made++) await describeKey(newBytes(), { passphrase: slow });
    await describeKey(newBytes(), { passphrase: info });
    // As long as it takes is not what this is about.
    const derive = crypto.subtle.deriveBits.bind(crypto.subtle);
    const rounds: number[] = [];
    const deriveBits = vi.spyOn(crypto.subtle, "deriveBits").mockImplementation((how, ...rest) => {
      if (typeof how === "string" || !("iterations" in how)) return derive(how, ...rest);
      rounds.push(how.iterations);
      return derive({ ...how, iterations: 1 }, ...rest);
    });
    expect(await keyEntry.unlockWithPassphrase(PASSPHRASE, neverAborted)).toEqual(
      fail({ kind: "passphrase", problem: { reason: "not_all_tried", tried: 2, left: 2 } }),
    );
    expect(rounds).toEqual([ITERATIONS, 10_000_000]);
    deriveBits.mockRestore();
  });

  test("where the account uses none, and an empty one, ask for nothing to be derived", async () => {
    expect(await keyEntry.unlockWithPassphrase(PASSPHRASE, neverAborted)).toEqual(
      fail({ kind: "passphrase", problem: { reason: "not_used" } }),
    );
    expect(await keyEntry.unlockWithPassphrase("", neverAborted)).toEqual(
      fail({ kind: "passphrase", problem: { reason: "empty" } }),
    );
  });

  test("can be called off while its key is derived, and changes nothing then", async () => {
    await usePassphrase();
    const leaving = new AbortController();
    const derive = crypto.subtle.deriveBits.bind(crypto.subtle);
    const deriveBits = vi.spyOn(crypto.subtle, "deriveBits").mockImplementation((...request) => {
      const derived = derive(...request);
      leaving.abort();
      return derived;
    });
    const unlocking = keyEntry.unlockWithPassphrase(PASSPHRASE, leaving.signal);
    expect(await unlocking).toEqual(fail({ kind: "closed" }));
    expect(deriveBits).toHaveBeenCalledOnce();
    await deriveBits.mock.results[0]?.value;
    deriveBits.mockRestore();
    expect(await heldKey()).toBeNull();
  });

  describe("of an old backup", () => {
    const legacy = { private_key_salt: "old salt", private_key_iterations: ITERATIONS };

    async function oldBackup(authData: Record<string, unknown> = legacy): Promise<string> {
      const bytes = await derivePbkdf2(PASSPHRASE, { salt: "old salt", iterations: ITERATIONS });
      return addBackup(await backupPublicKeyOf(bytes), authData);
    }

    test("opens the backup alone, after its public key was compared", async () => {
      const old = await oldBackup();
      expect(valueOf(await keyEntry.readOptions())).toEqual({
        recoveryPassphrase: false,
        backupPassphrase: true,
      });
      expect(valueOf(await keyEntry.unlockWithPassphrase(PASSPHRASE, neverAborted))).toEqual({
        deviceVerified: false,
        backup: "ready",
        version: old,
        openedBy: { kind: "decryption_key" },
      });
      expect(valueOf(await createKeyBackup(device.context).readActiveVersion())).toBe(old);
    });

    test("a wrong one never takes the place of a good key", async () => {
      await oldBackup();
      valueOf(await keyEntry.unlockWithPassphrase(PASSPHRASE, neverAborted));
      const good = await heldKey();
      expect(await keyEntry.unlockWithPassphrase("another", neverAborted)).toEqual(
        fail({ kind: "passphrase", problem: { reason: "does_not_match" } }),
      );
      expect(await heldKey()).toEqual(good);
    });

    test("with a salt that the server swapped opens nothing", async () => {
      await oldBackup({ ...legacy, private_key_salt: "swapped" });
      expect(await keyEntry.unlockWithPassphrase(PASSPHRASE, neverAborted)).toEqual(
        fail({ kind: "passphrase", problem: { reason: "does_not_match" } }),
      );
      expect(await heldKey()).toBeNull();
    });

    test("with one round is refused", async () => {
      await oldBackup({ ...legacy, private_key_iterations: 1 });
      expect(await keyEntry.unlockWithPassphrase(PASSPHRASE, neverAborted)).toMatchObject(
        fail({ kind: "passphrase", problem: { reason: "iterations", are: "few" } }),
      );
    });
  });
});
