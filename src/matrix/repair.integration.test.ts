import type { RecoveryKey } from "@/domain/recoveryKey";
import type { RepairFaultKind } from "@/domain/repair";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { copyOf, openDevice, PASSWORD, valueOf, type TestDevice } from "./integrationDevice";
import { startHomeserver, type Homeserver } from "./integrationHomeserver";
import { createKeyBackup } from "./keyBackup";
import { createRepair } from "./repair";
import { readDefaultKey, readKeyDescription } from "./secretStorage";
import { createSetUp } from "./setUp";

let server: Homeserver;
beforeAll(async () => {
  server = await startHomeserver();
});
afterAll(() => server.stop());

const neverAsk = { onStep: () => undefined, askPassword: () => Promise.resolve(null) };
const FOREIGN_KEY = "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo";

let userId: string;
/** The device that made everything. */
let device: TestDevice;
let key: RecoveryKey;
let version: string;

beforeEach(async () => {
  userId = await server.register(PASSWORD);
  device = await openDevice(server, userId);
  const setUp = createSetUp(device.context);
  key = setUp.generateRecoveryKey();
  ({ version } = valueOf(await setUp.run(copyOf(key), neverAsk)));
  return () => device.stop();
});

const faultsOf = async (from = device, withKey: RecoveryKey | null = null): Promise<string[]> =>
  valueOf(await createRepair(from.context).diagnose(withKey)).map(
    ({ kind, remedy }) => `${kind} ${remedy}`,
  );

async function accountData(type: string): Promise<unknown> {
  const path = `/user/${encodeURIComponent(userId)}/account_data/${type}`;
  return valueOf(await device.context.request("GET", path));
}

async function putAccountData(type: string, content: unknown): Promise<void> {
  const path = `/user/${encodeURIComponent(userId)}/account_data/${type}`;
  valueOf(await device.context.request("PUT", path, { body: content }));
}

/** Account data is told by sync, too; the repair wants both to agree. */
async function syncedAccountData(type: string, content: Record<string, unknown>): Promise<void> {
  await device.client.setAccountDataRaw(type as never, content as never);
}

async function defaultKeyId(): Promise<string> {
  const defaultKey = valueOf(await readDefaultKey(device.context));
  if (defaultKey.kind !== "present") throw new Error("no default key");
  return defaultKey.keyId;
}

/** Everything sent that could destroy something. */
const destructive = (): readonly string[] =>
  server.seen
    .filter(
      ({ method, path, body }) =>
        method === "DELETE" ||
        (method === "PUT" && body === "{}") ||
        (method === "POST" && path === "/room_keys/version") ||
        path === "/keys/device_signing/upload",
    )
    .map(({ method, path }) => `${method} ${path}`);

async function repair(kind: RepairFaultKind, withKey: RecoveryKey | null = null, on = device) {
  server.startRecord();
  const outcome = valueOf(
    await createRepair(on.context).run(kind, withKey === null ? null : copyOf(withKey)),
  );
  expect(destructive()).toEqual([]);
  return outcome;
}

const fixed = { fixed: true, why: null, remaining: [] };

test("an account in order has no fault, and a repair of one that is gone does nothing", async () => {
  expect(await faultsOf()).toEqual([]);
  expect(await faultsOf(device, key)).toEqual([]);
  expect(await repair("backup_unsigned")).toEqual(fixed);
  expect(server.seen.filter(({ method }) => method !== "GET" && method !== "POST")).toEqual([]);
});

describe("with the recovery key", () => {
  test("the backup's key is stored again, and opens the backup on a new device", async () => {
    await putAccountData("m.megolm_backup.v1", {});
    expect(await faultsOf()).toEqual(["backup_key_not_stored recovery_key"]);
    expect(await repair("backup_key_not_stored", key)).toEqual(fixed);
    const other = await openDevice(server, userId);
    expect(valueOf(await createKeyBackup(other.context).unlock(copyOf(key)))).toMatchObject({
      backup: "ready",
      version,
    });
    other.stop();
  });

  test("the identity's keys are stored again", async () => {
    await putAccountData("m.cross_signing.self_signing", {});
    expect(await faultsOf()).toEqual(["cross_signing_keys_not_stored recovery_key"]);
    expect(await repair("cross_signing_keys_not_stored", key)).toEqual(fixed);
    const other = await openDevice(server, userId);
    expect(valueOf(await createKeyBackup(other.context).unlock(copyOf(key)))).toMatchObject({
      deviceVerified: true,
    });
    other.stop();
  });

  test("a new device is verified, and gets the identity's keys and the backup's", async () => {
    const other = await openDevice(server, userId);
    expect(await faultsOf(other)).toEqual([
      "decryption_key_absent recovery_key",
      "device_not_verified recovery_key",
    ]);
    expect(await repair("device_not_verified", key, other)).toMatchObject({
      fixed: true,
      remaining: [{ kind: "decryption_key_absent" }],
    });
    expect(await repair("decryption_key_absent", key, other)).toEqual(fixed);
    other.stop();
  });

  test("a wrong key changes nothing and can be followed by the right one", async () => {
    await putAccountData("m.megolm_backup.v1", {});
    const wrong = createSetUp(device.context).generateRecoveryKey();
    server.startRecord();
    expect(await createRepair(device.context).run("backup_key_not_stored", wrong)).toMatchObject({
      ok: false,
      error: { kind: "recovery_key", problem: { reason: "does_not_match" } },
    });
    expect(server.seen.filter(({ method }) => method === "PUT")).toEqual([]);
    expect(await repair("backup_key_not_stored", key)).toEqual(fixed);
  });

  test("nothing is mended while another change is half done", async () => {
    const entry = { change: "replace_backup", step: "stage", startedAt: 1, facts: {} } as const;
    valueOf(await device.context.journal.write(entry));
    server.startRecord();
    expect(await createRepair(device.context).run("backup_key_not_stored", copyOf(key))).toEqual({
      ok: false,
      error: { kind: "change_unfinished", change: "replace_backup" },
    });
    expect(server.seen.filter(({ method }) => method !== "GET")).toEqual([]);
    valueOf(await device.context.journal.clear());
  });

  test("a backup that was replaced elsewhere: the stored key is for an older one, and that is told", async () => {
    const answer = await device.context.request("POST", "/room_keys/version", {
      body: {
        algorithm: "m.megolm_backup.v1.curve25519-aes-sha2",
        auth_data: { public_key: FOREIGN_KEY, signatures: {} },
      },
    });
    valueOf(answer);
    expect(await faultsOf()).toEqual(["decryption_key_mismatch recovery_key"]);
    expect(await faultsOf(device, copyOf(key))).toEqual([
      "decryption_key_mismatch recovery_key",
      "stored_backup_key_differs other_device",
    ]);
    const held = await device.context.crypto().getSessionBackupPrivateKey();
    expect(await repair("decryption_key_mismatch", key)).toMatchObject({
      fixed: false,
      why: { kind: "recovery_key", problem: { reason: "older_backup", version } },
    });
    expect(await device.context.crypto().getSessionBackupPrivateKey()).toEqual(held);
  });

  test.each([
    ["another backup's key", () => btoa(String.fromCharCode(...new Uint8Array(32).fill(5)))],
    ["something that is no key", () => "not a key"],
  ])("what is stored is %s: the right one takes its place", async (_, text) => {
    const keyId = await defaultKeyId();
    const { default: encrypt } =
      await import("matrix-js-sdk/lib/utils/encryptAESSecretStorageItem");
    const encrypted = await encrypt(text(), key.bytes, "m.megolm_backup.v1");
    await putAccountData("m.megolm_backup.v1", { encrypted: { [keyId]: encrypted } });
    // Only the recovery key shows it.
    expect(await faultsOf()).toEqual([]);
    const [found] = valueOf(await createRepair(device.context).diagnose(copyOf(key)));
    expect(found?.kind).toMatch(/^stored_backup_key_(differs|damaged)$/);
    if (found === undefined) throw new Error("unreachable");
    expect(await repair(found.kind, key)).toEqual(fixed);
  });

  test("what cannot be decrypted is named and left as it is", async () => {
    const keyId = await defaultKeyId();
    const damaged = { iv: "AAAAAAAAAAAAAAAAAAAAAA", ciphertext: "AAAA", mac: "AAAA" };
    await putAccountData("m.megolm_backup.v1", { encrypted: { [keyId]: damaged } });
    expect(await faultsOf(device, copyOf(key))).toEqual(["stored_backup_key_unreadable nothing"]);
    expect(await repair("stored_backup_key_unreadable", key)).toMatchObject({ fixed: false });
    expect(await accountData("m.megolm_backup.v1")).toEqual({ encrypted: { [keyId]: damaged } });
  });
});

describe("a backup without our signature", () => {
  async function unsign(extra: Record<string, unknown> = {}): Promise<void> {
    const info = valueOf(await createKeyBackup(device.context).fetchBackupInfo());
    const auth_data = {
      ...info?.authData,
      ...extra,
      signatures: { "@other:x": { "ed25519:A": "s" } },
    };
    const body = { version, algorithm: info?.algorithm, auth_data };
    valueOf(await device.context.request("PUT", `/room_keys/version/${version}`, { body }));
  }

  test.each([
    ["as others make it", {}],
    ["with more in its auth data", { private_key_salt: "säl", private_key_iterations: 500000 }],
  ])("%s is signed, and all else stays as it was", async (_, extra) => {
    await unsign(extra);
    const keyBackup = createKeyBackup(device.context);
    const before = valueOf(await keyBackup.fetchBackupInfo());
    expect(await faultsOf()).toEqual(["backup_unsigned automatic"]);
    expect(await repair("backup_unsigned")).toEqual(fixed);
    expect(server.seen.filter(({ method }) => method === "PUT").map(({ path }) => path)).toEqual([
      `/room_keys/version/${version}`,
    ]);
    const after = valueOf(await keyBackup.fetchBackupInfo());
    expect(after).toMatchObject({ version, publicKey: before?.publicKey, count: before?.count });
    expect(after?.authData).toMatchObject({
      ...extra,
      signatures: { "@other:x": { "ed25519:A": "s" }, [userId]: expect.anything() },
    });
    // Another verified device trusts it by the identity's signature, without its key.
    const other = await openDevice(server, userId);
    await putAccountData("m.megolm_backup.v1", {});
    await createKeyBackup(other.context).unlock(copyOf(key));
    if (after === null) throw new Error("no backup");
    expect(valueOf(await createKeyBackup(other.context).readTrust(after))).toEqual({
      signature: "trusted",
      key: "absent",
    });
    other.stop();
  });

  test("is not signed when its key is not the one held here", async () => {
    await unsign();
    await unsign({ public_key: FOREIGN_KEY });
    server.startRecord();
    expect(valueOf(await createRepair(device.context).run("backup_unsigned", null)).fixed).toBe(
      true,
    );
    expect(server.seen.filter(({ method }) => method === "PUT")).toEqual([]);
    expect(await faultsOf()).toContain("decryption_key_mismatch recovery_key");
  });

  test.each([
    ["refused", false],
    ["answered with an error after it was done", true],
  ])("and the write %s: said, and the next try mends it", async (_, afterwards) => {
    await unsign();
    const mend = server.fail({
      matches: ({ method, path }) => method === "PUT" && path.startsWith("/room_keys/version/"),
      status: 500,
      body: JSON.stringify({ errcode: "M_UNKNOWN" }),
      afterwards,
      times: 1,
    });
    const outcome = await repair("backup_unsigned");
    if (afterwards) expect(outcome).toEqual(fixed);
    else expect(outcome).toMatchObject({ fixed: false, why: { kind: "server", status: 500 } });
    mend();
    expect(await repair("backup_unsigned")).toEqual(fixed);
  });
});

describe("a default key that cannot be used", () => {
  const breakages = [
    ["points nowhere", { key: "nowhere" }],
    ["names no key", { key: 5 }],
  ] as const;

  test.each(breakages)("%s: the recovery key finds its own description", async (_, content) => {
    const keyId = await defaultKeyId();
    await syncedAccountData("m.secret_storage.default_key", content);
    expect(await faultsOf()).toContain("default_key_broken recovery_key");
    const wrong = createSetUp(device.context).generateRecoveryKey();
    expect(await createRepair(device.context).run("default_key_broken", wrong)).toMatchObject({
      ok: false,
      error: { kind: "recovery_key" },
    });
    expect(await repair("default_key_broken", key)).toEqual(fixed);
    expect(await defaultKeyId()).toBe(keyId);
  });

  test("a blanked pointer: the recovery key opens a new device, and is named again", async () => {
    const keyId = await defaultKeyId();
    await syncedAccountData("m.secret_storage.default_key", {});
    expect(await faultsOf()).toEqual(["default_key_lost recovery_key"]);
    const other = await openDevice(server, userId);
    expect(await faultsOf(other)).toContain("default_key_lost recovery_key");
    expect(await faultsOf(other)).not.toContain("no_secret_storage set_up");
    expect(valueOf(await createKeyBackup(other.context).unlock(copyOf(key)))).toMatchObject({
      deviceVerified: true,
      backup: "ready",
    });
    const wrong = createSetUp(other.context).generateRecoveryKey();
    expect(await createRepair(other.context).run("default_key_lost", wrong)).toMatchObject({
      ok: false,
      error: { kind: "recovery_key" },
    });
    expect(await repair("default_key_lost", key, other)).toEqual(fixed);
    expect(await defaultKeyId()).toBe(keyId);
    other.stop();
  });

  test("a blanked description and everything here: set-up makes a new recovery key", async () => {
    const keyId = await defaultKeyId();
    await syncedAccountData(`m.secret_storage.key.${keyId}`, {});
    expect(await faultsOf()).toEqual(["default_key_broken set_up"]);
    const before = await accountData("m.megolm_backup.v1");

    const setUp = createSetUp(device.context);
    expect(valueOf(await setUp.plan())).toEqual({ kind: "new_recovery_key" });
    const next = setUp.generateRecoveryKey();
    server.startRecord();
    expect(valueOf(await setUp.run(copyOf(next), neverAsk))).toMatchObject({ version });
    expect(destructive()).toEqual([]);
    expect(await defaultKeyId()).not.toBe(keyId);
    expect(await faultsOf(device, copyOf(next))).toEqual([]);
    // What was stored under the old key is still there.
    expect(await accountData("m.megolm_backup.v1")).toMatchObject(before as object);
    const other = await openDevice(server, userId);
    expect(valueOf(await createKeyBackup(other.context).unlock(copyOf(next)))).toMatchObject({
      deviceVerified: true,
      backup: "ready",
      version,
    });
    other.stop();
  });

  test("a description that gets lost in one answer puts nothing out of use", async () => {
    const keyId = await defaultKeyId();
    const mend = server.fail({
      matches: ({ method, path }) =>
        method === "GET" && path.endsWith(`secret_storage.key.${keyId}`),
      status: 404,
      body: JSON.stringify({ errcode: "M_NOT_FOUND" }),
    });
    const setUp = createSetUp(device.context);
    expect(await setUp.plan()).toMatchObject({
      ok: false,
      error: { kind: "secret_storage", reason: "contradiction" },
    });
    server.startRecord();
    expect(await setUp.run(setUp.generateRecoveryKey(), neverAsk)).toMatchObject({ ok: false });
    expect(server.seen.filter(({ method }) => method === "PUT")).toEqual([]);
    mend();
    expect(await defaultKeyId()).toBe(keyId);
  });

  test("on a device that lacks something, nothing is made anew", async () => {
    const keyId = await defaultKeyId();
    const other = await openDevice(server, userId);
    await other.client.setAccountDataRaw(`m.secret_storage.key.${keyId}`, {});
    expect(await faultsOf(other)).toContain("default_key_broken other_device");
    expect(valueOf(await createSetUp(other.context).plan())).toEqual({
      kind: "blocked",
      reason: "secret_storage_broken",
    });
    other.stop();
  });

  const steps = [
    /m\.secret_storage\.key\./,
    /m\.cross_signing\.user_signing$/,
    /m\.megolm_backup\.v1$/,
    /m\.secret_storage\.default_key$/,
  ];
  test.each(
    steps.flatMap((step) => [
      [step, false],
      [step, true],
    ]) as [RegExp, boolean][],
  )("interrupted at %s (done: %s), the same key finishes it", async (step, afterwards) => {
    const keyId = await defaultKeyId();
    await syncedAccountData(`m.secret_storage.key.${keyId}`, {});
    const setUp = createSetUp(device.context);
    const next = setUp.generateRecoveryKey();
    const mend = server.fail({
      matches: ({ method, path }) => method === "PUT" && step.test(path),
      status: 400,
      body: JSON.stringify({ errcode: "M_UNKNOWN" }),
      afterwards,
    });
    expect(await setUp.run(copyOf(next), neverAsk)).toMatchObject({ ok: false });
    mend();
    // The pointer never leads to a key that opens nothing.
    const defaultKey = valueOf(await readDefaultKey(device.context));
    if (defaultKey.kind === "present") expect(await faultsOf(device, copyOf(next))).toEqual([]);
    expect(valueOf(await setUp.run(copyOf(next), neverAsk))).toMatchObject({ version });
    expect(await faultsOf(device, copyOf(next))).toEqual([]);
  });
});

describe("a backup that cannot be used at all", () => {
  test.each([
    ["a malformed public key", { public_key: "nonsense" }],
    ["no public key", { public_key: undefined }],
  ])("%s: nothing is repaired, and that is said", async (_, change) => {
    const info = valueOf(await createKeyBackup(device.context).fetchBackupInfo());
    const body = {
      version,
      algorithm: info?.algorithm,
      auth_data: { ...info?.authData, ...change },
    };
    valueOf(await device.context.request("PUT", `/room_keys/version/${version}`, { body }));
    expect(await faultsOf()).toEqual(["backup_unusable export_and_replace"]);
    expect(await repair("backup_unusable")).toMatchObject({ fixed: false, why: null });
    expect(server.seen.filter(({ method }) => method === "PUT")).toEqual([]);
  });
});

test("what cannot be read is never diagnosed", async () => {
  for (const part of ["/room_keys/version", "/keys/query", "m.secret_storage.default_key"]) {
    const mend = server.fail({
      matches: ({ path }) => path.endsWith(part),
      status: 500,
      body: JSON.stringify({ errcode: "M_UNKNOWN" }),
    });
    const repairs = createRepair(device.context);
    expect(await repairs.diagnose(null), part).toMatchObject({ ok: false });
    expect(await repairs.run("backup_key_not_stored", copyOf(key)), part).toMatchObject({
      ok: false,
    });
    mend();
  }
  expect(valueOf(await readKeyDescription(device.context, await defaultKeyId())).kind).toBe(
    "present",
  );
});
