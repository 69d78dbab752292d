import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { IdentityStep } from "@/domain/removalPorts";
import { fetchPublishedMasterKey, readIdentityFacts } from "./crossSigning";
import { copyOf, openDevice, PASSWORD, valueOf, type TestDevice } from "./integrationDevice";
import { startHomeserver, type Homeserver, type SeenRequest } from "./integrationHomeserver";
import { createKeyBackup } from "./keyBackup";
import { createRemoval } from "./removal";
import {
  answers,
  changesOf,
  makeRoomKeys,
  openAccountWithBackup,
  putForeignKeys,
  roomKeysHere,
  SERVER_ERROR,
  waitForCount,
} from "./removalRig";
import { readAccountData } from "./secretStorage";
import type { SessionContext } from "./sessionContext";
import { createSetUp } from "./setUp";

let server: Homeserver;
beforeAll(async () => {
  server = await startHomeserver();
});
afterAll(() => server.stop());

async function published(context: SessionContext): Promise<string> {
  const key = valueOf(await fetchPublishedMasterKey(context));
  if (key === null) throw new Error("there is no identity");
  return key;
}

const backupOf = async (context: SessionContext) =>
  valueOf(await createKeyBackup(context).fetchBackupInfo());

/** After a reset: a new recovery key by the ordinary way, and another device that opens all with it. */
async function expectRecoverable(device: TestDevice, userId: string, count: number): Promise<void> {
  const setUp = createSetUp(device.context);
  expect(valueOf(await setUp.plan())).toEqual({ kind: "new_recovery_key" });
  const key = setUp.generateRecoveryKey();
  expect(valueOf(await setUp.run(copyOf(key), answers()))).toMatchObject({
    signedByDevice: true,
    signedByIdentity: true,
  });
  await waitForCount(device.context, count);
  const other = await openDevice(server, userId);
  const report = valueOf(await createKeyBackup(other.context).unlock(copyOf(key)));
  expect(report).toMatchObject({ deviceVerified: true, backup: "ready" });
  other.stop();
}

test("a new identity by password: the backup is kept and signed anew, and a new recovery key can be set up", async () => {
  const { context, device, userId, version } = await openAccountWithBackup(server, 2);
  const old = await published(context);
  const before = await backupOf(context);
  const secret = valueOf(await readAccountData(context, "m.megolm_backup.v1"));
  const removal = createRemoval(context);
  expect(valueOf(await removal.surveyIdentity())).toMatchObject({
    published: old,
    keysHere: true,
    keysStored: true,
    backup: { version, opensHere: true },
  });
  const steps: IdentityStep[] = [];
  server.startRecord();
  const outcome = await removal.resetIdentity(
    { published: old },
    { onStep: (step) => steps.push(step), askPassword: () => Promise.resolve(PASSWORD) },
  );
  expect(valueOf(outcome)).toEqual({ kind: "kept", version });
  expect(steps).toEqual(["checking", "publish", "adopt", "backup", "recovery", "proof"]);
  expect(changesOf(server.seen)).toEqual([
    // The first one is asked for the password and does nothing.
    "POST /keys/device_signing/upload",
    "POST /keys/device_signing/upload",
    "POST /keys/signatures/upload",
    `PUT /room_keys/version/${version}`,
    "PUT m.cross_signing.master",
    "PUT m.cross_signing.self_signing",
    "PUT m.cross_signing.user_signing",
    "PUT m.secret_storage.default_key",
    "DELETE /_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device",
  ]);
  const now = await published(context);
  expect(now).not.toBe(old);
  expect(valueOf(await readIdentityFacts(context))).toEqual({
    published: now,
    known: now,
    privateKeysHere: "all",
    deviceVerified: true,
    replaced: false,
  });
  const after = await backupOf(context);
  expect(after).toMatchObject({ version, count: 2, publicKey: before?.publicKey });
  if (after === null) throw new Error("unreachable");
  expect(valueOf(await createKeyBackup(context).readTrust(after))).toEqual({
    signature: "trusted",
    key: "match",
  });
  expect(valueOf(await createKeyBackup(context).readActiveVersion())).toBe(version);
  expect(await roomKeysHere(context)).toBe(2);
  // The copy of the backup's key under the old recovery key stays.
  expect(valueOf(await readAccountData(context, "m.megolm_backup.v1"))).toEqual(secret);
  expect(valueOf(await context.journal.read())).toBeNull();
  await makeRoomKeys(device, 1);
  await expectRecoverable(device, userId, 3);
  device.stop();
});

describe("the password", () => {
  test("cancelled leaves the account and this device as they were", async () => {
    const { context, device, userId, recoveryKey, version } = await openAccountWithBackup(
      server,
      1,
    );
    const old = await published(context);
    const facts = valueOf(await readIdentityFacts(context));
    const before = await backupOf(context);
    server.startRecord();
    expect(await createRemoval(context).resetIdentity({ published: old }, answers(null))).toEqual({
      ok: false,
      error: { kind: "identity", reason: "password_cancelled" },
    });
    expect(changesOf(server.seen)).toEqual(["POST /keys/device_signing/upload"]);
    expect(valueOf(await readIdentityFacts(context))).toEqual(facts);
    expect(facts).toMatchObject({ published: old, privateKeysHere: "all", deviceVerified: true });
    expect(await backupOf(context)).toEqual(before);
    expect(valueOf(await createRemoval(context).readUnfinished())).toBeNull();
    // Every other device can still be let in: element-web#26322 is about this.
    const other = await openDevice(server, userId);
    expect(valueOf(await createKeyBackup(other.context).unlock(copyOf(recoveryKey)))).toMatchObject(
      {
        deviceVerified: true,
        backup: "ready",
        version,
      },
    );
    other.stop();
    device.stop();
  });

  test("wrong is asked again in the same run, and the right one goes on", async () => {
    const { context, device, version } = await openAccountWithBackup(server, 1);
    const old = await published(context);
    const asked: string[] = [];
    const given = ["wrong", "wrong again", PASSWORD];
    const outcome = await createRemoval(context).resetIdentity(
      { published: old },
      {
        onStep: () => undefined,
        async askPassword(why) {
          asked.push(why);
          if (why === "wrong") expect(await published(context)).toBe(old);
          return given.shift() ?? null;
        },
      },
    );
    expect(valueOf(outcome)).toEqual({ kind: "kept", version });
    expect(asked).toEqual(["needed", "wrong", "wrong"]);
    device.stop();
  });

  test("wrong, then cancelled, changes nothing", async () => {
    const { context, device } = await openAccountWithBackup(server, 0);
    const old = await published(context);
    const outcome = await createRemoval(context).resetIdentity(
      { published: old },
      {
        onStep: () => undefined,
        askPassword: (why) => Promise.resolve(why === "needed" ? "wrong" : null),
      },
    );
    expect(outcome).toEqual({
      ok: false,
      error: { kind: "identity", reason: "password_cancelled" },
    });
    expect(await published(context)).toBe(old);
    expect(valueOf(await readIdentityFacts(context)).privateKeysHere).toBe("all");
    device.stop();
  });

  test.each([
    ["single sign-on", [{ stages: ["m.login.sso"] }]],
    ["approval by the account page", [{ stages: ["org.matrix.cross_signing_reset"] }]],
  ])("is not what the server wants but %s: said so, nothing changed", async (_name, flows) => {
    const { context, device } = await openAccountWithBackup(server, 0);
    const old = await published(context);
    const mend = server.fail({
      matches: ({ path }) => path === "/keys/device_signing/upload",
      status: 401,
      body: JSON.stringify({ session: "s", flows, params: {} }),
    });
    expect(await createRemoval(context).resetIdentity({ published: old }, answers())).toEqual({
      ok: false,
      error: { kind: "identity", reason: "auth_unsupported" },
    });
    mend();
    expect(await published(context)).toBe(old);
    expect(valueOf(await createRemoval(context).readUnfinished())).toBeNull();
    expect(valueOf(await readIdentityFacts(context)).privateKeysHere).toBe("all");
    device.stop();
  });
});

test("an identity that somebody else has replaced while the password was typed is not replaced", async () => {
  const { context, device, userId, recoveryKey } = await openAccountWithBackup(server, 0);
  const other = await openDevice(server, userId);
  valueOf(await createKeyBackup(other.context).unlock(copyOf(recoveryKey)));
  const old = await published(context);
  const outcome = await createRemoval(context).resetIdentity(
    { published: old },
    {
      onStep: () => undefined,
      async askPassword() {
        valueOf(await createRemoval(other.context).resetIdentity({ published: old }, answers()));
        return PASSWORD;
      },
    },
  );
  expect(outcome).toEqual({ ok: false, error: { kind: "identity", reason: "changed_meanwhile" } });
  expect(await published(context)).toBe(await published(other.context));
  expect(valueOf(await createRemoval(context).readUnfinished())).toBeNull();
  other.stop();
  device.stop();
});

describe("a device that has neither the identity's keys nor the backup's", () => {
  test("gets a new identity and a new backup; the old one stays on the server", async () => {
    const account = await openAccountWithBackup(server, 2);
    const lost = await openDevice(server, account.userId);
    const { context } = lost;
    account.device.stop();
    await makeRoomKeys(lost, 1);
    const outcome = valueOf(
      await createRemoval(context).resetIdentity(
        { published: await published(context) },
        answers(),
      ),
    );
    expect(outcome).toMatchObject({ kind: "made", old: account.version });
    expect(await backupOf(context)).not.toMatchObject({ version: account.version });
    await waitForCount(context, 1);
    // Nothing of the old one was lost.
    const old = valueOf(await context.request("GET", `/room_keys/version/${account.version}`));
    expect(old).toMatchObject({ count: 2 });
    await expectRecoverable(lost, account.userId, 1);
    lost.stop();
  });

  test("and an account without a backup gets none", async () => {
    const account = await openAccountWithBackup(server, 0);
    await account.context.request("DELETE", `/room_keys/version/${account.version}`);
    const lost = await openDevice(server, account.userId);
    account.device.stop();
    const identity = await published(lost.context);
    expect(
      valueOf(await createRemoval(lost.context).resetIdentity({ published: identity }, answers())),
    ).toEqual({ kind: "none" });
    await expectRecoverable(lost, account.userId, 0);
    lost.stop();
  });

  test("a key that opens an older backup on the server is not given up", async () => {
    const { context, device, version } = await openAccountWithBackup(server, 1);
    const held = await context.crypto().getSessionBackupPrivateKey();
    await context.request("POST", "/room_keys/version", {
      body: {
        algorithm: "m.megolm_backup.v1.curve25519-aes-sha2",
        auth_data: { public_key: "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo" },
      },
    });
    const current = await backupOf(context);
    expect(current?.version).not.toBe(version);
    expect(
      valueOf(
        await createRemoval(context).resetIdentity(
          { published: await published(context) },
          answers(),
        ),
      ),
    ).toEqual({ kind: "left", version: current?.version });
    expect(await context.crypto().getSessionBackupPrivateKey()).toEqual(held);
    device.stop();
  });
});

const isPublish = ({ method, path }: SeenRequest): boolean =>
  method === "POST" && path === "/keys/device_signing/upload";

const STEPS = [
  ["publishing", (request: SeenRequest) => isPublish(request) && request.body.includes('"auth"')],
  [
    "the signature of this device",
    ({ method, path }: SeenRequest) => method === "POST" && path === "/keys/signatures/upload",
  ],
  [
    "signing the backup",
    ({ method, path }: SeenRequest) => method === "PUT" && path.startsWith("/room_keys/version/"),
  ],
  [
    "blanking an old secret",
    ({ method, path }: SeenRequest) => method === "PUT" && path.endsWith("/m.cross_signing.master"),
  ],
  [
    "retiring the recovery key",
    ({ method, path }: SeenRequest) =>
      method === "PUT" && path.endsWith("/m.secret_storage.default_key"),
  ],
  [
    "the dehydrated device",
    ({ method, path }: SeenRequest) => method === "DELETE" && path.endsWith("/dehydrated_device"),
  ],
] as const;

describe.each(STEPS)("when %s fails", (name, matches) => {
  test.each([
    ["before it reaches the server", false],
    ["after the server has done it", true],
  ])("%s, a later run ends it, and no key is lost", async (_when, afterwards) => {
    const { context, device, userId, version } = await openAccountWithBackup(server, 2);
    const old = await published(context);
    const before = await backupOf(context);
    const removal = createRemoval(context);
    const mend = server.fail({ matches, ...SERVER_ERROR, afterwards });
    const first = await removal.resetIdentity({ published: old }, answers());
    mend();
    expect(await backupOf(context)).toMatchObject({
      version,
      count: 2,
      publicKey: before?.publicKey,
    });
    expect(await roomKeysHere(context)).toBe(2);
    const now = await published(context);
    if (name === "publishing" && afterwards) {
      // Looking tells that it was done.
      expect(valueOf(first)).toEqual({ kind: "kept", version });
    } else if (name === "publishing") {
      expect(first.ok).toBe(false);
      expect(now).toBe(old);
      expect(valueOf(await removal.readUnfinished())).toBeNull();
      valueOf(await removal.resetIdentity({ published: old }, answers()));
    } else {
      expect(first.ok).toBe(false);
      expect(now).not.toBe(old);
      expect(valueOf(await removal.readUnfinished())).toMatchObject({
        change: "reset_identity",
        needsPassword: false,
      });
      // As after a reload; the password is not asked for again.
      const again = createRemoval(context);
      expect(valueOf(await again.resetIdentity({ published: now }, answers(null)))).toEqual({
        kind: "kept",
        version,
      });
      expect(await published(context)).toBe(now);
    }
    expect(valueOf(await removal.readUnfinished())).toBeNull();
    await expectRecoverable(device, userId, 2);
    device.stop();
  });
});

describe("when the new identity is published and nobody can be asked whether it is", () => {
  /** The answer to publishing is lost, and so is every later one about the identity. */
  async function loseTheAnswer(context: SessionContext) {
    const old = await published(context);
    const removal = createRemoval(context);
    let isSent = false;
    const lost = server.fail({
      matches(request) {
        if (!isPublish(request) || !request.body.includes('"auth"')) return false;
        isSent = true;
        return true;
      },
      status: 502,
      body: "{}",
      afterwards: true,
    });
    const deaf = server.fail({
      matches: ({ path }) => isSent && path === "/keys/query",
      status: 502,
      body: "<html>",
    });
    const outcome = await removal.resetIdentity({ published: old }, answers());
    expect(outcome).toMatchObject({ ok: false, error: { kind: "server", status: 502 } });
    lost();
    deaf();
    return { old, removal };
  }

  test("the same page goes on with the keys it has kept, without the password", async () => {
    const { context, device, userId, version } = await openAccountWithBackup(server, 1);
    const { old, removal } = await loseTheAnswer(context);
    const now = await published(context);
    expect(now).not.toBe(old);
    expect(valueOf(await removal.readUnfinished())).toMatchObject({ needsPassword: false });
    expect(valueOf(await removal.resetIdentity({ published: now }, answers(null)))).toEqual({
      kind: "kept",
      version,
    });
    expect(await published(context)).toBe(now);
    await expectRecoverable(device, userId, 1);
    device.stop();
  });

  test("after a reload the keys are gone: the password is needed again, and that mends it", async () => {
    const { context, device, userId, version } = await openAccountWithBackup(server, 1);
    await loseTheAnswer(context);
    const dangling = await published(context);
    const reloaded = createRemoval(context);
    expect(valueOf(await reloaded.readUnfinished())).toMatchObject({ needsPassword: true });
    // Cancelled once more, it stays unfinished.
    expect((await reloaded.resetIdentity({ published: dangling }, answers(null))).ok).toBe(false);
    expect(valueOf(await reloaded.readUnfinished())).toMatchObject({ needsPassword: true });
    expect(valueOf(await reloaded.resetIdentity({ published: dangling }, answers()))).toEqual({
      kind: "kept",
      version,
    });
    expect(await published(context)).not.toBe(dangling);
    expect(valueOf(await reloaded.readUnfinished())).toBeNull();
    await expectRecoverable(device, userId, 1);
    device.stop();
  });
});

describe("making a new backup", () => {
  test.each([
    ["before it reaches the server", false],
    ["after the server has made it", true],
  ])(
    "fails %s: the next run ends it, with one new version whose key is here",
    async (_when, afterwards) => {
      const account = await openAccountWithBackup(server, 2);
      const lost = await openDevice(server, account.userId);
      account.device.stop();
      const { context } = lost;
      await putForeignKeys(context, account.version, 1);
      const removal = createRemoval(context);
      const mend = server.fail({
        matches: ({ method, path }) => method === "POST" && path === "/room_keys/version",
        ...SERVER_ERROR,
        afterwards,
      });
      expect(
        (await removal.resetIdentity({ published: await published(context) }, answers())).ok,
      ).toBe(false);
      mend();
      server.startRecord();
      const outcome = valueOf(
        await createRemoval(context).resetIdentity(
          { published: await published(context) },
          answers(null),
        ),
      );
      expect(outcome.kind).toBe(afterwards ? "kept" : "made");
      expect(
        server.seen.filter(
          ({ method, path }) => method === "POST" && path === "/room_keys/version",
        ),
      ).toHaveLength(afterwards ? 0 : 1);
      expect(
        valueOf(await context.request("GET", `/room_keys/version/${account.version}`)),
      ).toMatchObject({ count: 3 });
      await expectRecoverable(lost, account.userId, 0);
      lost.stop();
    },
  );
});

test("another unfinished change comes first", async () => {
  const { context, device } = await openAccountWithBackup(server, 0);
  await context.journal.write({ change: "replace_backup", step: "x", startedAt: 0, facts: {} });
  server.startRecord();
  expect(
    await createRemoval(context).resetIdentity({ published: await published(context) }, answers()),
  ).toEqual({ ok: false, error: { kind: "change_unfinished", change: "replace_backup" } });
  expect(changesOf(server.seen)).toEqual([]);
  device.stop();
});
