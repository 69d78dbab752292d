import type { SetUpStep } from "@/domain/ports";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { copyOf, openDevice, PASSWORD, valueOf, type TestDevice } from "./integrationDevice";
import { startHomeserver, type Homeserver, type SeenRequest } from "./integrationHomeserver";
import { createKeyBackup } from "./keyBackup";
import {
  BACKUP_SECRET,
  readDefaultKey,
  readSecret,
  storeSecret,
  writeAccountData,
  writeKeyDescription,
  type StorageKey,
} from "./secretStorage";
import { openDefaultKey } from "./secretStorageUnlock";
import type { SessionContext } from "./sessionContext";
import { createSetUp } from "./setUp";

let server: Homeserver;
beforeAll(async () => {
  server = await startHomeserver();
});
afterAll(() => server.stop());

const neverAsk = { onStep: () => undefined, askPassword: () => Promise.resolve(null) };
const otherKey = { kind: "recovery_key", problem: { reason: "does_not_match" } } as const;
const ANOTHER_BACKUP_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/** Wants the password for the identity's upload until the test is over. */
function wantPassword(): void {
  const mend = server.fail({
    matches: ({ path }) => path === "/keys/device_signing/upload",
    status: 401,
    body: JSON.stringify({ flows: [{ stages: ["m.login.password"] }], session: "s", params: {} }),
  });
  onTestFinished(mend);
}

describe("two runs on one device", () => {
  test("with the same key are one run", async () => {
    const device = await openDevice(server, await server.register(PASSWORD));
    const setUp = createSetUp(device.context);
    const key = setUp.generateRecoveryKey();
    server.startRecord();
    const [one, two] = await Promise.all([
      setUp.run(copyOf(key), neverAsk),
      setUp.run(copyOf(key), neverAsk),
    ]);
    expect(valueOf(one)).toEqual(valueOf(two));
    const made = ({ method, path }: SeenRequest) =>
      method === "POST" && path === "/room_keys/version";
    expect(server.seen.filter(made)).toHaveLength(1);
    device.stop();
  });

  test("with two keys: done is never said of the key that opens nothing", async () => {
    const device = await openDevice(server, await server.register(PASSWORD));
    const setUp = createSetUp(device.context);
    const [first, second] = [setUp.generateRecoveryKey(), setUp.generateRecoveryKey()];
    const running = setUp.run(copyOf(first), neverAsk);
    expect(await setUp.run(copyOf(second), neverAsk)).toMatchObject({ ok: false, error: otherKey });
    valueOf(await running);
    valueOf(await openDefaultKey(device.context, first.bytes));
    device.stop();
  });

  test("a run goes on when its caller wipes the key", async () => {
    const device = await openDevice(server, await server.register(PASSWORD));
    const setUp = createSetUp(device.context);
    const key = setUp.generateRecoveryKey();
    const given = copyOf(key);
    const running = setUp.run(given, neverAsk);
    given.bytes.fill(0);
    valueOf(await running);
    valueOf(await openDefaultKey(device.context, key.bytes));
    device.stop();
  });

  test("a plan waits for the run, so that no new key is shown meanwhile", async () => {
    const device = await openDevice(server, await server.register(PASSWORD));
    const setUp = createSetUp(device.context);
    let ended = false;
    const running = setUp.run(setUp.generateRecoveryKey(), neverAsk).finally(() => (ended = true));
    const plan = valueOf(await setUp.plan());
    expect(ended).toBe(true);
    const { version } = valueOf(await running);
    expect(plan).toEqual({ kind: "backup_exists", version, recovery: "stored" });
    device.stop();
  });

  test("closing the session ends a run that waits for the password", async () => {
    const device = await openDevice(server, await server.register(PASSWORD));
    const setUp = createSetUp(device.context);
    wantPassword();
    const outcome = await setUp.run(setUp.generateRecoveryKey(), {
      onStep: () => undefined,
      askPassword: () => {
        device.stop();
        return new Promise(() => undefined);
      },
    });
    expect(outcome).toEqual({ ok: false, error: { kind: "closed" } });
  });
});

describe("two devices at the same time", () => {
  test("with a new key each: the one that lost learns that its key is not used", async () => {
    const userId = await server.register(PASSWORD);
    const [a, b] = [await openDevice(server, userId), await openDevice(server, userId)];
    const [mine, theirs] = [createSetUp(a.context), createSetUp(b.context)];
    const [myKey, theirKey] = [mine.generateRecoveryKey(), theirs.generateRecoveryKey()];
    const [mineRan, theirsRan] = await Promise.all([
      mine.run(copyOf(myKey), neverAsk),
      theirs.run(copyOf(theirKey), neverAsk),
    ]);
    // Only one identity can be published, so only one of them gets further than that.
    expect([mineRan, theirsRan].filter(({ ok }) => ok)).toHaveLength(1);
    const [loser, deadKey] = mineRan.ok ? [theirs, theirKey] : [mine, myKey];
    expect(await loser.run(copyOf(deadKey), neverAsk)).toMatchObject({
      ok: false,
      error: otherKey,
    });
    expect(valueOf(await loser.plan()).kind).toBe("backup_exists");
    a.stop();
    b.stop();
  });

  test("another app makes its own recovery key while this one is being made", async () => {
    const a = await openDevice(server, await server.register(PASSWORD));
    const context = actBefore(
      a.context,
      (_method, path) => path.includes("storage.key."),
      () => setOtherDefaultKey(a),
    );
    const setUp = createSetUp(context);
    expect(await setUp.run(setUp.generateRecoveryKey(), neverAsk)).toMatchObject({
      ok: false,
      error: otherKey,
    });
    expect(valueOf(await readDefaultKey(a.context))).toMatchObject({ keyId: "other" });
    a.stop();
  });

  test("another app replaces the recovery key before the backup is made: none is made", async () => {
    const a = await openDevice(server, await server.register(PASSWORD));
    const context = actBefore(
      a.context,
      (method, path) => method === "PUT" && path.endsWith(BACKUP_SECRET),
      () => setOtherDefaultKey(a),
    );
    const setUp = createSetUp(context);
    expect(await setUp.run(setUp.generateRecoveryKey(), neverAsk)).toMatchObject({
      ok: false,
      error: otherKey,
    });
    expect(valueOf(await createKeyBackup(a.context).fetchBackupInfo())).toBeNull();
    a.stop();
  });

  test("with one recovery key and no backup: the backup that is left opens with it", async () => {
    const { userId, a, key } = await accountWithoutBackup();
    const b = await openDevice(server, userId);
    const c = await openDevice(server, userId);
    const [onB, onC] = [createSetUp(b.context), createSetUp(c.context)];
    await Promise.all([onB.run(copyOf(key), neverAsk), onC.run(copyOf(key), neverAsk)]);
    // Whoever was told of a failure retries.
    for (const setUp of [onB, onC]) {
      expect(await setUp.run(copyOf(key), neverAsk)).toMatchObject({ ok: true });
    }
    const d = await openDevice(server, userId);
    expect(valueOf(await createKeyBackup(d.context).unlock(copyOf(key))).backup).toBe("ready");
    for (const device of [a, b, c, d]) device.stop();
  });

  test("another backup key is stored right before the backup is made: none is made for the first", async () => {
    const { userId, a, key } = await accountWithoutBackup();
    const b = await openDevice(server, userId);
    const storageKey = valueOf(await openDefaultKey(a.context, key.bytes));
    let isAtBackup = false;
    const context = actBefore(
      b.context,
      (method) => isAtBackup && method === "GET",
      () => storeBackupKey(a, storageKey, ANOTHER_BACKUP_KEY),
    );
    const setUp = createSetUp(context);
    const onStep = (step: SetUpStep) => (isAtBackup = step === "backup");
    expect(await setUp.run(copyOf(key), { ...neverAsk, onStep })).toEqual({
      ok: false,
      error: { kind: "secret_storage", reason: "changed_meanwhile" },
    });
    expect(valueOf(await createKeyBackup(b.context).fetchBackupInfo())).toBeNull();
    expect(valueOf(await readSecret(a.context, BACKUP_SECRET, storageKey))).toEqual({
      text: ANOTHER_BACKUP_KEY,
    });
    const proof = valueOf(await setUp.run(copyOf(key), neverAsk));
    expect(valueOf(await createKeyBackup(b.context).unlock(copyOf(key)))).toMatchObject({
      backup: "ready",
      version: proof.version,
    });
    a.stop();
    b.stop();
  });

  test("another backup key is stored while the backup is made: the right one is put back", async () => {
    const { userId, a, key } = await accountWithoutBackup();
    const b = await openDevice(server, userId);
    const storageKey = valueOf(await openDefaultKey(a.context, key.bytes));
    const context = actBefore(
      b.context,
      (method, path) => method === "POST" && path === "/room_keys/version",
      () => storeBackupKey(a, storageKey, ANOTHER_BACKUP_KEY),
    );
    const { version } = valueOf(await createSetUp(context).run(copyOf(key), neverAsk));
    const d = await openDevice(server, userId);
    expect(valueOf(await createKeyBackup(d.context).unlock(copyOf(key))).version).toBe(version);
    for (const device of [a, b, d]) device.stop();
  });
});

describe("a backup whose key is on this device and not behind the recovery key", () => {
  test.each([
    ["nothing is stored", null],
    ["the key of another backup is stored", ANOTHER_BACKUP_KEY],
  ])("%s: it is stored", async (_name, text) => {
    const { userId, a, setUp, key, version } = await accountWithBackup();
    const storageKey = valueOf(await openDefaultKey(a.context, key.bytes));
    if (text === null) await writeAccountData(a.context, BACKUP_SECRET, {});
    else await storeBackupKey(a, storageKey, text);
    if (text === null)
      expect(valueOf(await setUp.plan())).toEqual({ kind: "existing_recovery_key" });
    expect(valueOf(await setUp.run(copyOf(key), neverAsk)).version).toBe(version);
    const other = await openDevice(server, userId);
    expect(valueOf(await createKeyBackup(other.context).unlock(copyOf(key)))).toMatchObject({
      deviceVerified: true,
      backup: "ready",
      version,
    });
    a.stop();
    other.stop();
  });

  test("there is no recovery key at all: a new one is made for the same backup", async () => {
    const { userId, a, setUp, version } = await accountWithBackup();
    await a.client.setAccountData("m.secret_storage.default_key", {});
    await writeAccountData(a.context, BACKUP_SECRET, {});
    expect(valueOf(await setUp.plan())).toEqual({ kind: "new_recovery_key" });
    const key = setUp.generateRecoveryKey();
    expect(valueOf(await setUp.run(copyOf(key), neverAsk)).version).toBe(version);
    const other = await openDevice(server, userId);
    expect(valueOf(await createKeyBackup(other.context).unlock(copyOf(key))).version).toBe(version);
    a.stop();
    other.stop();
  });

  test("a device that does not hold it stores nothing in its place", async () => {
    const { userId, a, key, version } = await accountWithBackup();
    const storageKey = valueOf(await openDefaultKey(a.context, key.bytes));
    await storeBackupKey(a, storageKey, ANOTHER_BACKUP_KEY);
    const other = await openDevice(server, userId);
    expect(await createSetUp(other.context).run(copyOf(key), neverAsk)).toEqual({
      ok: false,
      error: { kind: "backup_changed", expected: null, actual: version },
    });
    expect(valueOf(await readSecret(a.context, BACKUP_SECRET, storageKey))).toEqual({
      text: ANOTHER_BACKUP_KEY,
    });
    a.stop();
    other.stop();
  });
});

async function accountWithBackup() {
  const userId = await server.register(PASSWORD);
  const a = await openDevice(server, userId);
  const setUp = createSetUp(a.context);
  const key = setUp.generateRecoveryKey();
  const { version } = valueOf(await setUp.run(copyOf(key), neverAsk));
  return { userId, a, setUp, key, version };
}

/** As after key storage was turned off in another app: recovery is there, the backup is not. */
async function accountWithoutBackup() {
  const account = await accountWithBackup();
  await account.a.context.request("DELETE", `/room_keys/version/${account.version}`);
  await writeAccountData(account.a.context, BACKUP_SECRET, {});
  return account;
}

/** Puts a backup key in place of the one that is stored, as an app that does not look first. */
async function storeBackupKey(
  { context }: TestDevice,
  storageKey: StorageKey,
  text: string,
): Promise<void> {
  valueOf(await writeAccountData(context, BACKUP_SECRET, {}));
  valueOf(await storeSecret(context, BACKUP_SECRET, text, storageKey));
}

async function setOtherDefaultKey({ context }: TestDevice): Promise<void> {
  const other = { keyId: "other", bytes: crypto.getRandomValues(new Uint8Array(32)) };
  valueOf(await writeKeyDescription(context, other));
  valueOf(await writeAccountData(context, "m.secret_storage.default_key", { key: "other" }));
}

/** A context that does something else once, right before its first request that matches. */
function actBefore(
  context: SessionContext,
  matches: (method: string, path: string) => boolean,
  act: () => Promise<void>,
): SessionContext {
  let acted = false;
  return {
    ...context,
    async request(method, path, options) {
      if (!acted && matches(method, path)) {
        acted = true;
        await act();
      }
      return context.request(method, path, options);
    },
  };
}
