import type { SetUpStep } from "@/domain/ports";
import { noteCopies } from "@/testing/noteCopies";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fetchPublishedMasterKey } from "./crossSigning";
import { copyOf, openDevice, PASSWORD, valueOf } from "./integrationDevice";
import { startHomeserver, type Homeserver, type SeenRequest } from "./integrationHomeserver";
import { createKeyBackup } from "./keyBackup";
import { readDefaultKey } from "./secretStorage";
import { openDefaultKey } from "./secretStorageUnlock";
import { createSetUp } from "./setUp";
import { readSecretStorageStatus } from "./secretStorageStatus";

let server: Homeserver;
beforeAll(async () => {
  server = await startHomeserver();
});
afterAll(() => server.stop());

const newUser = (): Promise<string> => server.register(PASSWORD);
const neverAsk = { onStep: () => undefined, askPassword: () => Promise.resolve(null) };

test("an account with nothing gets identity, secret storage and a backup, proven by reading back", async () => {
  const userId = await newUser();
  const device = await openDevice(server, userId);
  const setUp = createSetUp(device.context);
  const keyBackup = createKeyBackup(device.context);

  expect(valueOf(await setUp.plan())).toEqual({ kind: "new_recovery_key" });
  expect(valueOf(await keyBackup.fetchBackupInfo())).toBeNull();
  expect(valueOf(await keyBackup.readCrossSigning())).toEqual({
    identityExists: false,
    privateKeysHere: false,
    privateKeysInSecretStorage: false,
    deviceVerified: false,
    masterKey: null,
    identityReplaced: false,
  });

  const steps: SetUpStep[] = [];
  const key = setUp.generateRecoveryKey();
  server.startRecord();
  const given = copyOf(key);
  const copies = noteCopies(given.bytes);
  const proof = valueOf(
    await setUp.run(given, { ...neverAsk, onStep: (step) => steps.push(step) }),
  );
  expect(copies).toEqual([new Uint8Array(32)]);

  expect(steps).toEqual([
    "checking",
    "identity",
    "secret_storage",
    "backup_key",
    "backup",
    "proof",
  ]);
  expect(server.seen.filter(({ method }) => method === "DELETE")).toEqual([]);
  const info = valueOf(await keyBackup.fetchBackupInfo());
  expect(proof).toEqual({
    version: info?.version,
    keyId: valueOf(await readSecretStorageStatus(device.context)).keyId,
    signedByDevice: true,
    signedByIdentity: true,
  });
  expect(info).toMatchObject({ count: 0 });
  if (info === null) throw new Error("no backup");
  expect(valueOf(await keyBackup.readTrust(info))).toEqual({ signature: "trusted", key: "match" });
  expect(valueOf(await keyBackup.readActiveVersion())).toBe(info.version);
  expect(valueOf(await keyBackup.readCrossSigning())).toEqual({
    identityExists: true,
    privateKeysHere: true,
    privateKeysInSecretStorage: true,
    deviceVerified: true,
    masterKey: valueOf(await fetchPublishedMasterKey(device.context)),
    identityReplaced: false,
  });
  expect(valueOf(await keyBackup.readSecretStorage())).toMatchObject({
    defaultKey: "present",
    backupKeyStored: true,
    crossSigningKeysStored: true,
  });
  expect(valueOf(await setUp.plan())).toEqual({
    kind: "backup_exists",
    version: info.version,
    recovery: "stored",
  });
  device.stop();
});

/** Everything a set-up changes on the server, in its order. */
const CHANGES: readonly (readonly [method: string, path: RegExp])[] = [
  ["POST", /^\/keys\/device_signing\/upload$/],
  ["POST", /^\/keys\/signatures\/upload$/],
  ["PUT", /\/m\.secret_storage\.key\./],
  ["PUT", /\/m\.secret_storage\.default_key$/],
  ["PUT", /\/m\.cross_signing\.master$/],
  ["PUT", /\/m\.cross_signing\.self_signing$/],
  ["PUT", /\/m\.cross_signing\.user_signing$/],
  ["PUT", /\/m\.megolm_backup\.v1$/],
  ["POST", /^\/room_keys\/version$/],
  ["PUT", /\/m\.key_backup$/],
];

describe.each(CHANGES)("when %s %s fails", (method, path) => {
  const matches = (request: SeenRequest): boolean =>
    request.method === method && path.test(request.path);

  test.each([
    ["before it reaches the server", false],
    ["after the server has done it", true],
  ])("%s, the same key finishes the set-up and nothing was deleted", async (_when, afterwards) => {
    const userId = await newUser();
    const device = await openDevice(server, userId);
    const setUp = createSetUp(device.context);
    const key = setUp.generateRecoveryKey();
    server.startRecord();
    const mend = server.fail({
      matches,
      status: 400,
      body: JSON.stringify({ errcode: "M_UNKNOWN" }),
      afterwards,
    });

    const failed = await setUp.run(copyOf(key), neverAsk);
    expect(failed).toMatchObject({ ok: false, error: { kind: "server", status: 400 } });
    mend();

    // Whatever exists now, the key opens it, on a device that knows nothing else.
    const other = await openDevice(server, userId);
    const defaultKey = valueOf(await readDefaultKey(other.context));
    if (defaultKey.kind !== "absent") valueOf(await openDefaultKey(other.context, key.bytes));
    const half = valueOf(await createKeyBackup(other.context).fetchBackupInfo());
    if (half !== null) {
      expect(valueOf(await createKeyBackup(other.context).unlock(copyOf(key)))).toMatchObject({
        deviceVerified: true,
        backup: "ready",
        version: half.version,
      });
    }
    other.stop();
    const identity = valueOf(await fetchPublishedMasterKey(device.context));

    const proof = valueOf(await setUp.run(copyOf(key), neverAsk));
    expect(proof).toMatchObject({ signedByDevice: true, signedByIdentity: true });
    if (half !== null) expect(proof.version).toBe(half.version);
    if (identity !== null) {
      expect(valueOf(await fetchPublishedMasterKey(device.context))).toBe(identity);
    }

    const changes = server.seen.filter((request) => request.method !== "GET");
    expect(changes.filter((request) => request.method === "DELETE")).toEqual([]);
    expect(changes.filter(({ method, body }) => method === "PUT" && body === "{}")).toEqual([]);
    expect(changes.filter((request) => request.path === "/room_keys/version").length).toBe(
      path.test("/room_keys/version") && !afterwards ? 2 : 1,
    );
    device.stop();
  });
});

test("a read-back that fails is not called done, and the next run takes up the backup", async () => {
  const device = await openDevice(server, await newUser());
  const setUp = createSetUp(device.context);
  const key = setUp.generateRecoveryKey();
  let made = false;
  const mend = server.fail({
    matches({ method, path }) {
      if (path === "/room_keys/version" && method === "POST") made = true;
      return made && path === "/room_keys/version" && method === "GET";
    },
    status: 502,
    body: "<html>Bad gateway</html>",
  });
  expect(await setUp.run(copyOf(key), neverAsk)).toMatchObject({
    ok: false,
    error: { kind: "server", status: 502 },
  });
  mend();
  server.startRecord();
  expect(valueOf(await setUp.run(copyOf(key), neverAsk)).signedByIdentity).toBe(true);
  expect(
    server.seen.some(({ method, path }) => method === "POST" && path === "/room_keys/version"),
  ).toBe(false);
  device.stop();
});

describe("a server that wants the password for the first upload", () => {
  const challenge = { session: "s1", flows: [{ stages: ["m.login.password"] }], params: {} };
  const isUpload = ({ path }: SeenRequest): boolean => path === "/keys/device_signing/upload";

  /** Stands for an older server: Synapse lets the first upload pass. Takes the auth away and passes on. */
  function wantPassword(): () => void {
    const first = server.fail({
      matches: (request) => isUpload(request) && !request.body.includes('"auth"'),
      status: 401,
      body: JSON.stringify(challenge),
    });
    const wrong = server.fail({
      matches: (request) => isUpload(request) && !request.body.includes(PASSWORD),
      status: 401,
      body: JSON.stringify({ ...challenge, completed: [], errcode: "M_FORBIDDEN", error: "no" }),
    });
    return () => {
      first();
      wrong();
    };
  }

  test("asks, asks again after a wrong one, and goes on", async () => {
    const device = await openDevice(server, await newUser());
    const setUp = createSetUp(device.context);
    const mend = wantPassword();
    const asked: string[] = [];
    const answers = ["wrong", PASSWORD];
    const proof = await setUp.run(setUp.generateRecoveryKey(), {
      onStep: () => undefined,
      askPassword(why) {
        asked.push(why);
        return Promise.resolve(answers.shift() ?? null);
      },
    });
    mend();
    expect(asked).toEqual(["needed", "wrong"]);
    expect(valueOf(proof).signedByIdentity).toBe(true);
    device.stop();
  });

  test("cancelled, nothing is made, and the next run publishes the keys", async () => {
    const device = await openDevice(server, await newUser());
    const setUp = createSetUp(device.context);
    const key = setUp.generateRecoveryKey();
    const mend = wantPassword();
    expect(await setUp.run(copyOf(key), neverAsk)).toEqual({
      ok: false,
      error: { kind: "identity", reason: "password_cancelled" },
    });
    mend();
    expect(valueOf(await fetchPublishedMasterKey(device.context))).toBeNull();
    expect(valueOf(await createKeyBackup(device.context).readCrossSigning())).toMatchObject({
      identityExists: false,
      deviceVerified: false,
    });
    expect(valueOf(await setUp.plan())).toEqual({ kind: "new_recovery_key" });
    expect(valueOf(await setUp.run(copyOf(key), neverAsk)).signedByIdentity).toBe(true);
    device.stop();
  });

  test("and offers only other ways: says so", async () => {
    const device = await openDevice(server, await newUser());
    const setUp = createSetUp(device.context);
    const mend = server.fail({
      matches: isUpload,
      status: 401,
      body: JSON.stringify({ ...challenge, flows: [{ stages: ["m.login.sso"] }] }),
    });
    expect(await setUp.run(setUp.generateRecoveryKey(), neverAsk)).toEqual({
      ok: false,
      error: { kind: "identity", reason: "auth_unsupported" },
    });
    mend();
    device.stop();
  });
});

describe("what is there is used", () => {
  test("a backup that another device made meanwhile stops the run", async () => {
    const userId = await newUser();
    const [a, b] = [await openDevice(server, userId), await openDevice(server, userId)];
    const mine = createSetUp(a.context);
    const theirs = createSetUp(b.context);
    valueOf(await mine.plan());
    const { version } = valueOf(await theirs.run(theirs.generateRecoveryKey(), neverAsk));
    server.startRecord();
    expect(await mine.run(mine.generateRecoveryKey(), neverAsk)).toMatchObject({
      ok: false,
      error: { kind: "recovery_key", problem: { reason: "does_not_match" } },
    });
    expect(server.seen.filter(({ method }) => method === "PUT" || method === "DELETE")).toEqual([]);
    expect(valueOf(await createKeyBackup(a.context).fetchBackupInfo())?.version).toBe(version);
    a.stop();
    b.stop();
  });

  test("after the backup was deleted, a new one gets the secret that is in secret storage", async () => {
    const userId = await newUser();
    const a = await openDevice(server, userId);
    const first = createSetUp(a.context);
    const key = first.generateRecoveryKey();
    const { version } = valueOf(await first.run(copyOf(key), neverAsk));
    const before = valueOf(await createKeyBackup(a.context).fetchBackupInfo());
    await a.context.request("DELETE", `/room_keys/version/${version}`);

    const b = await openDevice(server, userId);
    const again = createSetUp(b.context);
    expect(valueOf(await again.plan())).toEqual({ kind: "existing_recovery_key" });
    expect(await again.run(again.generateRecoveryKey(), neverAsk)).toMatchObject({
      ok: false,
      error: { kind: "recovery_key", problem: { reason: "does_not_match" } },
    });
    const proof = valueOf(await again.run(copyOf(key), neverAsk));
    expect(proof).toMatchObject({ signedByDevice: true, signedByIdentity: true });
    const after = valueOf(await createKeyBackup(b.context).fetchBackupInfo());
    expect(after?.version).not.toBe(version);
    expect(after?.publicKey).toBe(before?.publicKey);
    a.stop();
    b.stop();
  });

  test("a server that forgets backup and secret does not make this device drop its key", async () => {
    const device = await openDevice(server, await server.register(PASSWORD));
    const setUp = createSetUp(device.context);
    const key = setUp.generateRecoveryKey();
    const { version } = valueOf(await setUp.run(copyOf(key), neverAsk));
    const held = await device.context.crypto().getSessionBackupPrivateKey();
    await device.context.request("DELETE", `/room_keys/version/${version}`);
    await device.client.setAccountDataRaw("m.megolm_backup.v1", {});

    const again = valueOf(await setUp.run(copyOf(key), neverAsk));
    expect(again.version).not.toBe(version);
    expect(await device.context.crypto().getSessionBackupPrivateKey()).toEqual(held);
    device.stop();
  });

  test("an identity whose private keys are neither here nor stored blocks, and is not replaced", async () => {
    const userId = await newUser();
    const a = await openDevice(server, userId);
    const first = createSetUp(a.context);
    const mend = server.fail({
      matches: ({ method, path }) => method === "PUT" && path.includes("/m.secret_storage.key."),
      status: 400,
      body: "{}",
    });
    expect((await first.run(first.generateRecoveryKey(), neverAsk)).ok).toBe(false);
    mend();
    const identity = valueOf(await fetchPublishedMasterKey(a.context));

    const b = await openDevice(server, userId);
    const setUp = createSetUp(b.context);
    expect(valueOf(await setUp.plan())).toEqual({
      kind: "blocked",
      reason: "identity_held_elsewhere",
    });
    expect(await setUp.run(setUp.generateRecoveryKey(), neverAsk)).toEqual({
      ok: false,
      error: { kind: "identity", reason: "held_elsewhere" },
    });
    expect(valueOf(await fetchPublishedMasterKey(b.context))).toBe(identity);
    a.stop();
    b.stop();
  });

  test.each([
    ["points nowhere", { key: "nothing" }],
    ["has no key", { other: 1 }],
  ])(
    "a default key that %s blocks while anything is stored, else it is made anew",
    async (_name, content) => {
      const device = await openDevice(server, await newUser());
      await device.client.setAccountDataRaw(
        "m.secret_storage.default_key",
        content as { key: string },
      );
      const stored = { encrypted: { lost: { iv: "AA", ciphertext: "AA", mac: "AA" } } };
      await device.client.setAccountDataRaw("m.megolm_backup.v1", stored);
      const setUp = createSetUp(device.context);
      expect(valueOf(await setUp.plan())).toEqual({
        kind: "blocked",
        reason: "secret_storage_broken",
      });
      expect(await setUp.run(setUp.generateRecoveryKey(), neverAsk)).toEqual({
        ok: false,
        error: { kind: "secret_storage", reason: "default_key_broken" },
      });

      await device.client.setAccountDataRaw("m.megolm_backup.v1", {});
      expect(valueOf(await setUp.plan())).toEqual({ kind: "new_recovery_key" });
      expect(valueOf(await setUp.run(setUp.generateRecoveryKey(), neverAsk))).toMatchObject({
        signedByDevice: true,
        signedByIdentity: true,
      });
      device.stop();
    },
  );

  test("default keys blanked to {} count as absent", async () => {
    const device = await openDevice(server, await newUser());
    await device.client.setAccountDataRaw("m.secret_storage.default_key", {});
    expect(valueOf(await createSetUp(device.context).plan())).toEqual({ kind: "new_recovery_key" });
    device.stop();
  });
});

describe("a plan never takes a failed read for an absence", () => {
  test.each([
    ["the backup", "GET", "/room_keys/version"],
    ["secret storage", "GET", "m.secret_storage.default_key"],
    ["the identity", "POST", "/keys/query"],
  ])("%s could not be read", async (_name, method, part) => {
    const device = await openDevice(server, await newUser());
    const answers = [
      { status: 500, body: JSON.stringify({ errcode: "M_UNKNOWN" }) },
      { status: 404, body: "<html>not found</html>" },
      { status: 404, body: "{}" },
      { status: 200, body: "<html>Please sign in to the Wi-Fi</html>" },
      { status: 200, body: "[]" },
      { status: 429, body: JSON.stringify({ errcode: "M_LIMIT_EXCEEDED", retry_after_ms: 1200 }) },
    ];
    for (const answer of answers) {
      const mend = server.fail({
        matches: (request) => request.method === method && request.path.includes(part),
        ...answer,
      });
      expect((await createSetUp(device.context).plan()).ok).toBe(false);
      mend();
    }
    device.stop();
  });
});
