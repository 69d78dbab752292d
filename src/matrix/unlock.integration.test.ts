import type { RecoveryKey } from "@/domain/recoveryKey";
import { fail } from "@/domain/result";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { fetchPublishedMasterKey } from "./crossSigning";
import { openSetUpAccount } from "./accountRig";
import { copyOf, openDevice, PASSWORD, valueOf, type TestDevice } from "./integrationDevice";
import { startHomeserver, type Homeserver } from "./integrationHomeserver";
import { createKeyBackup } from "./keyBackup";
import { createDecryptionKeySource } from "./keyBackupDecryptionKey";
import { createSetUp } from "./setUp";

let server: Homeserver;
beforeAll(async () => {
  server = await startHomeserver();
});
afterAll(() => server.stop());

let userId: string;
/** The device that made everything. */
let first: TestDevice;
let key: RecoveryKey;
let version: string;

beforeEach(async () => {
  ({ userId, device: first, key, version } = await openSetUpAccount(server));
  return () => first.stop();
});

function otherKey(): RecoveryKey {
  return createSetUp(first.context).generateRecoveryKey();
}

/** A backup on top that nobody here has the key of. */
async function replaceBackup(): Promise<string> {
  const answer = await first.context.request("POST", "/room_keys/version", {
    body: {
      algorithm: "m.megolm_backup.v1.curve25519-aes-sha2",
      auth_data: { public_key: "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo", signatures: {} },
    },
  });
  return (valueOf(answer) as { version: string }).version;
}

async function putAccountData(type: string, content: unknown): Promise<void> {
  const path = `/user/${encodeURIComponent(userId)}/account_data/${type}`;
  valueOf(await first.context.request("PUT", path, { body: content }));
}

async function defaultKeyId(): Promise<string> {
  const status = valueOf(await createKeyBackup(first.context).readSecretStorage());
  if (status.keyId === null) throw new Error("no default key");
  return status.keyId;
}

test("the recovery key verifies a new device and makes the backup ready", async () => {
  const device = await openDevice(server, userId);
  const keyBackup = createKeyBackup(device.context);
  const info = valueOf(await keyBackup.fetchBackupInfo());
  if (info === null) throw new Error("no backup");

  expect(valueOf(await keyBackup.readCrossSigning())).toEqual({
    identityExists: true,
    privateKeysHere: false,
    privateKeysInSecretStorage: true,
    deviceVerified: false,
    masterKey: valueOf(await fetchPublishedMasterKey(device.context)),
    identityReplaced: false,
  });
  expect(valueOf(await keyBackup.readTrust(info))).toEqual({
    signature: "untrusted",
    key: "absent",
  });
  expect(valueOf(await keyBackup.readActiveVersion())).toBeNull();
  expect(await createDecryptionKeySource(device.context).read(info.version)).toEqual(
    fail({ kind: "decryption_key", reason: "absent" }),
  );

  server.startRecord();
  const kept = vi.spyOn(device.context.crypto(), "storeSessionBackupPrivateKey");
  expect(valueOf(await keyBackup.unlock(copyOf(key)))).toEqual({
    deviceVerified: true,
    backup: "ready",
    version,
    openedBy: { kind: "storage_key", keyId: await defaultKeyId(), name: null, isDefault: true },
  });
  // The store has a copy of its own.
  expect(kept.mock.calls).toEqual([[new Uint8Array(32), version]]);
  expect(server.seen.some(({ path }) => path === "/keys/device_signing/upload")).toBe(false);
  expect(server.seen.filter(({ method }) => method === "PUT" || method === "DELETE")).toEqual([]);
  expect(valueOf(await keyBackup.readCrossSigning())).toMatchObject({
    privateKeysHere: true,
    deviceVerified: true,
  });
  expect(valueOf(await keyBackup.readTrust(info))).toEqual({ signature: "trusted", key: "match" });
  expect(valueOf(await keyBackup.readActiveVersion())).toBe(version);
  expect(valueOf(await createDecryptionKeySource(device.context).read(info.version)).length).toBe(
    32,
  );
  device.stop();
});

test("a well-formed but other key changes nothing and starts no download", async () => {
  const device = await openDevice(server, userId);
  server.startRecord();
  expect(await createKeyBackup(device.context).unlock(otherKey())).toEqual(
    fail({
      kind: "recovery_key",
      problem: { reason: "does_not_match", keyId: await defaultKeyId() },
    }),
  );
  expect(await device.context.crypto().getSessionBackupPrivateKey()).toBeNull();
  expect(server.seen.filter(({ method }) => method === "PUT" || method === "DELETE")).toEqual([]);
  expect(server.seen.some(({ path }) => path === "/room_keys/keys")).toBe(false);
  device.stop();
});

test("a key that does not fit never overwrites the good one that is cached", async () => {
  const keyBackup = createKeyBackup(first.context);
  const cached = await first.context.crypto().getSessionBackupPrivateKey();
  expect(cached?.length).toBe(32);

  expect((await keyBackup.unlock(otherKey())).ok).toBe(false);
  expect(await first.context.crypto().getSessionBackupPrivateKey()).toEqual(cached);

  const newer = await replaceBackup();
  expect(await keyBackup.unlock(copyOf(key))).toEqual(
    fail({ kind: "recovery_key", problem: { reason: "older_backup", version, of: "secret" } }),
  );
  expect(await first.context.crypto().getSessionBackupPrivateKey()).toEqual(cached);
  const info = valueOf(await keyBackup.fetchBackupInfo());
  if (info === null) throw new Error("no backup");
  expect(info.version).toBe(newer);
  expect(valueOf(await keyBackup.readTrust(info))).toEqual({
    signature: "untrusted",
    key: "mismatch",
  });
  expect(await createDecryptionKeySource(first.context).read(info.version)).toEqual(
    fail({ kind: "decryption_key", reason: "mismatch" }),
  );
});

test("a public key swapped in place is neither trusted nor matched", async () => {
  const keyBackup = createKeyBackup(first.context);
  const before = valueOf(await keyBackup.fetchBackupInfo());
  const path = `/room_keys/version/${version}`;
  const auth_data = {
    ...before?.authData,
    public_key: "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo",
  };
  const body = { version, algorithm: before?.algorithm, auth_data };
  valueOf(await first.context.request("PUT", path, { body }));
  const info = valueOf(await keyBackup.fetchBackupInfo());
  if (info === null) throw new Error("no backup");
  expect(valueOf(await keyBackup.readTrust(info))).toEqual({
    signature: "untrusted",
    key: "mismatch",
  });
  valueOf(await keyBackup.recheck());
  expect(valueOf(await keyBackup.readActiveVersion())).toBeNull();
});

test("without a backup the key still verifies the device", async () => {
  valueOf(await first.context.request("DELETE", `/room_keys/version/${version}`));
  const device = await openDevice(server, userId);
  expect(valueOf(await createKeyBackup(device.context).unlock(copyOf(key)))).toMatchObject({
    deviceVerified: true,
    backup: "no_backup",
    version: null,
  });
  device.stop();
});

describe("secret storage that is not as it should be", () => {
  test("no secret storage", async () => {
    const nobody = await server.register(PASSWORD);
    const device = await openDevice(server, nobody);
    expect(await createKeyBackup(device.context).unlock(copyOf(key))).toEqual(
      fail({ kind: "secret_storage", reason: "not_set_up" }),
    );
    device.stop();
  });

  test("a backup secret that was blanked: said, and the device is verified all the same", async () => {
    await putAccountData("m.megolm_backup.v1", {});
    const device = await openDevice(server, userId);
    const keyBackup = createKeyBackup(device.context);
    expect(await keyBackup.unlock(copyOf(key))).toEqual(
      fail({ kind: "secret_storage", reason: "backup_key_blanked" }),
    );
    expect(valueOf(await keyBackup.readCrossSigning()).deviceVerified).toBe(true);
    expect(await device.context.crypto().getSessionBackupPrivateKey()).toBeNull();
    device.stop();
  });

  test("a backup secret that is damaged", async () => {
    const keyId = await defaultKeyId();
    const damaged = { iv: "AAAAAAAAAAAAAAAAAAAAAA", ciphertext: "AAAA", mac: "AAAA" };
    await putAccountData("m.megolm_backup.v1", { encrypted: { [keyId]: damaged } });
    expect(await createKeyBackup(first.context).unlock(copyOf(key))).toEqual(
      fail({ kind: "secret_storage", reason: "backup_key_malformed" }),
    );
  });

  test("a description without a check value: the secrets decide", async () => {
    const keyId = await defaultKeyId();
    await putAccountData(`m.secret_storage.key.${keyId}`, {
      algorithm: "m.secret_storage.v1.aes-hmac-sha2",
    });
    const device = await openDevice(server, userId);
    const keyBackup = createKeyBackup(device.context);
    expect(await keyBackup.unlock(otherKey())).toEqual(
      fail({ kind: "recovery_key", problem: { reason: "does_not_match", keyId } }),
    );
    expect(valueOf(await keyBackup.unlock(copyOf(key))).backup).toBe("ready");
    device.stop();
  });

  test("cross-signing secrets missing: the backup opens, the device stays unverified, no identity is made", async () => {
    await putAccountData("m.cross_signing.master", {});
    const device = await openDevice(server, userId);
    server.startRecord();
    expect(valueOf(await createKeyBackup(device.context).unlock(copyOf(key)))).toMatchObject({
      deviceVerified: false,
      backup: "ready",
      version,
    });
    expect(server.seen.some(({ path }) => path === "/keys/device_signing/upload")).toBe(false);
    device.stop();
  });
});

describe("could not check is never no backup", () => {
  test.each([
    [{ status: 500, body: JSON.stringify({ errcode: "M_UNKNOWN", error: "boom" }) }, "server"],
    [{ status: 502, body: "<html>Bad gateway</html>" }, "server"],
    [{ status: 404, body: "{}" }, "server"],
    [{ status: 404, body: "<html>Not found</html>" }, "not_matrix"],
    [{ status: 404, body: JSON.stringify({ errcode: "M_UNRECOGNIZED" }) }, "server"],
    [{ status: 200, body: "<html>Wi-Fi</html>" }, "not_matrix"],
    [{ status: 200, body: "{}" }, "not_matrix"],
    [{ status: 429, body: JSON.stringify({ errcode: "M_LIMIT_EXCEEDED" }) }, "rate_limited"],
  ] as const)("%j", async (answer, kind) => {
    const mend = server.fail({
      matches: ({ method, path }) => method === "GET" && path === "/room_keys/version",
      ...answer,
    });
    const keyBackup = createKeyBackup(first.context);
    expect(await keyBackup.fetchBackupInfo()).toMatchObject({ ok: false, error: { kind } });
    expect(await keyBackup.recheck()).toMatchObject({ ok: false, error: { kind } });
    expect(await keyBackup.unlock(copyOf(key))).toMatchObject({ ok: false, error: { kind } });
    mend();
    expect(valueOf(await keyBackup.fetchBackupInfo())?.version).toBe(version);
  });

  test("a failed key query is not an absent identity", async () => {
    const mend = server.fail({
      matches: ({ path }) => path === "/keys/query",
      status: 500,
      body: JSON.stringify({ errcode: "M_UNKNOWN" }),
    });
    expect(await createKeyBackup(first.context).readCrossSigning()).toMatchObject({
      ok: false,
      error: { kind: "server", status: 500 },
    });
    mend();
  });
});

test("a closed session answers with closed", async () => {
  const device = await openDevice(server, userId);
  const keyBackup = createKeyBackup(device.context);
  device.stop();
  const closed = fail({ kind: "closed" });
  expect(await keyBackup.fetchBackupInfo()).toEqual(closed);
  expect(await keyBackup.readCrossSigning()).toEqual(closed);
  expect(await keyBackup.countRoomKeys()).toEqual(closed);
  expect(await keyBackup.readActiveVersion()).toEqual(closed);
  expect(await keyBackup.unlock(copyOf(key))).toEqual(closed);
});
