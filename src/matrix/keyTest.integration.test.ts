import type { KeyTestPort, KeyTestReport } from "@/domain/keyTest";
import { resultOfKeyTest } from "@/domain/keyTest";
import { encodeRecoveryKey, type RecoveryKey } from "@/domain/recoveryKey";
import { fail } from "@/domain/result";
import { derivePbkdf2 } from "@/lib/pbkdf2";
import { createBackupSampler } from "@/restore-engine/createBackupSampler";
import { noteCopies } from "@/testing/noteCopies";
import { createEntryForge, forgeEntry, type ForgedEntry } from "@/testing/forgeBackup";
import { decodeBase64 } from "matrix-js-sdk/lib/base64";
import { calculateKeyCheck } from "matrix-js-sdk/lib/secret-storage";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { fetchPublishedMasterKey } from "./crossSigning";
import { openSetUpAccount } from "./accountRig";
import { copyOf, openDevice, valueOf, type TestDevice } from "./integrationDevice";
import { startHomeserver, type Homeserver } from "./integrationHomeserver";
import { createKeyBackup } from "./keyBackup";
import { createKeyTest } from "./keyTest";
import { backupPublicKeyOf, randomBackupKey } from "./olmMachine";
import { createRoomKeySource } from "./roomKeySource";
import type { SessionContext } from "./sessionContext";

const PATIENCE = { timeout: 20_000, interval: 50 };
const KEYS = 70;
const ALGORITHM = "m.megolm_backup.v1.curve25519-aes-sha2";

let server: Homeserver;
beforeAll(async () => {
  server = await startHomeserver();
});
afterAll(() => server.stop());

let userId: string;
let first: TestDevice;
let key: RecoveryKey;
let keyId: string;
let version: string;
/** The device that tests the key. It holds nothing. */
let device: TestDevice;

beforeEach(async () => {
  ({ userId, device: first, key, keyId, version } = await openSetUpAccount(server));
  const info = valueOf(await createKeyBackup(first.context).fetchBackupInfo());
  await fill(Uint8Array.from(decodeBase64(info?.publicKey ?? "")));
  device = await openDevice(server, userId);
  return () => {
    first.stop();
    device.stop();
  };
});

/** Puts keys into two rooms of the backup. */
async function fill(publicKey: Uint8Array<ArrayBuffer>): Promise<void> {
  const forge = await createEntryForge(publicKey);
  const entries: ForgedEntry[] = await Promise.all(
    Array.from({ length: KEYS }, (_, index) => forgeEntry(forge, `!room${index % 2}:localhost`)),
  );
  await putEntries(entries);
}

async function putEntries(entries: readonly ForgedEntry[]): Promise<void> {
  const rooms: Record<string, { sessions: Record<string, unknown> }> = {};
  for (const { roomId, sessionId, value } of entries) {
    (rooms[roomId] ??= { sessions: {} }).sessions[sessionId] = value;
  }
  const options = { query: { version }, body: { rooms } };
  valueOf(await first.context.request("PUT", "/room_keys/keys", options));
}

function keyTestOn(
  { context }: TestDevice,
  lastUsed: readonly string[] = ["!empty:localhost", "!room1:localhost"],
): KeyTestPort {
  return createKeyTest(context, {
    source: createRoomKeySource(context),
    sampler: createBackupSampler({
      createWorker: () => {
        throw new Error("no workers here");
      },
    }),
    rooms: {
      listLastUsed: () =>
        Promise.resolve({
          ok: true,
          value: lastUsed.map((roomId) => ({ roomId, name: roomId })),
        }),
    },
  });
}

type Options = Parameters<KeyTestPort["run"]>[1];

function options(changes: Partial<Options> = {}): Options {
  return {
    scope: "sample",
    signal: new AbortController().signal,
    stop: new AbortController().signal,
    onProgress: () => undefined,
    ...changes,
  };
}

function testKey(bytes: Uint8Array = key.bytes, changes: Partial<Options> = {}, on = device) {
  const copy = Uint8Array.from(bytes);
  const entry = { bytes: copy, text: encodeRecoveryKey(copy) };
  return keyTestOn(on).run({ kind: "recovery_key", key: entry }, options(changes));
}

async function put(type: string, content: unknown): Promise<void> {
  const path = `/user/${encodeURIComponent(userId)}/account_data/${encodeURIComponent(type)}`;
  valueOf(await first.context.request("PUT", path, { body: content }));
}

const heldKey = (on: TestDevice) => on.context.crypto().getSessionBackupPrivateKey();
const resultOf = (report: KeyTestReport) => resultOfKeyTest(report);

test("the key that was saved works, and the report says what was proven", async () => {
  const at = Date.now();
  const entry = copyOf(key);
  const copies = noteCopies(entry.bytes);
  const report = valueOf(
    await keyTestOn(device).run({ kind: "recovery_key", key: entry }, options()),
  );
  expect(copies).toEqual([new Uint8Array(32)]);
  expect(report).toEqual({
    at: expect.any(Number),
    openedBy: { kind: "storage_key", keyId, name: null, isDefault: true },
    backup: { kind: "fits", version },
    identity: "matches",
    against: { keyId, masterKey: valueOf(await fetchPublishedMasterKey(first.context)) },
    entries: {
      scope: "sample",
      expected: KEYS,
      tested: KEYS / 2,
      opened: KEYS / 2,
      failed: {},
      rooms: 1,
      endedBy: null,
    },
  });
  expect(report.at).toBeGreaterThanOrEqual(at);
  expect(resultOf(report)).toBe("works");
  expect(JSON.stringify(report)).not.toContain(key.text.slice(0, 9));
});

describe("a test changes nothing", () => {
  /** The device with a record of what the test asks for, and a crypto store that nobody may touch. */
  function watched(on: TestDevice) {
    const asked: string[] = [];
    const context: SessionContext = {
      ...on.context,
      crypto: () => {
        throw new Error("the test asked the crypto store for something");
      },
      request: (method, path, requestOptions) => {
        asked.push(`${method} ${path}`);
        return on.context.request(method, path, requestOptions);
      },
      requestStream: (method, path, requestOptions) => {
        asked.push(`${method} ${path}`);
        return on.context.requestStream(method, path, requestOptions);
      },
    };
    return { asked, device: { ...on, context } };
  }
  const isChange = (request: string) => !/^(GET |POST \/keys\/query$)/.test(request);

  test.each(["sample", "all"] as const)("%s, on a device that holds nothing", async (scope) => {
    const keyBackup = createKeyBackup(device.context);
    const before = valueOf(await keyBackup.readCrossSigning());
    const { asked, device: watchedDevice } = watched(device);
    server.startRecord();
    valueOf(await testKey(key.bytes, { scope }, watchedDevice));
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter(isChange)).toEqual([]);
    // The SDK's own upkeep of the device's keys goes on beside it.
    const seen = server.seen.map(({ method, path }) => `${method} ${path}`);
    expect(seen.filter((request) => isChange(request) && request !== UPKEEP)).toEqual([]);
    expect(await heldKey(device)).toBeNull();
    expect(valueOf(await keyBackup.readActiveVersion())).toBeNull();
    expect(valueOf(await keyBackup.readCrossSigning())).toEqual(before);
    expect(valueOf(await keyBackup.countRoomKeys())).toEqual({ total: 0, backedUp: 0 });
  });

  test("with a right, a wrong and an old key, on the device that holds the key", async () => {
    const keyBackup = createKeyBackup(first.context);
    const held = await heldKey(first);
    expect(held?.length).toBe(32);
    const counted = valueOf(await keyBackup.countRoomKeys());
    const { asked, device: watchedDevice } = watched(first);
    valueOf(await testKey(key.bytes, {}, watchedDevice));
    expect((await testKey(await randomBackupKey(), {}, watchedDevice)).ok).toBe(false);
    await addBackup();
    expect(valueOf(await testKey(key.bytes, {}, watchedDevice)).backup.kind).toBe("does_not_fit");
    expect(asked.filter(isChange)).toEqual([]);
    expect(await heldKey(first)).toEqual(held);
    expect(valueOf(await keyBackup.countRoomKeys())).toEqual(counted);
  });
});

const UPKEEP = "POST /keys/upload";

/** A backup on top whose key nobody here has. */
async function addBackup(authData: Record<string, unknown> = {}): Promise<string> {
  const public_key = await backupPublicKeyOf(await randomBackupKey());
  const body = { algorithm: ALGORITHM, auth_data: { public_key, ...authData } };
  const answer = await first.context.request("POST", "/room_keys/version", { body });
  return (valueOf(answer) as { version: string }).version;
}

describe("what else can come of it", () => {
  test("all of the backup, on the way and at the end", async () => {
    const seen: number[] = [];
    const report = valueOf(
      await testKey(key.bytes, {
        scope: "all",
        onProgress: ({ tested }) => seen.push(tested),
      }),
    );
    expect(report.entries).toMatchObject({ scope: "all", tested: KEYS, opened: KEYS, rooms: 2 });
    expect(seen.at(-1)).toBe(KEYS);
    expect(resultOf(report)).toBe("works");
  });

  test("damaged entries are counted with their reason, and it works in part", async () => {
    const strange = await createEntryForge(
      Uint8Array.from(decodeBase64(await backupPublicKeyOf(await randomBackupKey()))),
    );
    await putEntries([await forgeEntry(strange, "!room1:localhost")]);
    const report = valueOf(await testKey(key.bytes, { scope: "all" }));
    expect(report.entries).toMatchObject({
      tested: KEYS + 1,
      opened: KEYS,
      failed: { undecryptable: 1 },
    });
    expect(resultOf(report)).toBe("partly");
  });

  test("a server that sends fewer than it counts is told", async () => {
    const mend = server.fail({
      matches: ({ path }) => path === "/room_keys/keys",
      status: 200,
      body: JSON.stringify({ rooms: {} }),
    });
    const report = valueOf(await testKey(key.bytes, { scope: "all" }));
    mend();
    expect(report.entries).toMatchObject({ expected: KEYS, tested: 0 });
    expect(resultOf(report)).toBe("partly");
  });

  test("a key of nobody here: an error, and no report", async () => {
    server.startRecord();
    expect(await testKey(await randomBackupKey())).toEqual(
      fail({ kind: "recovery_key", problem: { reason: "does_not_match", keyId } }),
    );
    expect(server.seen.some(({ path }) => path.startsWith("/room_keys/keys"))).toBe(false);
  });

  test("a key that opens secret storage, whose secret is of an older backup", async () => {
    const newer = await addBackup();
    const report = valueOf(await testKey());
    expect(report).toMatchObject({
      openedBy: { isDefault: true },
      backup: {
        kind: "does_not_fit",
        version: newer,
        error: {
          kind: "recovery_key",
          problem: { reason: "older_backup", version, of: "secret" },
        },
      },
      identity: "matches",
      entries: null,
    });
    expect(resultOf(report)).toBe("fails");
  });

  test("a key that opens secret storage, which lacks the backup's secret", async () => {
    await put("m.megolm_backup.v1", {});
    const report = valueOf(await testKey());
    expect(report.backup).toMatchObject({
      kind: "does_not_fit",
      error: { kind: "secret_storage", reason: "backup_key_blanked" },
    });
    expect(report.identity).toBe("matches");
  });

  test("no backup: secret storage opens, and that is said", async () => {
    valueOf(await first.context.request("DELETE", `/room_keys/version/${version}`));
    const report = valueOf(await testKey());
    expect(report).toMatchObject({ backup: { kind: "no_backup" }, entries: null });
    expect(resultOf(report)).toBe("partly");
  });

  test("the identity's keys are not behind it, or damaged", async () => {
    const path = `/user/${encodeURIComponent(userId)}/account_data/m.cross_signing.master`;
    const { encrypted } = valueOf(await first.context.request("GET", path)) as {
      encrypted: Record<string, { mac: string }>;
    };
    await put("m.cross_signing.master", {
      encrypted: { [keyId]: { ...encrypted[keyId], mac: "AAAA" } },
    });
    const damaged = valueOf(await testKey());
    expect(damaged.identity).toBe("unreadable");
    expect(resultOf(damaged)).toBe("partly");
    await put("m.cross_signing.master", {});
    const missing = valueOf(await testKey());
    expect(missing).toMatchObject({ identity: "missing", backup: { kind: "fits" } });
    expect(resultOf(missing)).toBe("partly");
  });

  test("the identity behind it is not the one that is published", async () => {
    const mend = server.fail({
      matches: ({ path }) => path === "/keys/query",
      status: 200,
      body: JSON.stringify({
        device_keys: {},
        master_keys: {
          [userId]: { keys: { "ed25519:x": "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo" } },
        },
      }),
    });
    const report = valueOf(await testKey());
    mend();
    expect(report.identity).toBe("differs");
    expect(resultOf(report)).toBe("partly");
  });

  test("the backup's own key opens the backup, and does not reach the identity", async () => {
    const own = (await heldKey(first)) ?? new Uint8Array(32);
    const report = valueOf(await testKey(own));
    expect(report).toMatchObject({
      openedBy: { kind: "decryption_key" },
      identity: "not_reached",
      entries: { opened: KEYS / 2 },
    });
    expect(resultOf(report)).toBe("partly");
  });

  test("a passphrase", async () => {
    const info = { algorithm: "m.pbkdf2", salt: "salt", iterations: 100_000 };
    const bytes = await derivePbkdf2("a good phrase", info);
    const { iv, mac } = await calculateKeyCheck(bytes);
    const algorithm = "m.secret_storage.v1.aes-hmac-sha2";
    const content = { algorithm, iv, mac, passphrase: info, name: "By phrase" };
    await put("m.secret_storage.key.phrase", content);
    await vi.waitUntil(
      () => device.client.store.accountData.has("m.secret_storage.key.phrase"),
      PATIENCE,
    );
    const keyTest = keyTestOn(device);
    const run = (passphrase: string) => keyTest.run({ kind: "passphrase", passphrase }, options());
    const report = valueOf(await run("a good phrase"));
    expect(report.openedBy).toMatchObject({ name: "By phrase", isDefault: false });
    // Nothing is stored under it, so it leads to no backup.
    expect(report.backup).toMatchObject({
      kind: "does_not_fit",
      error: { problem: { reason: "former_key" } },
    });
    expect(await run("a bad phrase")).toEqual(
      fail({ kind: "passphrase", problem: { reason: "does_not_match" } }),
    );
  });

  test("what cannot be found out is an error, never a verdict on the key", async () => {
    for (const path of ["/room_keys/version", "/keys/query"]) {
      const mend = server.fail({
        matches: (request) => request.path === path,
        status: 500,
        body: JSON.stringify({ errcode: "M_UNKNOWN" }),
      });
      expect(await testKey()).toMatchObject({ error: { kind: "server", status: 500 } });
      mend();
    }
  });

  test("leaving ends it", async () => {
    const leaving = new AbortController();
    const onProgress = () => leaving.abort();
    expect(await testKey(key.bytes, { signal: leaving.signal, onProgress })).toEqual(
      fail({ kind: "closed" }),
    );
  });

  test("stopping keeps what was seen", async () => {
    const stopping = new AbortController();
    stopping.abort();
    const report = valueOf(await testKey(key.bytes, { scope: "all", stop: stopping.signal }));
    expect(report.entries).toMatchObject({ endedBy: "stopped", tested: 0 });
    expect(resultOf(report)).toBe("partly");
  });
});
