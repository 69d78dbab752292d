import { ClientEvent } from "matrix-js-sdk";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { fetchPublishedMasterKey } from "./crossSigning";
import { copyOf, openDevice, PASSWORD, valueOf, type TestDevice } from "./integrationDevice";
import { startHomeserver, type Homeserver } from "./integrationHomeserver";
import { createKeyBackup } from "./keyBackup";
import {
  BACKUP_SECRET,
  readDefaultKey,
  readSecret,
  storeSecret,
  writeAccountData,
} from "./secretStorage";
import { openDefaultKey } from "./secretStorageUnlock";
import { createSetUp } from "./setUp";

let server: Homeserver;
beforeAll(async () => {
  server = await startHomeserver();
});
afterAll(() => server.stop());

const neverAsk = { onStep: () => undefined, askPassword: () => Promise.resolve(null) };
const NOT_FOUND = JSON.stringify({ errcode: "M_NOT_FOUND", error: "No such thing" });
const CONTRADICTION = {
  ok: false,
  error: { kind: "secret_storage", reason: "contradiction" },
} as const;

const changes = (): string[] =>
  server.seen
    .filter(({ method, path }) => method !== "GET" && path !== "/keys/query")
    .map(({ method, path }) => `${method} ${path}`);

/** The server says that there is no such thing, until mended or the test is over. */
function deny(ending: string): () => void {
  const mend = server.fail({
    matches: ({ method, path }) => method === "GET" && path.endsWith(ending),
    status: 404,
    body: NOT_FOUND,
  });
  onTestFinished(mend);
  return mend;
}

/** An account that was set up on the device, and the sync has told the device so. */
async function healthyAccount() {
  const userId = await server.register(PASSWORD);
  const device = await openDevice(server, userId);
  const setUp = createSetUp(device.context);
  const key = setUp.generateRecoveryKey();
  const { version } = valueOf(await setUp.run(copyOf(key), neverAsk));
  const storageKey = valueOf(await openDefaultKey(device.context, key.bytes));
  await heardOfDefaultKey(device);
  return { userId, device, setUp, key, version, storageKey };
}

async function heardOfDefaultKey({ client }: TestDevice): Promise<void> {
  while (client.getAccountData("m.secret_storage.default_key") === undefined) {
    await new Promise((resolve) => client.once(ClientEvent.AccountData, resolve));
  }
}

describe("a server that denies what is there", () => {
  test("the default key and the backup: the device that was told of them believes neither", async () => {
    const { device, setUp, key, version } = await healthyAccount();
    const before = valueOf(await readDefaultKey(device.context));
    const mends = [deny("/room_keys/version"), deny("/m.secret_storage.default_key")];
    server.startRecord();
    expect(await setUp.plan()).toEqual(CONTRADICTION);
    expect(await setUp.run(setUp.generateRecoveryKey(), neverAsk)).toEqual(CONTRADICTION);
    expect(changes()).toEqual([]);
    for (const mend of mends) mend();
    expect(valueOf(await readDefaultKey(device.context))).toEqual(before);
    expect(valueOf(await createKeyBackup(device.context).unlock(copyOf(key)))).toMatchObject({
      backup: "ready",
      version,
    });
    device.stop();
  });

  test("the default key alone, to a new device", async () => {
    const { userId, device, version } = await healthyAccount();
    await device.context.request("DELETE", `/room_keys/version/${version}`);
    const other = await openDevice(server, userId);
    const mend = deny("default_key");
    const setUp = createSetUp(other.context);
    expect(await setUp.plan()).toEqual(CONTRADICTION);
    expect(await setUp.run(setUp.generateRecoveryKey(), neverAsk)).toEqual(CONTRADICTION);
    mend();
    device.stop();
    other.stop();
  });

  test("the default key, which another app has made since the run began", async () => {
    const device = await openDevice(server, await server.register(PASSWORD));
    const { context } = device;
    let mend = (): void => undefined;
    const setUp = createSetUp({
      ...context,
      async request(method, path, options) {
        if (method === "PUT" && path.includes("m.secret_storage.key.")) {
          await writeAccountData(context, "m.secret_storage.default_key", { key: "theirs" });
          await heardOfDefaultKey(device);
          mend = deny("default_key");
        }
        return context.request(method, path, options);
      },
    });
    expect(await setUp.run(setUp.generateRecoveryKey(), neverAsk)).toEqual(CONTRADICTION);
    mend();
    expect(valueOf(await readDefaultKey(context))).toMatchObject({ keyId: "theirs" });
    device.stop();
  });

  test("the backup alone: the version this device uploads to is asked for by its name", async () => {
    const { device, setUp, key, version } = await healthyAccount();
    const mend = deny("/room_keys/version");
    server.startRecord();
    expect(await setUp.plan()).toEqual(CONTRADICTION);
    expect(await setUp.run(copyOf(key), neverAsk)).toEqual(CONTRADICTION);
    expect(changes()).toEqual([]);
    mend();
    expect(valueOf(await createKeyBackup(device.context).fetchBackupInfo())?.version).toBe(version);
    device.stop();
  });

  test("the identity: nothing is published over it, and its stored keys stay", async () => {
    const { userId, device, key, version, storageKey } = await healthyAccount();
    const identity = valueOf(await fetchPublishedMasterKey(device.context));
    const secret = await readSecret(device.context, "m.cross_signing.master", storageKey);
    await device.context.request("DELETE", `/room_keys/version/${version}`);
    const mend = server.fail({
      matches: ({ path }) => path === "/keys/query",
      status: 200,
      body: JSON.stringify({ device_keys: { [userId]: {} }, failures: {} }),
    });
    onTestFinished(mend);
    const other = await openDevice(server, userId);
    const setUp = createSetUp(other.context);
    const contradiction = { ok: false, error: { kind: "identity", reason: "contradiction" } };
    expect(await setUp.plan()).toEqual(contradiction);
    let asked = 0;
    server.startRecord();
    const outcome = await setUp.run(copyOf(key), {
      onStep: () => undefined,
      askPassword: () => {
        asked += 1;
        mend();
        return Promise.resolve(PASSWORD);
      },
    });
    mend();
    expect(outcome).toEqual(contradiction);
    expect(asked).toBe(0);
    expect(changes()).toEqual([]);
    expect(valueOf(await fetchPublishedMasterKey(device.context))).toBe(identity);
    expect(await readSecret(device.context, "m.cross_signing.master", storageKey)).toEqual(secret);
    device.stop();
    other.stop();
  });

  test("a backup and recovery that were really removed elsewhere do not stand in the way", async () => {
    const { userId, device, setUp, version } = await healthyAccount();
    await device.context.request("DELETE", `/room_keys/version/${version}`);
    await writeAccountData(device.context, BACKUP_SECRET, {});
    const heard = new Promise<void>((resolve) => {
      device.client.on(ClientEvent.AccountData, (event) => {
        if (event.getType() !== "m.secret_storage.default_key") return;
        if (Object.keys(event.getContent()).length === 0) resolve();
      });
    });
    await writeAccountData(device.context, "m.secret_storage.default_key", {});
    await heard;
    expect(valueOf(await setUp.plan())).toEqual({ kind: "new_recovery_key" });
    const key = setUp.generateRecoveryKey();
    const proof = valueOf(await setUp.run(copyOf(key), neverAsk));
    const other = await openDevice(server, userId);
    expect(valueOf(await createKeyBackup(other.context).unlock(copyOf(key)))).toMatchObject({
      deviceVerified: true,
      backup: "ready",
      version: proof.version,
    });
    device.stop();
    other.stop();
  });
});

describe("what stands in secret storage is not overwritten", () => {
  test.each([
    ["in an old spelling", [...new Uint8Array(32).keys()].join(",")],
    ["that is no key", "what is this"],
  ])("a backup key %s", async (_name, text) => {
    const { userId, device, key, version, storageKey } = await healthyAccount();
    await device.context.request("DELETE", `/room_keys/version/${version}`);
    await writeAccountData(device.context, BACKUP_SECRET, {});
    valueOf(await storeSecret(device.context, BACKUP_SECRET, text, storageKey));
    const other = await openDevice(server, userId);
    expect(await createSetUp(other.context).run(copyOf(key), neverAsk)).toEqual({
      ok: false,
      error: { kind: "secret_storage", reason: "backup_key_malformed" },
    });
    expect(await readSecret(device.context, BACKUP_SECRET, storageKey)).toEqual({
      ok: true,
      value: { text },
    });
    device.stop();
    other.stop();
  });

  test("a backup key that cannot be decrypted", async () => {
    const { userId, device, key, version, storageKey } = await healthyAccount();
    await device.context.request("DELETE", `/room_keys/version/${version}`);
    const content = { encrypted: { [storageKey.keyId]: { iv: "A", ciphertext: "B", mac: "C" } } };
    await writeAccountData(device.context, BACKUP_SECRET, content);
    const other = await openDevice(server, userId);
    expect(await createSetUp(other.context).run(copyOf(key), neverAsk)).toEqual({
      ok: false,
      error: { kind: "secret_storage", reason: "backup_key_malformed" },
    });
    expect(await other.client.getAccountDataFromServer(BACKUP_SECRET)).toEqual(content);
    device.stop();
    other.stop();
  });

  test("an identity key that differs from the one held here", async () => {
    const { device, setUp, key, version, storageKey } = await healthyAccount();
    await device.context.request("DELETE", `/room_keys/version/${version}`);
    await writeAccountData(device.context, "m.cross_signing.master", {});
    const other = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    valueOf(await storeSecret(device.context, "m.cross_signing.master", other, storageKey));
    expect(await setUp.run(copyOf(key), neverAsk)).toEqual({
      ok: false,
      error: { kind: "identity", reason: "not_imported" },
    });
    expect(valueOf(await readSecret(device.context, "m.cross_signing.master", storageKey))).toEqual(
      { text: other },
    );
    device.stop();
  });
});
