import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { confirmationOf } from "@/domain/removal";
import type { ConfirmedKeyStorage, KeyStorageStep } from "@/domain/removalPorts";
import { fetchPublishedMasterKey } from "./crossSigning";
import { copyOf, openDevice, valueOf } from "./integrationDevice";
import { startHomeserver, type Homeserver } from "./integrationHomeserver";
import { createKeyBackup } from "./keyBackup";
import { createRemoval } from "./removal";
import {
  answers,
  changesOf,
  openAccountWithBackup,
  roomKeysHere,
  SERVER_ERROR,
  waitForCount,
} from "./removalRig";
import { CROSS_SIGNING_SECRETS, readAccountData } from "./secretStorage";
import type { SessionContext } from "./sessionContext";
import { createSetUp } from "./setUp";

let server: Homeserver;
beforeAll(async () => {
  server = await startHomeserver();
});
afterAll(() => server.stop());

const options = (confirmOlder: () => Promise<boolean> = () => Promise.resolve(false)) => ({
  onStep: () => undefined,
  confirmOlder,
});

async function confirmedNow(context: SessionContext): Promise<ConfirmedKeyStorage> {
  const { backup, keyId, identityOnlyStored } = valueOf(
    await createRemoval(context).surveyKeyStorage(),
  );
  return { backup: backup === null ? null : confirmationOf(backup), keyId, identityOnlyStored };
}

async function expectNothingStored(context: SessionContext, keyId: string | null): Promise<void> {
  const types = [
    "m.secret_storage.default_key",
    ...CROSS_SIGNING_SECRETS,
    "m.megolm_backup.v1",
    `m.secret_storage.key.${keyId}`,
  ];
  for (const type of types) {
    expect(valueOf(await readAccountData(context, type)), type).toBeNull();
  }
  expect(valueOf(await createKeyBackup(context).fetchBackupInfo())).toBeNull();
}

test("backup first, then the six pieces of secret storage; identity and room keys stay; set-up works again", async () => {
  const { context, device, version, recoveryKey } = await openAccountWithBackup(server, 2);
  const identity = valueOf(await fetchPublishedMasterKey(context));
  const removal = createRemoval(context);
  const confirmed = await confirmedNow(context);
  const { keyId } = confirmed;
  server.startRecord();
  const steps: KeyStorageStep[] = [];
  expect(
    valueOf(
      await removal.deleteKeyStorage(confirmed, {
        ...options(),
        onStep: (step) => steps.push(step),
      }),
    ),
  ).toEqual({ kind: "deleted" });
  expect(steps).toEqual(["backup", "secret_storage", "dehydrated_device", "proof"]);
  expect(changesOf(server.seen)).toEqual([
    `DELETE /room_keys/version/${version}`,
    "PUT m.key_backup",
    "PUT m.secret_storage.default_key",
    "PUT m.cross_signing.master",
    "PUT m.cross_signing.self_signing",
    "PUT m.cross_signing.user_signing",
    "PUT m.megolm_backup.v1",
    `PUT m.secret_storage.key.${keyId}`,
    "DELETE /_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device",
  ]);
  await expectNothingStored(context, keyId);
  expect(valueOf(await context.journal.read())).toBeNull();
  expect(valueOf(await removal.readBackupWish())).toBe("off");
  expect(valueOf(await fetchPublishedMasterKey(context))).toBe(identity);
  expect(await roomKeysHere(context)).toBe(2);

  const setUp = createSetUp(context);
  expect(valueOf(await setUp.plan())).toEqual({ kind: "new_recovery_key" });
  const key = setUp.generateRecoveryKey();
  const proof = valueOf(await setUp.run(copyOf(key), answers()));
  expect(proof).toMatchObject({ signedByDevice: true, signedByIdentity: true });
  await waitForCount(context, 2);
  expect(valueOf(await fetchPublishedMasterKey(context))).toBe(identity);
  expect(await createKeyBackup(context).unlock(copyOf(recoveryKey))).toMatchObject({
    ok: false,
    error: { kind: "recovery_key" },
  });
  device.stop();
});

const STEPS = [
  ["the deletion", "DELETE", /^\/room_keys\/version\/.+/],
  ["the wish", "PUT", /\/m\.key_backup$/],
  ["the pointer", "PUT", /\/m\.secret_storage\.default_key$/],
  ["the master key", "PUT", /\/m\.cross_signing\.master$/],
  ["the self-signing key", "PUT", /\/m\.cross_signing\.self_signing$/],
  ["the user-signing key", "PUT", /\/m\.cross_signing\.user_signing$/],
  ["the backup's key", "PUT", /\/m\.megolm_backup\.v1$/],
  ["the description", "PUT", /\/m\.secret_storage\.key\./],
  ["the dehydrated device", "DELETE", /dehydrated_device$/],
] as const;

describe.each(STEPS)("when %s fails", (name, method, path) => {
  test.each([
    ["before it reaches the server", false],
    ["after the server has done it", true],
  ])("%s, it is unfinished, and a later run ends it", async (_when, afterwards) => {
    const { context, device } = await openAccountWithBackup(server, 1);
    const removal = createRemoval(context);
    const confirmed = await confirmedNow(context);
    const mend = server.fail({
      matches: (request) => request.method === method && path.test(request.path),
      ...SERVER_ERROR,
      afterwards,
    });
    const failed = await removal.deleteKeyStorage(confirmed, options());
    mend();
    if (failed.ok) {
      // A lost answer to the deletion is made up for by looking.
      expect([name, afterwards]).toEqual(["the deletion", true]);
    } else {
      expect(failed.error).toMatchObject({ kind: "server", status: 400 });
      expect(valueOf(await removal.readUnfinished())).toMatchObject({
        change: "delete_key_storage",
      });
      // As after a reload: a new look, a new confirmation.
      const again = createRemoval(context);
      const next = await confirmedNow(context);
      expect(next.keyId).toBe(confirmed.keyId);
      expect(valueOf(await again.deleteKeyStorage(next, options()))).toEqual({ kind: "deleted" });
    }
    await expectNothingStored(context, confirmed.keyId);
    expect(valueOf(await removal.readUnfinished())).toBeNull();
    expect(await roomKeysHere(context)).toBe(1);
    expect(valueOf(await createSetUp(context).plan())).toEqual({ kind: "new_recovery_key" });
    device.stop();
  });
});

describe("an older backup that comes to light", () => {
  async function withOlder() {
    const account = await openAccountWithBackup(server, 1);
    await account.context.request("POST", "/room_keys/version", {
      body: {
        algorithm: "m.megolm_backup.v1.curve25519-aes-sha2",
        auth_data: { public_key: "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo" },
      },
    });
    return account;
  }

  test("is asked about, and when it is kept secret storage is not touched", async () => {
    const { context, device, version } = await withOlder();
    const confirmed = await confirmedNow(context);
    server.startRecord();
    const asked: unknown[] = [];
    const outcome = await createRemoval(context).deleteKeyStorage(confirmed, {
      onStep: () => undefined,
      confirmOlder(older) {
        asked.push([older.version, older.coverage.onServer]);
        return Promise.resolve(false);
      },
    });
    expect(valueOf(outcome)).toEqual({ kind: "older_kept", version });
    expect(asked).toEqual([[version, 1]]);
    expect(changesOf(server.seen)).toEqual([
      `DELETE /room_keys/version/${confirmed.backup?.version}`,
    ]);
    expect(valueOf(await context.journal.read())).toBeNull();
    expect(valueOf(await createKeyBackup(context).readSecretStorage())).toMatchObject({
      defaultKey: "present",
      backupKeyStored: true,
    });
    device.stop();
  });

  test("is deleted when that is agreed to", async () => {
    const { context, device } = await withOlder();
    const confirmed = await confirmedNow(context);
    expect(
      valueOf(
        await createRemoval(context).deleteKeyStorage(
          confirmed,
          options(() => Promise.resolve(true)),
        ),
      ),
    ).toEqual({ kind: "deleted" });
    await expectNothingStored(context, confirmed.keyId);
    device.stop();
  });
});

describe("nothing is deleted", () => {
  test("when the identity's private keys would go, and that was not said", async () => {
    const { context, device, userId } = await openAccountWithBackup(server, 0);
    const other = await openDevice(server, userId);
    const removal = createRemoval(other.context);
    const survey = valueOf(await removal.surveyKeyStorage());
    expect(survey).toMatchObject({ identityOnlyStored: true, backupKeyOnlyStored: true });
    const confirmed = { ...(await confirmedNow(other.context)), identityOnlyStored: false };
    server.startRecord();
    expect(valueOf(await removal.deleteKeyStorage(confirmed, options()))).toMatchObject({
      kind: "numbers_changed",
    });
    expect(changesOf(server.seen)).toEqual([]);
    expect(valueOf(await other.context.journal.read())).toBeNull();
    expect(valueOf(await createRemoval(context).surveyKeyStorage())).toMatchObject({
      identityOnlyStored: false,
    });
    other.stop();
    device.stop();
  });

  test("when another recovery key was set up meanwhile", async () => {
    const { context, device } = await openAccountWithBackup(server, 0);
    const confirmed = { ...(await confirmedNow(context)), keyId: "another" };
    server.startRecord();
    expect(await createRemoval(context).deleteKeyStorage(confirmed, options())).toEqual({
      ok: false,
      error: { kind: "secret_storage", reason: "changed_meanwhile" },
    });
    expect(changesOf(server.seen)).toEqual([]);
    device.stop();
  });

  test("when a backup was made where there was none", async () => {
    const { context, device, version } = await openAccountWithBackup(server, 0);
    const confirmed = { ...(await confirmedNow(context)), backup: null };
    server.startRecord();
    expect(await createRemoval(context).deleteKeyStorage(confirmed, options())).toEqual({
      ok: false,
      error: { kind: "backup_changed", expected: null, actual: version },
    });
    expect(changesOf(server.seen)).toEqual([]);
    device.stop();
  });
});

test("an unfinished deletion can be left as it is", async () => {
  const { context, device } = await openAccountWithBackup(server, 0);
  const removal = createRemoval(context);
  const mend = server.fail({
    matches: ({ method, path }) => method === "PUT" && path.endsWith("/m.key_backup"),
    ...SERVER_ERROR,
  });
  await removal.deleteKeyStorage(await confirmedNow(context), options());
  mend();
  expect(valueOf(await removal.readUnfinished())).not.toBeNull();
  server.startRecord();
  valueOf(await removal.leaveUnfinished());
  expect(valueOf(await removal.readUnfinished())).toBeNull();
  expect(changesOf(server.seen)).toEqual([]);
  device.stop();
});
