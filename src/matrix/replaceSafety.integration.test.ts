import type { BackupVersion } from "@/domain/backup";
import { fail, ok, type Result } from "@/domain/result";
import { forgeSessionData, fromMessage, type ForgedSessionData } from "@/testing/forgeBackup";
import { encodeBase64 } from "matrix-js-sdk/lib/base64";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { listSecretsUnder } from "./accountDataList";
import {
  accountData,
  accountWithBackup,
  currentVersion,
  giveKeys,
  idsIn,
  keyEntries,
  putEntries,
  putSessions,
  reach,
  sealerOf,
  sealerOfNobody,
  uploaded,
  withFault,
  type Account,
  type Sealer,
} from "./changesRig";
import { copyOf, openDevice, valueOf } from "./integrationDevice";
import { startHomeserver, type Homeserver } from "./integrationHomeserver";
import { dropKeptKey, keepBackupKey, listKeptKeys, readKeptKey } from "./keptBackupKey";
import { createKeyBackup } from "./keyBackup";
import { backupPublicKeyOf, olmMachineOf, withFreed } from "./olmMachine";
import { createRepair } from "./repair";
import { restoreStoredBackupKey } from "./repairStoredKey";
import { createReplace } from "./replace";
import { awaitUpload } from "./replaceUpload";
import { deleteBackupVersion, fetchBackupInfo } from "./roomKeysApi";
import {
  BACKUP_SECRET,
  storeSecret,
  writeAccountData,
  writeKeyDescription,
  type StorageKey,
} from "./secretStorage";
import { readBackupSecret } from "./secretStorageBackupKey";
import { openDefaultKey } from "./secretStorageUnlock";
import type { SessionContext } from "./sessionContext";
import { secureBackupKey } from "./setUpBackupKey";
import { isUploadOff, switchUpload } from "./uploadSwitch";

let server: Homeserver;
beforeAll(async () => {
  server = await startHomeserver();
});
afterAll(() => server.stop());

const silent = { onStep: () => undefined, onUpload: () => undefined };
const replaceOn = (context: SessionContext) => createReplace(context, keyEntries(context));

/** Stops a replacement where everything but the upload's end is done. Answers with what was made. */
async function interrupt(
  context: SessionContext,
  account: Account,
  options: { readonly withoutOldKey?: boolean } = {},
): Promise<BackupVersion> {
  const running = replaceOn(withFault(context, null).context).run(copyOf(account.key), {
    confirmed: await currentVersion(account.device.context),
    withoutOldKey: options.withoutOldKey ?? false,
    ...silent,
    onUpload: () => {
      throw new Error("interrupted");
    },
  });
  await expect(running).rejects.toThrow("interrupted");
  return currentVersion(account.device.context);
}

/** A server that lists nothing of one version, in an answer that is whole. */
function listsNothingOf(context: SessionContext, version: BackupVersion): SessionContext {
  return {
    ...context,
    async requestStream(method, path, options) {
      return path === "/room_keys/keys" && options?.query?.version === version
        ? ok(new Response('{"rooms":{}}'))
        : context.requestStream(method, path, options);
    },
  };
}

describe("a list that is shorter than what the server counts", () => {
  test("is no proof that the old version can go", async () => {
    const account = await accountWithBackup(server, 3);
    const { context } = account.device;
    const { version } = account;
    const options = { confirmed: version, withoutOldKey: false, ...silent };
    valueOf(await replaceOn(context).run(copyOf(account.key), options));
    const blind = replaceOn(listsNothingOf(context, version));
    expect(await blind.checkOld(copyOf(account.key), version, silent)).toEqual({
      ok: false,
      error: { kind: "keys_at_risk", version, count: 3 },
    });
    const all = keyEntries(context);
    const halved = createReplace(context, {
      ...all,
      readOpened: (of, key, take, signal) =>
        all.readOpened(of, key, (batch) => take(of === version ? batch.slice(1) : batch), signal),
    });
    expect(await halved.checkOld(copyOf(account.key), version, silent)).toEqual({
      ok: false,
      error: { kind: "keys_at_risk", version, count: 1 },
    });
    account.device.stop();
  });

  test("is no proof that the new version can go", async () => {
    const account = await accountWithBackup(server, 1);
    const { context } = account.device;
    const made = await interrupt(context, account);
    const theirs = await putEntries(context, made, 3);
    await uploaded(account.device, made, 4);
    expect(await replaceOn(listsNothingOf(context, made)).undo(copyOf(account.key))).toEqual({
      ok: false,
      error: { kind: "keys_at_risk", version: made, count: 4 },
    });
    expect([...((await idsIn(context, made)) ?? [])]).toEqual(expect.arrayContaining(theirs));
    account.device.stop();
  });
});

describe("a device whose keys end with the page", () => {
  test("is no place for what only the new version has", async () => {
    const account = await accountWithBackup(server, 1);
    const { context } = account.device;
    const made = await interrupt(context, account);
    const theirs = await putEntries(context, made, 2);
    await uploaded(account.device, made, 3);
    const inMemory = { ...context, storesKeys: false };
    expect(await replaceOn(inMemory).undo(copyOf(account.key))).toEqual({
      ok: false,
      error: { kind: "keys_at_risk", version: made, count: 2 },
    });
    expect(await currentVersion(context)).toBe(made);
    expect([...((await idsIn(context, made)) ?? [])]).toEqual(expect.arrayContaining(theirs));
    // With a store they are safe here, and go to the old version from here.
    expect(valueOf(await replaceOn(context).undo(copyOf(account.key)))).toEqual({
      kind: "undone",
      version: account.version,
    });
    await uploaded(account.device, account.version, 3);
    account.device.stop();
  });

  test("goes back all the same when the old version lacks nothing", async () => {
    const account = await accountWithBackup(server, 1);
    const { context } = account.device;
    await interrupt(context, account);
    const inMemory = { ...context, storesKeys: false };
    expect(valueOf(await replaceOn(inMemory).undo(copyOf(account.key)))).toEqual({
      kind: "undone",
      version: account.version,
    });
    account.device.stop();
  });
});

describe("what stands beside an entry is no proof of what is in it", () => {
  const junk = {
    "what no key opens": async () => (await sealerOfNobody())({}),
    "another key": async (seal) => seal((await forgeSessionData()).sessionData),
    "the same key from a later message on": (seal, data) => seal(fromMessage(data, 5)),
    "no key at all": (seal) => seal(["junk"]),
  } satisfies Record<string, (seal: Sealer, data: ForgedSessionData) => Promise<unknown>>;

  test.each(Object.entries(junk))(
    "an old version stays when the new one has %s under its label",
    async (_name, make) => {
      const account = await accountWithBackup(server, 1);
      const { context } = account.device;
      const { version } = account;
      const { sessionId, sessionData } = await forgeSessionData();
      const sealOld = await sealerOf(context, version);
      await putSessions(context, version, { [sessionId]: await sealOld(sessionData) });
      const options = { confirmed: version, withoutOldKey: false, ...silent };
      const made = valueOf(await replaceOn(context).run(copyOf(account.key), options)).version;
      const sealNew = await sealerOf(context, made);
      await putSessions(context, made, { [sessionId]: await make(sealNew, sessionData) });
      expect(await replaceOn(context).checkOld(copyOf(account.key), version, silent)).toEqual({
        ok: false,
        error: { kind: "keys_at_risk", version, count: 1 },
      });
      account.device.stop();
    },
  );

  test.each(Object.entries(junk))(
    "a new version stays when the old one has %s under its label",
    async (_name, make) => {
      const account = await accountWithBackup(server, 1);
      const { context } = account.device;
      const { version } = account;
      const { sessionId, sessionData } = await forgeSessionData();
      const sealOld = await sealerOf(context, version);
      await putSessions(context, version, { [sessionId]: await make(sealOld, sessionData) });
      const made = await interrupt(context, account);
      const sealNew = await sealerOf(context, made);
      await putSessions(context, made, { [sessionId]: await sealNew(sessionData) });
      expect(await replaceOn(context).undo(copyOf(account.key))).toEqual({
        ok: false,
        error: { kind: "keys_at_risk", version: made, count: 1 },
      });
      expect(await currentVersion(context)).toBe(made);
      account.device.stop();
    },
  );

  test("a key that the old version has under another's label is brought over", async () => {
    const account = await accountWithBackup(server, 1);
    const { context } = account.device;
    const { version } = account;
    const { sessionId, sessionData } = await forgeSessionData();
    const other = await forgeSessionData();
    const seal = await sealerOf(context, version);
    await putSessions(context, version, { [other.sessionId]: await seal(sessionData) });
    const options = { confirmed: version, withoutOldKey: false, ...silent };
    const made = valueOf(await replaceOn(context).run(copyOf(account.key), options)).version;
    const sealNew = await sealerOf(context, made);
    await putSessions(context, made, { [other.sessionId]: await sealNew(other.sessionData) });
    valueOf(await replaceOn(context).checkOld(copyOf(account.key), version, silent));
    expect([...((await idsIn(context, made)) ?? [])]).toContain(sessionId);
    account.device.stop();
  });
});

describe("the way back", () => {
  test("leaves the new key in its place until everything was brought over", async () => {
    const account = await accountWithBackup(server, 1);
    const { context } = account.device;
    const made = await interrupt(context, account);
    const seen: string[] = [];
    const all = keyEntries(context);
    const watching = createReplace(context, {
      ...all,
      async readOpened(...of) {
        seen.push(await reach(context, account.key, made));
        return all.readOpened(...of);
      },
    });
    valueOf(await watching.undo(copyOf(account.key)));
    expect(new Set(seen)).toEqual(new Set(["in_place"]));
    expect(await currentVersion(context)).toBe(account.version);
    expect(await reach(context, account.key, account.version)).toBe("in_place");

    const again = await interrupt(context, account);
    const broken = createReplace(context, {
      ...all,
      readOpened: async () => fail({ kind: "network", detail: "a fault of the test" }),
    });
    expect(await broken.undo(copyOf(account.key))).toMatchObject({ error: { kind: "network" } });
    expect(await currentVersion(context)).toBe(again);
    expect(await reach(context, account.key, again)).toBe("in_place");
    valueOf(await replaceOn(context).undo(copyOf(account.key)));
    expect(await currentVersion(context)).toBe(account.version);
    account.device.stop();
  });

  test("compares again what came in right before the deletion, with the new key in its place", async () => {
    const account = await accountWithBackup(server, 1);
    const { context } = account.device;
    const made = await interrupt(context, account);
    let late: string[] = [];
    const racing: SessionContext = {
      ...context,
      async request(method, path, options) {
        const answer = await context.request(method, path, options);
        const isSecret = method === "PUT" && path.endsWith(encodeURIComponent(BACKUP_SECRET));
        if (isSecret && late.length === 0) late = await putEntries(context, made, 2);
        return answer;
      },
    };
    const undone = await replaceOn(racing).undo(copyOf(account.key));
    expect(undone).toEqual({ ok: true, value: { kind: "undone", version: account.version } });
    expect(late).toHaveLength(2);
    await uploaded(account.device, account.version, 3);
    expect([...((await idsIn(context, account.version)) ?? [])]).toEqual(
      expect.arrayContaining([...account.held, ...late]),
    );
    expect(await reach(context, account.key, account.version)).toBe("in_place");
    account.device.stop();
  });

  test("is refused where nobody could open what it leads to, and changes nothing", async () => {
    const account = await accountWithBackup(server, 1);
    const { context } = account.device;
    await writeAccountData(context, BACKUP_SECRET, {});
    const other = await openDevice(server, account.userId);
    await giveKeys(other, 2);
    const made = await interrupt(other.context, account, { withoutOldKey: true });
    const before = await other.context.journal.read();
    server.startRecord();
    expect(await replaceOn(other.context).undo(copyOf(account.key))).toEqual({
      ok: false,
      error: { kind: "decryption_key", reason: "absent" },
    });
    const changes = server.seen.filter(
      ({ method, path }) =>
        method !== "GET" && (path.startsWith("/room_keys/version") || path.startsWith("/user/")),
    );
    expect(changes).toEqual([]);
    expect(await other.context.journal.read()).toEqual(before);
    expect(await currentVersion(context)).toBe(made);
    expect(await reach(context, account.key, made)).toBe("in_place");

    // The device that holds the old key brings it along.
    valueOf(await replaceOn(context).undo(copyOf(account.key)));
    expect(await currentVersion(context)).toBe(account.version);
    expect(await reach(context, account.key, account.version)).toBe("in_place");
    account.device.stop();
    other.stop();
  });
});

describe("a kept key", () => {
  test("opens its version on a new device once that is the current one again", async () => {
    const account = await accountWithBackup(server, 1);
    const { context } = account.device;
    const options = { confirmed: account.version, withoutOldKey: false, ...silent };
    const { version } = valueOf(await replaceOn(context).run(copyOf(account.key), options));
    // Another app deletes the new version; the old one comes back, and its key is only kept.
    valueOf(await deleteBackupVersion(context, version));
    expect(await reach(context, account.key, account.version)).toBe("kept");
    const other = await openDevice(server, account.userId);
    expect(valueOf(await createKeyBackup(other.context).unlock(copyOf(account.key)))).toMatchObject(
      { backup: "ready", version: account.version },
    );
    const storageKey = valueOf(await openDefaultKey(context, account.key.bytes));
    const inPlace = valueOf(await readBackupSecret(context, storageKey));

    const repair = createRepair(other.context);
    const kind = "stored_backup_key_differs";
    expect(valueOf(await repair.run(kind, copyOf(account.key)))).toMatchObject({ fixed: true });
    expect(await reach(context, account.key, account.version)).toBe("in_place");
    // What stood there is kept in turn.
    const left = valueOf(await readKeptKey(context, storageKey, inPlace.publicKey));
    expect(left).toEqual(inPlace.bytes);
    account.device.stop();
    other.stop();
  });

  test("under a recovery key that is no longer in use is no unfinished replacement", async () => {
    const account = await accountWithBackup(server, 1);
    const { context } = account.device;
    const made = await interrupt(context, account);
    const other = await openDevice(server, account.userId);
    const neverStops = new AbortController().signal;
    expect(valueOf(await replaceOn(other.context).plan(neverStops))).toMatchObject({
      kind: "unfinished",
    });
    const another: StorageKey = { keyId: "reset", bytes: new Uint8Array(32).fill(3) };
    valueOf(await writeKeyDescription(context, another));
    const pointer = "m.secret_storage.default_key";
    valueOf(await writeAccountData(context, pointer, { key: another.keyId }));
    expect(valueOf(await replaceOn(other.context).plan(neverStops))).toMatchObject({
      kind: "ready",
      version: made,
    });
    expect(valueOf(await replaceOn(other.context).listOld())).toEqual([]);
    account.device.stop();
    other.stop();
  });

  test("that is dropped leaves nothing behind, also where only its facts were left", async () => {
    const account = await accountWithBackup(server, 0);
    const { context } = account.device;
    const storageKey = valueOf(await openDefaultKey(context, account.key.bytes));
    const bytes = new Uint8Array(32).fill(7);
    const publicKey = await backupPublicKeyOf(bytes);
    const about = { version: account.version, replaces: null };
    valueOf(await keepBackupKey(context, storageKey, bytes, about));
    expect(valueOf(await listKeptKeys(context))).toEqual([
      { ...about, publicKey, keyIds: [storageKey.keyId] },
    ]);
    const [name = ""] = valueOf(await listSecretsUnder(context, storageKey.keyId)).filter((one) =>
      one.includes("kept_key"),
    );
    const content = await accountData(context, name);
    valueOf(await writeAccountData(context, name, { ...content, encrypted: {} }));
    valueOf(await dropKeptKey(context, storageKey, publicKey));
    expect(await accountData(context, name)).toEqual({});
    expect(valueOf(await listKeptKeys(context))).toEqual([]);
    account.device.stop();
  });

  test("is not dropped because a server says once that its version is gone", async () => {
    const account = await accountWithBackup(server, 1);
    const { context } = account.device;
    const { version } = account;
    const options = { confirmed: version, withoutOldKey: false, ...silent };
    valueOf(await replaceOn(context).run(copyOf(account.key), options));
    const replace = replaceOn(context);
    const report = valueOf(await replace.checkOld(copyOf(account.key), version, silent));
    const mend = server.fail({
      matches: ({ method, path }) => method === "GET" && path === `/room_keys/version/${version}`,
      status: 404,
      body: JSON.stringify({ errcode: "M_NOT_FOUND" }),
    });
    expect(await replace.deleteOld(copyOf(account.key), report)).toEqual({
      ok: false,
      error: { kind: "still_there", version },
    });
    mend();
    expect(await reach(context, account.key, version)).toBe("kept");
    valueOf(await replace.deleteOld(copyOf(account.key), report));
    expect(await idsIn(context, version)).toBeNull();
    expect(valueOf(await listKeptKeys(context))).toEqual([]);
    account.device.stop();
  });

  test("is made of whatever set-up and repair take out of its place", async () => {
    const account = await accountWithBackup(server, 0);
    const { context } = account.device;
    const storageKey = valueOf(await openDefaultKey(context, account.key.bytes));
    const info = valueOf(await fetchBackupInfo(context));
    if (info === null) throw new Error("no backup");
    const mends: readonly (() => Promise<Result<unknown, unknown>>)[] = [
      () => secureBackupKey(context, storageKey, info),
      () => restoreStoredBackupKey(context, storageKey),
    ];
    for (const [index, mend] of mends.entries()) {
      const older = new Uint8Array(32).fill(40 + index);
      await writeAccountData(context, BACKUP_SECRET, {});
      valueOf(await storeSecret(context, BACKUP_SECRET, encodeBase64(older), storageKey));
      valueOf(await mend());
      expect(await reach(context, account.key, account.version)).toBe("in_place");
      const publicKey = await backupPublicKeyOf(older);
      expect(valueOf(await readKeptKey(context, storageKey, publicKey))).toEqual(older);
    }
    account.device.stop();
  });
});

/** The context, with word of whether a turn is being taken now. */
function watchTurns(context: SessionContext, before: () => Promise<void> = async () => undefined) {
  const turns = { taken: 0, isTaken: false };
  const watched: SessionContext = {
    ...context,
    takeTurn: (work) =>
      context.takeTurn(async () => {
        turns.taken += 1;
        turns.isTaken = true;
        try {
          await before();
          return await work();
        } finally {
          turns.isTaken = false;
        }
      }),
  };
  return { turns, watched };
}

describe("while others wait for their turn", () => {
  const neverStops = new AbortController().signal;

  /** A version on the server that has lost what this device uploaded. */
  async function emptied() {
    const account = await accountWithBackup(server, 2);
    const { context } = account.device;
    const machine = await olmMachineOf(context);
    const backedUp = async (): Promise<number> =>
      withFreed(await machine.roomKeyCounts(), (counts) => counts.backedUp);
    await expect.poll(backedUp, { timeout: 20_000 }).toBe(2);
    const query = { version: account.version };
    valueOf(await context.request("DELETE", "/room_keys/keys", { query }));
    return { account, context, machine };
  }

  test("the wait for an upload changes this device only in its own turn", async () => {
    const { account, context, machine } = await emptied();
    const { turns, watched } = watchTurns(context);
    const changes: boolean[] = [];
    const forget = machine.disableBackup.bind(machine);
    vi.spyOn(machine, "disableBackup").mockImplementation(async () => {
      changes.push(turns.isTaken);
      await forget();
      // The store in memory remembers per version what it uploaded, and sends nothing again.
      await putEntries(context, account.version, 2);
    });
    const crypto = context.crypto();
    const enable = crypto.checkKeyBackupAndEnable.bind(crypto);
    vi.spyOn(crypto, "checkKeyBackupAndEnable").mockImplementation(() => {
      changes.push(turns.isTaken);
      return enable();
    });
    expect(valueOf(await awaitUpload(watched, account.version, () => undefined)).count).toBe(2);
    expect(changes.length).toBeGreaterThanOrEqual(2);
    expect(changes).not.toContain(false);
    account.device.stop();
  });

  test("the wait for an upload changes nothing when another version came before its turn", async () => {
    const { account, context, machine } = await emptied();
    const { watched } = watchTurns(context, async () => {
      valueOf(await deleteBackupVersion(context, account.version));
    });
    const forget = vi.spyOn(machine, "disableBackup");
    expect(await awaitUpload(watched, account.version, () => undefined)).toEqual({
      ok: false,
      error: { kind: "backup_changed", expected: account.version, actual: null },
    });
    expect(forget).not.toHaveBeenCalled();
    account.device.stop();
  });

  test("a plan downloads the backup outside of its turn, and looks again when it has changed", async () => {
    const account = await accountWithBackup(server, 2);
    const { context } = account.device;
    const { turns, watched } = watchTurns(context);
    const all = keyEntries(context);
    const looks: boolean[] = [];
    const replace = createReplace(watched, {
      ...all,
      async readOpened(...of) {
        looks.push(turns.isTaken);
        const read = await all.readOpened(...of);
        if (looks.length === 1) await putEntries(context, account.version, 1);
        return read;
      },
    });
    expect(valueOf(await replace.plan(neverStops))).toMatchObject({
      kind: "ready",
      count: 3,
      held: 2,
      onlyInBackup: 1,
    });
    expect(looks).toEqual([false, false]);
    account.device.stop();
  });

  test("a plan for a backup that never stands still says that it does not know", async () => {
    const account = await accountWithBackup(server, 1);
    const { context } = account.device;
    const all = keyEntries(context);
    const restless = createReplace(context, {
      ...all,
      async readOpened(...of) {
        const read = await all.readOpened(...of);
        await putEntries(context, account.version, 1);
        return read;
      },
    });
    expect(valueOf(await restless.plan(neverStops))).toMatchObject({
      kind: "ready",
      onlyInBackup: null,
    });
    expect(
      valueOf(await replaceOn(listsNothingOf(context, account.version)).plan(neverStops)),
    ).toMatchObject({
      kind: "ready",
      onlyInBackup: null,
    });
    account.device.stop();
  });

  test("an old version is compared outside of a turn", async () => {
    const account = await accountWithBackup(server, 1);
    const { context } = account.device;
    const { version } = account;
    const options = { confirmed: version, withoutOldKey: false, ...silent };
    valueOf(await replaceOn(context).run(copyOf(account.key), options));
    const { turns, watched } = watchTurns(context);
    const all = keyEntries(context);
    const looks: boolean[] = [];
    const replace = createReplace(watched, {
      ...all,
      readOpened(...of) {
        looks.push(turns.isTaken);
        return all.readOpened(...of);
      },
    });
    valueOf(await replace.checkOld(copyOf(account.key), version, silent));
    expect(looks).toEqual([false, false]);
    account.device.stop();
  });
});

describe("a device whose upload is turned off", () => {
  const off = { ok: false, error: { kind: "upload_off" } };

  test("begins nothing that needs it, and changes nothing", async () => {
    const account = await accountWithBackup(server, 1);
    const { context } = account.device;
    const { version } = account;
    const options = { confirmed: version, withoutOldKey: false, ...silent };
    valueOf(await switchUpload(context, false));
    expect(isUploadOff(context.user)).toBe(true);
    server.startRecord();
    const replace = replaceOn(context);
    expect(await replace.run(copyOf(account.key), options)).toEqual(off);
    expect(await replace.undo(copyOf(account.key))).toEqual(off);
    expect(await replace.checkOld(copyOf(account.key), version, silent)).toEqual(off);
    expect(server.seen.filter(({ method }) => method !== "GET")).toEqual([]);
    expect(valueOf(await context.journal.read())).toBeNull();
    valueOf(await switchUpload(context, true));
    valueOf(await replace.run(copyOf(account.key), options));
    account.device.stop();
  });

  test("does not wait for an upload, nor forget what is backed up", async () => {
    const account = await accountWithBackup(server, 2);
    const { context } = account.device;
    const query = { version: account.version };
    const machine = await olmMachineOf(context);
    const backedUp = async (): Promise<number> =>
      withFreed(await machine.roomKeyCounts(), (counts) => counts.backedUp);
    await expect.poll(backedUp, { timeout: 20_000 }).toBe(2);
    valueOf(await switchUpload(context, false));
    // Fewer on the server than count as backed up: with the upload on, all would be sent again.
    valueOf(await context.request("DELETE", "/room_keys/keys", { query }));
    const forget = vi.spyOn(machine, "disableBackup");
    expect(await awaitUpload(context, account.version, () => undefined)).toEqual(off);
    expect(forget).not.toHaveBeenCalled();
    valueOf(await switchUpload(context, true));
    account.device.stop();
  });
});
