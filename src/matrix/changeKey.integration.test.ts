import type { ChangeKeyStep } from "@/domain/changes";
import type { RecoveryKey } from "@/domain/recoveryKey";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listSecretsUnder } from "./accountDataList";
import { createChangeKey } from "./changeKey";
import {
  accountData,
  accountWithBackup,
  currentVersion,
  keyEntries,
  reach,
  withFault,
  writesOf,
  type Account,
  type FaultKind,
} from "./changesRig";
import { fetchPublishedMasterKey } from "./crossSigning";
import { copyOf, openDevice, valueOf } from "./integrationDevice";
import { startHomeserver, type Homeserver } from "./integrationHomeserver";
import { createKeyBackup } from "./keyBackup";
import { createReplace } from "./replace";
import {
  BACKUP_SECRET,
  CROSS_SIGNING_SECRETS,
  readDefaultKey,
  readSecret,
  storeSecret,
  writeAccountData,
  writeKeyDescription,
  type StorageKey,
} from "./secretStorage";
import { openDefaultKey } from "./secretStorageUnlock";
import type { SessionContext } from "./sessionContext";
import { readSecretStorageStatus } from "./secretStorageStatus";

let server: Homeserver;
beforeAll(async () => {
  server = await startHomeserver();
});
afterAll(() => server.stop());

const silent = { onStep: () => undefined };
const OWN_SECRET = "org.example.some_secret";
const NAMES = [BACKUP_SECRET, ...CROSS_SIGNING_SECRETS, OWN_SECRET];

interface KeyAccount extends Account {
  readonly storageKey: StorageKey;
}

/** An account whose secret storage holds a secret of another app, too. */
async function keyAccount(): Promise<KeyAccount> {
  const account = await accountWithBackup(server, 1);
  const { context } = account.device;
  const storageKey = valueOf(await openDefaultKey(context, account.key.bytes));
  valueOf(await storeSecret(context, OWN_SECRET, "kept by another app", storageKey));
  return { ...account, storageKey };
}

async function readAll(context: SessionContext, key: StorageKey) {
  const texts: Record<string, unknown> = {};
  for (const name of NAMES) texts[name] = valueOf(await readSecret(context, name, key));
  return texts;
}

/** The key as the one in use, opening everything. */
async function expectOpensAll(
  { device: { context } }: Account,
  key: RecoveryKey,
  secrets: Record<string, unknown>,
  where: string,
): Promise<StorageKey> {
  const storageKey = await openDefaultKey(context, key.bytes);
  expect(storageKey, `${where}: the key in use`).toMatchObject({ ok: true });
  const opened = valueOf(storageKey);
  expect(await readAll(context, opened), where).toEqual(secrets);
  expect(await reach(context, key, await currentVersion(context)), where).toBe("in_place");
  return opened;
}

test("the new key opens everything, the old one too until the end, and identity and backup stay", async () => {
  const account = await keyAccount();
  const { context } = account.device;
  const secrets = await readAll(context, account.storageKey);
  const identity = valueOf(await fetchPublishedMasterKey(context));
  const changeKey = createChangeKey(context);
  expect(valueOf(await changeKey.plan())).toEqual({
    kind: "ready",
    secrets: 5,
    canWithoutOldKey: true,
    others: 1,
  });
  const newKey = changeKey.generateRecoveryKey();
  const steps: ChangeKeyStep[] = [];
  server.startRecord();
  const proof = await changeKey.run(copyOf(newKey), copyOf(account.key), {
    onStep: (step) => steps.push(step),
  });
  const { keyId } = valueOf(await readSecretStorageStatus(context));
  expect(keyId).not.toBe(account.storageKey.keyId);
  expect(valueOf(proof)).toEqual({ secrets: 5, left: 0, keyId });
  expect(steps).toEqual(["checking", "describe", "encrypt", "point", "proof"]);
  await expectOpensAll(account, newKey, secrets, "new");
  expect(await readAll(context, account.storageKey), "the old key").toEqual(secrets);
  expect(
    server.seen.some(({ body }) => body === "{}"),
    "nothing is blanked",
  ).toBe(false);

  expect(valueOf(await changeKey.finish(copyOf(newKey)))).toEqual({ secrets: 5, left: 0, keyId });
  await expectOpensAll(account, newKey, secrets, "finished");
  expect(valueOf(await listSecretsUnder(context, account.storageKey.keyId))).toEqual([]);
  expect(await accountData(context, `m.secret_storage.key.${account.storageKey.keyId}`)).toEqual(
    {},
  );
  expect(valueOf(await context.journal.read())).toBeNull();
  expect(valueOf(await fetchPublishedMasterKey(context))).toBe(identity);
  expect(await currentVersion(context)).toBe(account.version);
  expect(server.seen.filter(({ method }) => method === "DELETE")).toEqual([]);

  const other = await openDevice(server, account.userId);
  const keyBackup = createKeyBackup(other.context);
  expect(await keyBackup.unlock(copyOf(account.key))).toMatchObject({
    error: { kind: "recovery_key", problem: { reason: "does_not_match" } },
  });
  expect(valueOf(await keyBackup.unlock(copyOf(newKey)))).toMatchObject({
    deviceVerified: true,
    backup: "ready",
    version: account.version,
  });
  other.stop();
  account.device.stop();
});

type End = "continue" | "undo";
const ENDS: readonly End[] = ["continue", "undo"];

describe.each<readonly [FaultKind]>([["fails"], ["lost"], ["killed"]])(
  "every request of a change in turn: it %s",
  (kind) => {
    test.each(ENDS)(
      "then %s leads to a consistent end",
      async (end) => {
        const account = await keyAccount();
        const { context } = account.device;
        const secrets = await readAll(context, account.storageKey);
        let inUse = account.key;
        const changeOn = (on: SessionContext, to: RecoveryKey) =>
          createChangeKey(on).run(copyOf(to), copyOf(inUse), silent);

        const probe = withFault(context, null);
        const first = createChangeKey(context).generateRecoveryKey();
        valueOf(await changeOn(probe.context, first));
        valueOf(await createChangeKey(context).finish(copyOf(first)));
        inUse = first;
        const places = kind === "fails" ? [...probe.log.keys()] : writesOf(probe.log);
        expect(places.length).toBeGreaterThanOrEqual(7);

        for (const at of places) {
          const where = `${kind} at ${at}: ${probe.log[at] ?? ""}`;
          const before = valueOf(await openDefaultKey(context, inUse.bytes));
          const newKey = createChangeKey(context).generateRecoveryKey();
          const faulty = withFault(context, { at, kind });
          const running = changeOn(faulty.context, newKey);
          if (kind === "killed") await Promise.race([faulty.gone, running]);
          else expect((await running).ok, where).toBe(false);
          // The old key opens everything, whichever of the two is in use by now.
          expect(await readAll(context, before), where).toEqual(secrets);
          const pointer = valueOf(await readDefaultKey(context));
          const isSwitched = pointer.kind === "present" && pointer.keyId !== before.keyId;
          if (isSwitched) await expectOpensAll(account, newKey, secrets, where);
          else await expectOpensAll(account, inUse, secrets, where);

          if (end === "continue") {
            expect(await changeOn(context, newKey), where).toMatchObject({ ok: true });
            expect(await createChangeKey(context).finish(copyOf(newKey)), where).toMatchObject({
              ok: true,
            });
            await expectOpensAll(account, newKey, secrets, where);
            inUse = newKey;
          } else {
            const undone = await createChangeKey(context).undo(copyOf(inUse));
            expect(undone, where).toMatchObject({ ok: true });
            const key = await expectOpensAll(account, inUse, secrets, where);
            expect(key.keyId, where).toBe(before.keyId);
            // Nothing of the new key is left: one copy of each secret.
            for (const name of NAMES) {
              const { encrypted } = await accountData(context, name);
              expect(Object.keys(encrypted ?? {}), `${where}: ${name}`).toEqual([before.keyId]);
            }
          }
          expect(valueOf(await context.journal.read()), where).toBeNull();
        }
        account.device.stop();
      },
      600_000,
    );
  },
);

describe.each<readonly [FaultKind]>([["fails"], ["lost"], ["killed"]])(
  "every request of the end in turn: it %s",
  (kind) => {
    test("the new key opens everything at every moment, and the next one ends it", async () => {
      const account = await keyAccount();
      const { context } = account.device;
      const secrets = await readAll(context, account.storageKey);
      let inUse = account.key;
      const begin = async (): Promise<RecoveryKey> => {
        const newKey = createChangeKey(context).generateRecoveryKey();
        valueOf(await createChangeKey(context).run(copyOf(newKey), copyOf(inUse), silent));
        return newKey;
      };
      const probe = withFault(context, null);
      inUse = await begin();
      valueOf(await createChangeKey(probe.context).finish(copyOf(inUse)));
      const places = kind === "fails" ? [...probe.log.keys()] : writesOf(probe.log);
      expect(writesOf(probe.log)).toHaveLength(6);
      for (const at of places) {
        const where = `${kind} at ${at}: ${probe.log[at] ?? ""}`;
        const old = valueOf(await openDefaultKey(context, inUse.bytes));
        const newKey = await begin();
        const faulty = withFault(context, { at, kind });
        const finishing = createChangeKey(faulty.context).finish(copyOf(newKey));
        if (kind === "killed") await Promise.race([faulty.gone, finishing]);
        else expect((await finishing).ok, where).toBe(false);
        await expectOpensAll(account, newKey, secrets, where);
        expect(await createChangeKey(context).finish(copyOf(newKey)), where).toMatchObject({
          ok: true,
        });
        await expectOpensAll(account, newKey, secrets, where);
        expect(valueOf(await listSecretsUnder(context, old.keyId)), where).toEqual([]);
        expect(await accountData(context, `m.secret_storage.key.${old.keyId}`), where).toEqual({});
        expect(valueOf(await context.journal.read()), where).toBeNull();
        inUse = newKey;
      }
      account.device.stop();
    }, 600_000);
  },
);

test("the way back from a change that is in use needs the old key, proven", async () => {
  const account = await keyAccount();
  const { context } = account.device;
  const secrets = await readAll(context, account.storageKey);
  const changeKey = createChangeKey(context);
  const newKey = changeKey.generateRecoveryKey();
  valueOf(await changeKey.run(copyOf(newKey), copyOf(account.key), silent));
  expect(await changeKey.undo(null)).toMatchObject({ error: { kind: "recovery_key" } });
  expect(await changeKey.undo(copyOf(newKey))).toMatchObject({
    error: { kind: "recovery_key", problem: { reason: "does_not_match" } },
  });
  await expectOpensAll(account, newKey, secrets, "not undone");
  valueOf(await changeKey.undo(copyOf(account.key)));
  await expectOpensAll(account, account.key, secrets, "undone");
  account.device.stop();
});

describe("without the old key", () => {
  test("what this device holds is put under the new one, and the rest stays where it is", async () => {
    const account = await keyAccount();
    const { context } = account.device;
    const before = await readAll(context, account.storageKey);
    const changeKey = createChangeKey(context);
    const newKey = changeKey.generateRecoveryKey();
    expect(valueOf(await changeKey.run(copyOf(newKey), null, silent))).toMatchObject({
      secrets: 4,
      left: 1,
    });
    expect(valueOf(await changeKey.finish(copyOf(newKey)))).toMatchObject({ secrets: 4, left: 1 });
    const opened = valueOf(await openDefaultKey(context, newKey.bytes));
    expect(await readAll(context, opened)).toEqual({ ...before, [OWN_SECRET]: "absent" });
    // The old key is found again: what only it opens is there.
    expect(valueOf(await readSecret(context, OWN_SECRET, account.storageKey))).toEqual(
      before[OWN_SECRET],
    );
    const described = await accountData(
      context,
      `m.secret_storage.key.${account.storageKey.keyId}`,
    );
    expect(described).toHaveProperty("mac");
    const other = await openDevice(server, account.userId);
    expect(valueOf(await createKeyBackup(other.context).unlock(copyOf(newKey)))).toMatchObject({
      deviceVerified: true,
      backup: "ready",
    });
    other.stop();
    account.device.stop();
  });

  test("a device that does not hold everything cannot do it", async () => {
    const account = await keyAccount();
    const other = await openDevice(server, account.userId);
    const changeKey = createChangeKey(other.context);
    expect(valueOf(await changeKey.plan())).toMatchObject({ canWithoutOldKey: false });
    expect(await changeKey.run(changeKey.generateRecoveryKey(), null, silent)).toMatchObject({
      error: { kind: "identity", reason: "held_elsewhere" },
    });
    expect(valueOf(await readDefaultKey(other.context))).toMatchObject({
      keyId: account.storageKey.keyId,
    });
    expect(valueOf(await other.context.journal.read())).toBeNull();
    other.stop();
    account.device.stop();
  });
});

describe("other devices at work", () => {
  test("another default key that came meanwhile is not overwritten, and undo leaves it", async () => {
    const account = await keyAccount();
    const { context } = account.device;
    const theirs: StorageKey = { keyId: "theirs", bytes: new Uint8Array(32).fill(3) };
    const racing: SessionContext = {
      ...context,
      async request(method, path, options) {
        const answer = await context.request(method, path, options);
        if (method === "PUT" && path.includes("m.secret_storage.key.")) {
          valueOf(await writeKeyDescription(context, theirs));
          const pointer = { key: theirs.keyId };
          valueOf(await writeAccountData(context, "m.secret_storage.default_key", pointer));
        }
        return answer;
      },
    };
    const changeKey = createChangeKey(racing);
    const newKey = changeKey.generateRecoveryKey();
    expect(await changeKey.run(copyOf(newKey), copyOf(account.key), silent)).toEqual({
      ok: false,
      error: { kind: "secret_storage", reason: "changed_meanwhile" },
    });
    expect(valueOf(await readDefaultKey(context))).toMatchObject({ keyId: "theirs" });
    expect(valueOf(await createChangeKey(context).undo(null))).toEqual({ kind: "left" });
    expect(valueOf(await readDefaultKey(context))).toMatchObject({ keyId: "theirs" });
    expect(await readAll(context, account.storageKey)).toHaveProperty(BACKUP_SECRET);
    account.device.stop();
  });

  test("a backup replaced under the new key alone forbids the way back to the old one", async () => {
    const account = await keyAccount();
    const { context } = account.device;
    const changeKey = createChangeKey(context);
    const newKey = changeKey.generateRecoveryKey();
    valueOf(await changeKey.run(copyOf(newKey), copyOf(account.key), silent));
    const other = await openDevice(server, account.userId);
    valueOf(await createKeyBackup(other.context).unlock(copyOf(newKey)));
    const replace = createReplace(other.context, keyEntries(other.context));
    const options = { confirmed: account.version, withoutOldKey: false, ...silent };
    valueOf(await replace.run(copyOf(newKey), { ...options, onUpload: () => undefined }));
    const made = await currentVersion(context);
    expect(made).not.toBe(account.version);

    const refused = { error: { kind: "secret_storage", reason: "changed_meanwhile" } };
    expect(await changeKey.undo(copyOf(account.key))).toMatchObject(refused);
    expect(await reach(context, newKey, made)).toBe("in_place");
    valueOf(await changeKey.finish(copyOf(newKey)));
    expect(await reach(context, newKey, made)).toBe("in_place");
    account.device.stop();
    other.stop();
  });

  test("a secret changed under the new key alone forbids it, too, where that key is at hand", async () => {
    const account = await keyAccount();
    const { context } = account.device;
    const changeKey = createChangeKey(context);
    const newKey = changeKey.generateRecoveryKey();
    valueOf(await changeKey.run(copyOf(newKey), copyOf(account.key), silent));
    const opened = valueOf(await openDefaultKey(context, newKey.bytes));
    const replaces = "kept by another app";
    valueOf(await storeSecret(context, OWN_SECRET, "newer", opened, { replaces }));
    expect(await changeKey.undo(copyOf(account.key), copyOf(newKey))).toMatchObject({
      error: { kind: "secret_storage", reason: "changed_meanwhile" },
    });
    expect(valueOf(await openDefaultKey(context, newKey.bytes)).keyId).toBe(opened.keyId);
    account.device.stop();
  });

  test("a secret changed after it was copied stops the change before the new key is in use", async () => {
    const account = await keyAccount();
    const { context } = account.device;
    let copied = 0;
    const racing: SessionContext = {
      ...context,
      async request(method, path, options) {
        const answer = await context.request(method, path, options);
        if (method === "PUT" && path.includes("some_secret") && copied++ === 0) {
          valueOf(
            await storeSecret(context, OWN_SECRET, "newer", account.storageKey, {
              replaces: "kept by another app",
            }),
          );
        }
        return answer;
      },
    };
    const newKey = createChangeKey(context).generateRecoveryKey();
    expect(
      await createChangeKey(racing).run(copyOf(newKey), copyOf(account.key), silent),
    ).toMatchObject({ error: { kind: "secret_storage", reason: "changed_meanwhile" } });
    valueOf(await createChangeKey(context).run(copyOf(newKey), copyOf(account.key), silent));
    const opened = valueOf(await openDefaultKey(context, newKey.bytes));
    expect(valueOf(await readSecret(context, OWN_SECRET, opened))).toEqual({ text: "newer" });
    account.device.stop();
  });

  test("two changes at the same moment end with one key in use that opens everything", async () => {
    const account = await keyAccount();
    const secrets = await readAll(account.device.context, account.storageKey);
    const other = await openDevice(server, account.userId);
    const devices = [account.device.context, other.context].map((context) => ({
      context,
      newKey: createChangeKey(context).generateRecoveryKey(),
    }));
    await Promise.all(
      devices.map(({ context, newKey }) =>
        createChangeKey(context).run(copyOf(newKey), copyOf(account.key), silent),
      ),
    );
    expect(await readAll(account.device.context, account.storageKey), "the old key").toEqual(
      secrets,
    );
    const inUse: RecoveryKey[] = [];
    for (const { context, newKey } of devices) {
      const opened = await openDefaultKey(context, newKey.bytes);
      if (opened.ok) {
        valueOf(await createChangeKey(context).run(copyOf(newKey), copyOf(account.key), silent));
        inUse.push(newKey);
      } else {
        expect(valueOf(await createChangeKey(context).undo(copyOf(account.key))).kind).toBe("left");
      }
    }
    expect(inUse).toHaveLength(1);
    await expectOpensAll(account, inUse[0] ?? account.key, secrets, "in the end");
    account.device.stop();
    other.stop();
  });
});

test("a secret that the old key does not open is left alone and named", async () => {
  const account = await keyAccount();
  const { context } = account.device;
  const odd = { encrypted: { [account.storageKey.keyId]: { iv: "A", ciphertext: "B", mac: "C" } } };
  await writeAccountData(context, "org.example.damaged", odd);
  const changeKey = createChangeKey(context);
  const newKey = changeKey.generateRecoveryKey();
  valueOf(await changeKey.run(copyOf(newKey), copyOf(account.key), silent));
  expect(valueOf(await changeKey.finish(copyOf(newKey)))).toMatchObject({ secrets: 5, left: 1 });
  expect(await accountData(context, "org.example.damaged")).toEqual(odd);
  account.device.stop();
});

test("the keys of old backups go along, so that the new key opens them", async () => {
  const account = await keyAccount();
  const { context } = account.device;
  const replace = createReplace(context, keyEntries(context));
  valueOf(
    await replace.run(copyOf(account.key), {
      confirmed: account.version,
      withoutOldKey: false,
      ...silent,
      onUpload: () => undefined,
    }),
  );
  const changeKey = createChangeKey(context);
  const newKey = changeKey.generateRecoveryKey();
  valueOf(await changeKey.run(copyOf(newKey), copyOf(account.key), silent));
  valueOf(await changeKey.finish(copyOf(newKey)));
  expect(await reach(context, newKey, account.version)).toBe("kept");
  expect(await reach(context, newKey, await currentVersion(context))).toBe("in_place");
  account.device.stop();
});

test("a wrong old key changes nothing", async () => {
  const account = await keyAccount();
  const { context } = account.device;
  const changeKey = createChangeKey(context);
  server.startRecord();
  expect(
    await changeKey.run(changeKey.generateRecoveryKey(), changeKey.generateRecoveryKey(), silent),
  ).toMatchObject({ error: { kind: "recovery_key", problem: { reason: "does_not_match" } } });
  expect(
    server.seen.filter(({ method, path }) => method === "PUT" && path.startsWith("/user/")),
  ).toEqual([]);
  expect(valueOf(await context.journal.read())).toBeNull();
  account.device.stop();
});
