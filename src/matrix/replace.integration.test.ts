import { BACKUP_ALGORITHM, type BackupVersion } from "@/domain/backup";
import type { ReplaceStep } from "@/domain/changes";
import { fromMessage } from "@/testing/forgeBackup";
import { encodeBase64 } from "matrix-js-sdk/lib/base64";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  accountWithBackup,
  currentVersion,
  giveKeys,
  idsIn,
  keyEntries,
  putEntries,
  reach,
  uploaded,
  withFault,
  writesOf,
  type Account,
  type FaultKind,
} from "./changesRig";
import { copyOf, openDevice, valueOf } from "./integrationDevice";
import { startHomeserver, type Homeserver } from "./integrationHomeserver";
import { listKeptKeys } from "./keptBackupKey";
import { createKeyBackup } from "./keyBackup";
import { backupPublicKeyOf, randomBackupKey } from "./olmMachine";
import { createReplace } from "./replace";
import { createBackupVersion, deleteBackupVersion, fetchBackupInfo } from "./roomKeysApi";
import { BACKUP_SECRET, storeSecret, writeAccountData } from "./secretStorage";
import { openDefaultKey } from "./secretStorageUnlock";
import type { SessionContext } from "./sessionContext";
import { readSecretStorageStatus } from "./secretStorageStatus";

let server: Homeserver;
beforeAll(async () => {
  server = await startHomeserver();
});
afterAll(() => server.stop());

const silent = { onStep: () => undefined, onUpload: () => undefined };
const neverStops = new AbortController().signal;
const replaceOn = (context: SessionContext) => createReplace(context, keyEntries(context));

function runOn(context: SessionContext, account: Account, confirmed: BackupVersion) {
  const options = { confirmed, withoutOldKey: false, ...silent };
  return replaceOn(context).run(copyOf(account.key), options);
}

/** Whatever was interrupted: nothing of the old version is gone, and no key is out of reach. */
async function expectNothingLost(account: Account, old: BackupVersion, where: string) {
  const { context } = account.device;
  const there = await idsIn(context, old);
  expect([...(there ?? [])], `${where}: the old version`).toEqual(
    expect.arrayContaining([...account.held]),
  );
  expect(await reach(context, account.key, old), `${where}: the old key`).not.toBe("nowhere");
  const current = await currentVersion(context);
  expect(await reach(context, account.key, current), `${where}: the present key`).not.toBe(
    "nowhere",
  );
}

async function expectReplaced(account: Account, old: BackupVersion, where: string) {
  const { context } = account.device;
  const current = await currentVersion(context);
  expect(current, where).not.toBe(old);
  expect(await reach(context, account.key, current), where).toBe("in_place");
  expect([...((await idsIn(context, current)) ?? [])], where).toEqual(
    expect.arrayContaining([...account.held]),
  );
  expect(valueOf(await context.journal.read()), where).toBeNull();
  expect(await reach(context, account.key, old), where).toBe("kept");
  expect(valueOf(await replaceOn(context).listOld()).map(({ version }) => version)).toContain(old);
  return current;
}

async function expectUndone(account: Account, old: BackupVersion, where: string) {
  const { context } = account.device;
  expect(await currentVersion(context), where).toBe(old);
  expect(await reach(context, account.key, old), where).toBe("in_place");
  expect(valueOf(await context.journal.read()), where).toBeNull();
  expect(valueOf(await createKeyBackup(context).readActiveVersion()), where).toBe(old);
  const info = valueOf(await fetchBackupInfo(context));
  if (info === null) throw new Error("no backup");
  expect(valueOf(await createKeyBackup(context).readTrust(info)), where).toEqual({
    signature: "trusted",
    key: "match",
  });
}

test("a replacement makes before anything is deleted, and deletes nothing", async () => {
  const account = await accountWithBackup(server);
  const { context } = account.device;
  expect(valueOf(await replaceOn(context).plan(neverStops))).toEqual({
    kind: "ready",
    version: account.version,
    count: 3,
    held: 3,
    onlyInBackup: 0,
    oldKey: "here",
  });
  const steps: ReplaceStep[] = [];
  server.startRecord();
  const proof = valueOf(
    await replaceOn(context).run(copyOf(account.key), {
      confirmed: account.version,
      withoutOldKey: false,
      onStep: (step) => steps.push(step),
      onUpload: () => undefined,
    }),
  );
  expect([...new Set(steps)]).toEqual([
    "checking",
    "stage",
    "create",
    "secret",
    "enable",
    "upload",
    "proof",
  ]);
  expect(server.seen.filter(({ method }) => method === "DELETE")).toEqual([]);
  const version = await expectReplaced(account, account.version, "healthy");
  expect(proof).toEqual({
    version,
    keyId: valueOf(await readSecretStorageStatus(context)).keyId,
    count: 3,
    signedByDevice: true,
    signedByIdentity: true,
    old: { version: account.version, keyKept: true },
  });
  // The extra copy of the new key is gone, the old one's is there.
  expect(valueOf(await listKeptKeys(context))).toMatchObject([{ version: account.version }]);

  const other = await openDevice(server, account.userId);
  expect(valueOf(await createKeyBackup(other.context).unlock(copyOf(account.key)))).toMatchObject({
    deviceVerified: true,
    backup: "ready",
    version,
  });
  other.stop();
  account.device.stop();
});

/** The requests of one replacement, in order, when nothing goes wrong. */
async function recordRun(account: Account, old: BackupVersion): Promise<readonly string[]> {
  const faulty = withFault(account.device.context, null);
  valueOf(await runOn(faulty.context, account, old));
  return faulty.log;
}

type End = "continue" | "undo";
const ENDS: readonly End[] = ["continue", "undo"];

async function endIt(account: Account, old: BackupVersion, end: End, where: string) {
  const { context } = account.device;
  if (end === "continue") {
    valueOf(await runOn(context, account, old));
    return expectReplaced(account, old, where);
  }
  const undone = await replaceOn(context).undo(copyOf(account.key));
  expect(undone, where).toMatchObject({ ok: true });
  const current = valueOf(await fetchBackupInfo(context));
  // Interrupted after the end: there is nothing left to undo, and the replacement stands.
  if (current?.version !== old) return expectReplaced(account, old, where);
  await expectUndone(account, old, where);
  return old;
}

describe.each<readonly [FaultKind]>([["fails"], ["lost"], ["killed"]])(
  "every request of a replacement in turn: it %s",
  (kind) => {
    test.each(ENDS)(
      "then %s leads to a consistent end",
      async (end) => {
        const account = await accountWithBackup(server, 2);
        const { context } = account.device;
        const log = await recordRun(account, account.version);
        let old = await currentVersion(context);
        const writes = writesOf(log);
        expect(writes.length).toBeGreaterThanOrEqual(5);
        // A read that is lost has done nothing: only what changes something can be half done.
        const places = kind === "fails" ? [...log.keys()] : writes;
        for (const at of places) {
          const where = `${kind} at ${at}: ${log[at] ?? ""}`;
          const faulty = withFault(context, { at, kind });
          const running = runOn(faulty.context, account, old);
          if (kind === "killed") await Promise.race([faulty.gone, running]);
          else expect((await running).ok, where).toBe(false);
          expect(faulty.log.length, where).toBeGreaterThan(at);
          await expectNothingLost(account, old, where);
          old = await endIt(account, old, end, where);
        }
        account.device.stop();
      },
      600_000,
    );
  },
);

test.each<FaultKind>(["fails", "lost", "killed"])(
  "every request of the way back in turn: it %s, and going back again gets there",
  async (kind) => {
    const account = await accountWithBackup(server, 2);
    const { context } = account.device;
    const old = account.version;
    /** Stops a replacement where everything but the upload's end is done. */
    const interrupt = async (): Promise<void> => {
      const probe = withFault(context, null);
      const running = replaceOn(probe.context).run(copyOf(account.key), {
        confirmed: old,
        withoutOldKey: false,
        ...silent,
        onUpload: () => {
          throw new Error("interrupted");
        },
      });
      await expect(running).rejects.toThrow("interrupted");
    };
    await interrupt();
    const probe = withFault(context, null);
    valueOf(await replaceOn(probe.context).undo(copyOf(account.key)));
    await expectUndone(account, old, "healthy");
    const places = kind === "fails" ? [...probe.log.keys()] : writesOf(probe.log);
    for (const at of places) {
      const where = `${kind} at ${at}: ${probe.log[at] ?? ""}`;
      await interrupt();
      const faulty = withFault(context, { at, kind });
      const undoing = replaceOn(faulty.context).undo(copyOf(account.key));
      // A download is begun anew by itself.
      const mends = kind === "fails" && probe.log[at] === "GET /room_keys/keys";
      if (kind === "killed") await Promise.race([faulty.gone, undoing]);
      else expect((await undoing).ok, where).toBe(mends);
      await expectNothingLost(account, old, where);
      expect(await replaceOn(context).undo(copyOf(account.key)), where).toMatchObject({ ok: true });
      await expectUndone(account, old, where);
    }
    account.device.stop();
  },
  600_000,
);

describe("the old version", () => {
  test("is deleted only when the new one has all of its keys, which are brought over first", async () => {
    const account = await accountWithBackup(server);
    const { context } = account.device;
    const only = await putEntries(context, account.version, 4);
    await putEntries(context, account.version, 2, "unreadable");
    expect(valueOf(await replaceOn(context).plan(neverStops))).toMatchObject({
      count: 9,
      held: 3,
      onlyInBackup: 4,
    });
    valueOf(await runOn(context, account, account.version));
    const current = await currentVersion(context);
    expect([...((await idsIn(context, current)) ?? [])].toSorted()).toEqual(
      [...account.held].toSorted(),
    );
    const report = valueOf(
      await replaceOn(context).checkOld(copyOf(account.key), account.version, silent),
    );
    expect(report).toMatchObject({
      old: { version: account.version, count: 9 },
      current: { version: current, count: 7 },
      unreadable: 2,
    });
    valueOf(await replaceOn(context).deleteOld(copyOf(account.key), report));
    expect(await idsIn(context, account.version)).toBeNull();
    expect([...((await idsIn(context, current)) ?? [])].toSorted()).toEqual(
      [...account.held, ...only].toSorted(),
    );
    expect(valueOf(await listKeptKeys(context))).toEqual([]);
    expect(await reach(context, account.key, current)).toBe("in_place");
    account.device.stop();
  });

  test.each<FaultKind>(["fails", "lost", "killed"])(
    "when a request of the deletion %s, the next one ends it",
    async (kind) => {
      const account = await accountWithBackup(server, 1);
      const { context } = account.device;
      let old = account.version;
      valueOf(await runOn(context, account, old));
      const check = () => replaceOn(context).checkOld(copyOf(account.key), old, silent);
      const probe = withFault(context, null);
      valueOf(
        await replaceOn(probe.context).deleteOld(copyOf(account.key), valueOf(await check())),
      );
      const places = kind === "fails" ? [...probe.log.keys()] : writesOf(probe.log);
      for (const at of places) {
        const where = `${kind} at ${at}: ${probe.log[at] ?? ""}`;
        old = await currentVersion(context);
        valueOf(await runOn(context, account, old));
        const current = await currentVersion(context);
        const report = valueOf(await check());
        const faulty = withFault(context, { at, kind });
        const deleting = replaceOn(faulty.context).deleteOld(copyOf(account.key), report);
        if (kind === "killed") await Promise.race([faulty.gone, deleting]);
        else expect((await deleting).ok, where).toBe(false);
        expect(await currentVersion(context), where).toBe(current);
        expect(await reach(context, account.key, current), where).toBe("in_place");
        expect(
          await replaceOn(context).deleteOld(copyOf(account.key), report),
          where,
        ).toMatchObject({ ok: true });
        expect(await idsIn(context, old), where).toBeNull();
        expect(valueOf(await listKeptKeys(context)), where).toEqual([]);
      }
      account.device.stop();
    },
    300_000,
  );

  test("stays when it is not what was compared", async () => {
    const account = await accountWithBackup(server, 1);
    const { context } = account.device;
    valueOf(await runOn(context, account, account.version));
    const replace = replaceOn(context);
    const check = () => replace.checkOld(copyOf(account.key), account.version, silent);
    const report = valueOf(await check());

    const other = { ...report, old: { ...report.old, etag: "another" } };
    expect(await replace.deleteOld(copyOf(account.key), other)).toMatchObject({
      error: { kind: "backup_changed" },
    });
    const fuller = { ...report, current: { ...report.current, count: report.current.count + 1 } };
    expect(await replace.deleteOld(copyOf(account.key), fuller)).toMatchObject({
      error: { kind: "backup_changed" },
    });
    const all = keyEntries(context);
    const wrong = createReplace(context, {
      ...all,
      async readOpened(version, key, take, signal) {
        const read = await all.readOpened(version, key, take, signal);
        // One more entry than the server sends, for a key that is nowhere.
        if (version === account.version) {
          await take([
            {
              roomId: "!room:localhost",
              sessionId: "nowhere",
              firstMessageIndex: 0,
              sealed: { ephemeral: "a", mac: "b", ciphertext: "c" },
              sessionData: null,
            },
          ]);
        }
        return read;
      },
    });
    // Not opened by the old key: named as unreadable, never as carried over.
    expect(
      valueOf(await wrong.checkOld(copyOf(account.key), account.version, silent)),
    ).toMatchObject({ unreadable: 1 });
    expect(await idsIn(context, account.version)).not.toBeNull();
    account.device.stop();
  });

  test("stays when its copy of a key begins earlier than the new one's", async () => {
    const account = await accountWithBackup(server, 1);
    const { context } = account.device;
    valueOf(await runOn(context, account, account.version));
    const current = await currentVersion(context);
    const all = keyEntries(context);
    const ratcheted = createReplace(context, {
      ...all,
      readOpened: (version, key, take, signal) =>
        all.readOpened(
          version,
          key,
          (batch) =>
            take(
              batch.map((entry) =>
                version === current && entry.sessionData !== null
                  ? { ...entry, sessionData: fromMessage(entry.sessionData, 5) }
                  : entry,
              ),
            ),
          signal,
        ),
    });
    expect(await ratcheted.checkOld(copyOf(account.key), account.version, silent)).toMatchObject({
      error: { kind: "keys_at_risk", version: account.version, count: 1 },
    });
    account.device.stop();
  });
});

/** What another app does: a version of its own, whose key it puts into the one place for it. */
async function makeVersion(context: SessionContext, { key }: Account): Promise<BackupVersion> {
  const bytes = await randomBackupKey();
  const storageKey = valueOf(await openDefaultKey(context, key.bytes));
  await writeAccountData(context, BACKUP_SECRET, {});
  valueOf(await storeSecret(context, BACKUP_SECRET, encodeBase64(bytes), storageKey));
  return valueOf(
    await createBackupVersion(context, {
      algorithm: BACKUP_ALGORITHM,
      auth_data: { public_key: await backupPublicKeyOf(bytes), signatures: {} },
    }),
  );
}

describe("other devices at work", () => {
  test("a version made meanwhile stops the run; nothing of it is touched, and undo leaves it", async () => {
    const account = await accountWithBackup(server, 1);
    const { context } = account.device;
    const other = await openDevice(server, account.userId);
    valueOf(await createKeyBackup(other.context).unlock(copyOf(account.key)));
    let theirs: BackupVersion | null = null;
    const racing: SessionContext = {
      ...context,
      async request(method, path, options) {
        // Right after ours is made: before our key gets its place.
        const answer = await context.request(method, path, options);
        if (method === "POST" && path === "/room_keys/version" && theirs === null) {
          theirs = await makeVersion(other.context, account);
        }
        return answer;
      },
    };
    const outcome = await runOn(racing, account, account.version);
    expect(outcome).toMatchObject({ error: { kind: "backup_changed", actual: theirs } });
    expect(theirs).not.toBeNull();
    expect(await currentVersion(context)).toBe(theirs);
    expect(await reach(context, account.key, await currentVersion(context))).toBe("in_place");

    expect(valueOf(await replaceOn(context).undo(copyOf(account.key)))).toEqual({
      kind: "left",
      version: theirs,
    });
    expect(await currentVersion(context)).toBe(theirs);
    expect(await reach(context, account.key, account.version)).toBe("kept");
    expect(valueOf(await context.journal.read())).toBeNull();
    account.device.stop();
    other.stop();
  });

  test("two replacements at the same moment end with one backup that the recovery key opens", async () => {
    const account = await accountWithBackup(server, 1);
    const other = await openDevice(server, account.userId);
    valueOf(await createKeyBackup(other.context).unlock(copyOf(account.key)));
    await Promise.all([
      runOn(account.device.context, account, account.version),
      runOn(other.context, account, account.version),
    ]);
    await expectNothingLost(account, account.version, "both at once");
    // Whoever lost goes on or back; then everything is in order.
    for (const { context } of [account.device, other]) {
      if (valueOf(await context.journal.read()) === null) continue;
      const again = await runOn(context, account, account.version);
      if (!again.ok) valueOf(await replaceOn(context).undo(copyOf(account.key)));
    }
    const current = await currentVersion(account.device.context);
    expect(await reach(account.device.context, account.key, current)).toBe("in_place");
    expect(await reach(account.device.context, account.key, account.version)).not.toBe("nowhere");
    account.device.stop();
    other.stop();
  });

  test("a secret that somebody else has stored is not overwritten", async () => {
    const account = await accountWithBackup(server, 1);
    const { context } = account.device;
    const storageKey = valueOf(await openDefaultKey(context, account.key.bytes));
    const foreign = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    const racing: SessionContext = {
      ...context,
      async request(method, path, options) {
        const answer = await context.request(method, path, options);
        if (method === "POST" && path === "/room_keys/version") {
          await writeAccountData(context, BACKUP_SECRET, {});
          valueOf(await storeSecret(context, BACKUP_SECRET, foreign, storageKey));
        }
        return answer;
      },
    };
    expect(await runOn(racing, account, account.version)).toEqual({
      ok: false,
      error: { kind: "secret_storage", reason: "changed_meanwhile" },
    });
    await expectNothingLost(account, account.version, "after a foreign secret");
    account.device.stop();
  });

  test("what only the new version has is brought to the old one before the new one is deleted", async () => {
    const account = await accountWithBackup(server, 1);
    const { context } = account.device;
    const faulty = withFault(context, null);
    const stopped = replaceOn(faulty.context).run(copyOf(account.key), {
      confirmed: account.version,
      withoutOldKey: false,
      ...silent,
      onUpload: () => {
        throw new Error("interrupted");
      },
    });
    await expect(stopped).rejects.toThrow("interrupted");
    const made = await currentVersion(context);
    const theirs = await putEntries(context, made, 3);
    valueOf(await replaceOn(context).undo(copyOf(account.key)));
    await expectUndone(account, account.version, "undo");
    expect(await idsIn(context, made)).toBeNull();
    await uploaded(account.device, account.version, 4);
    expect([...((await idsIn(context, account.version)) ?? [])]).toEqual(
      expect.arrayContaining([...account.held, ...theirs]),
    );
    account.device.stop();
  });

  test("a device without the journal finds the replacement by its key, and ends it", async () => {
    const account = await accountWithBackup(server, 1);
    const { context } = account.device;
    const log = await recordRun(account, account.version);
    const old = await currentVersion(context);
    const post = log.indexOf("POST /room_keys/version");
    const faulty = withFault(context, { at: post, kind: "killed" });
    void runOn(faulty.context, account, old);
    await faulty.gone;
    const other = await openDevice(server, account.userId);
    expect(valueOf(await replaceOn(other.context).plan(neverStops))).toMatchObject({
      kind: "unfinished",
      here: false,
      entry: { facts: { oldVersion: old } },
    });
    expect(await runOn(other.context, account, await currentVersion(context))).toEqual({
      ok: false,
      error: { kind: "change_unfinished", change: "replace_backup" },
    });
    expect(await runOn(other.context, account, old)).toMatchObject({ ok: true });
    expect(await reach(context, account.key, await currentVersion(context))).toBe("in_place");
    // The device that began it finds it done, and says so.
    valueOf(await runOn(context, account, old));
    expect(valueOf(await context.journal.read())).toBeNull();
    account.device.stop();
    other.stop();
  });
});

describe("an old version whose key is nowhere", () => {
  test("is replaced only when the person knows, and is never deleted", async () => {
    const account = await accountWithBackup(server, 1);
    const { context } = account.device;
    await writeAccountData(context, BACKUP_SECRET, {});
    const other = await openDevice(server, account.userId);
    await giveKeys(other, 2);
    expect(valueOf(await replaceOn(other.context).plan(neverStops))).toMatchObject({
      oldKey: "nowhere",
      onlyInBackup: 1,
    });
    const replace = replaceOn(other.context);
    const options = { confirmed: account.version, withoutOldKey: false, ...silent };
    expect(await replace.run(copyOf(account.key), options)).toEqual({
      ok: false,
      error: { kind: "decryption_key", reason: "absent" },
    });
    expect(await currentVersion(context)).toBe(account.version);
    const proof = valueOf(
      await replace.run(copyOf(account.key), { ...options, withoutOldKey: true }),
    );
    expect(proof.old).toEqual({ version: account.version, keyKept: false });
    expect(await replace.checkOld(copyOf(account.key), account.version, silent)).toEqual({
      ok: false,
      error: { kind: "decryption_key", reason: "absent" },
    });
    expect(await idsIn(context, account.version)).not.toBeNull();
    account.device.stop();
    other.stop();
  });
});

test("a wrong recovery key and another version than the confirmed one change nothing", async () => {
  const account = await accountWithBackup(server, 1);
  const { context } = account.device;
  const wrong = { ...account, key: { ...account.key, bytes: new Uint8Array(32).fill(9) } };
  server.startRecord();
  expect(await runOn(context, wrong, account.version)).toMatchObject({
    error: { kind: "recovery_key", problem: { reason: "does_not_match" } },
  });
  expect(await runOn(context, account, "77" as BackupVersion)).toMatchObject({
    error: { kind: "backup_changed", expected: "77", actual: account.version },
  });
  const changes = server.seen.filter(
    ({ method, path }) =>
      method !== "GET" && (path.startsWith("/room_keys/version") || path.startsWith("/user/")),
  );
  expect(changes).toEqual([]);
  account.device.stop();
});

test("a double click is one replacement", async () => {
  const account = await accountWithBackup(server, 1);
  const replace = replaceOn(account.device.context);
  const options = { confirmed: account.version, withoutOldKey: false, ...silent };
  server.startRecord();
  const [one, two] = await Promise.all([
    replace.run(copyOf(account.key), options),
    replace.run(copyOf(account.key), options),
  ]);
  expect(valueOf(one)).toEqual(valueOf(two));
  const made = server.seen.filter(
    ({ method, path }) => method === "POST" && path === "/room_keys/version",
  );
  expect(made).toHaveLength(1);
  account.device.stop();
});

test("a version deleted elsewhere in the middle is not made again over what is there", async () => {
  const account = await accountWithBackup(server, 1);
  const { context } = account.device;
  const racing: SessionContext = {
    ...context,
    async request(method, path, options) {
      const answer = await context.request(method, path, options);
      if (method === "POST" && path === "/room_keys/version") {
        valueOf(await deleteBackupVersion(context, await currentVersion(context)));
      }
      return answer;
    },
  };
  expect(await runOn(racing, account, account.version)).toMatchObject({
    error: { kind: "backup_changed", actual: account.version },
  });
  await expectNothingLost(account, account.version, "after the deletion");
  await endIt(account, account.version, "undo", "after the deletion");
  account.device.stop();
});
