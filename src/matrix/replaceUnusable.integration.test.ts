import { BACKUP_ALGORITHM, type BackupInfo, type BackupVersion } from "@/domain/backup";
import { unsupportedReason } from "@/domain/backupState";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  accountWithBackup,
  currentVersion,
  idsIn,
  keyEntries,
  reach,
  uploaded,
  type Account,
} from "./changesRig";
import { copyOf, valueOf } from "./integrationDevice";
import { startHomeserver, type Homeserver } from "./integrationHomeserver";
import { createKeyBackup } from "./keyBackup";
import { surveyBackup } from "./removalSurvey";
import { createRepair } from "./repair";
import { createReplace } from "./replace";
import { fetchBackupInfo, fetchBackupVersion } from "./roomKeysApi";
import type { SessionContext } from "./sessionContext";

let server: Homeserver;
beforeAll(async () => {
  server = await startHomeserver();
});
afterAll(() => server.stop());

const silent = { onStep: () => undefined, onUpload: () => undefined };
const neverStops = new AbortController().signal;
const replaceOn = (context: SessionContext) => createReplace(context, keyEntries(context));
const noKey = { ok: false, error: { kind: "decryption_key", reason: "absent" } };

interface Unusable {
  readonly account: Account;
  /** The version that this app cannot use, which is the current one. */
  readonly version: BackupVersion;
  readonly ids: readonly string[];
}

/** An account whose current version was made by something else, with three entries in it. */
async function accountWith(of: (usable: BackupInfo) => object): Promise<Unusable> {
  const account = await accountWithBackup(server, 2);
  const { context } = account.device;
  const usable = valueOf(await fetchBackupInfo(context));
  if (usable === null) throw new Error("no backup");
  valueOf(await context.request("POST", "/room_keys/version", { body: of(usable) }));
  const version = await currentVersion(context);
  const ids = ["one", "two", "three"];
  const entry = {
    first_message_index: 0,
    forwarded_count: 0,
    is_verified: true,
    // Sealed in a way of its own; the field names happen to be the same.
    session_data: { ephemeral: "AAAA", mac: "AAAA", ciphertext: "AAAA" },
  };
  const sessions = Object.fromEntries(ids.map((id) => [id, entry]));
  valueOf(
    await context.request("PUT", "/room_keys/keys", {
      query: { version },
      body: { rooms: { "!theirs:localhost": { sessions } } },
    }),
  );
  return { account, version, ids };
}

const kinds: readonly (readonly [
  "algorithm" | "public_key",
  string,
  (usable: BackupInfo) => object,
])[] = [
  [
    "algorithm",
    "an unknown algorithm and a key that is here",
    ({ authData }) => ({ algorithm: "org.example.future_backup", auth_data: authData }),
  ],
  [
    "public_key",
    "a malformed public key",
    ({ authData }) => ({
      algorithm: BACKUP_ALGORITHM,
      auth_data: { ...authData, public_key: "not a key" },
    }),
  ],
];

describe.each(kinds)("a backup whose %s cannot be used: %s", (reason, _, of) => {
  test("is replaced only when the person knows, and is never deleted", async () => {
    const { account, version, ids } = await accountWith(of);
    const { context } = account.device;
    const info = valueOf(await fetchBackupInfo(context));
    if (info === null) throw new Error("no backup");
    expect(unsupportedReason(info)).toBe(reason);
    expect(valueOf(await createRepair(context).diagnose(null))).toContainEqual({
      kind: "backup_unusable",
      remedy: "export_and_replace",
    });
    expect(valueOf(await surveyBackup(context))).toMatchObject({ version, opensHere: false });

    const replace = replaceOn(context);
    expect(valueOf(await replace.plan(neverStops))).toEqual({
      kind: "ready",
      version,
      count: 3,
      held: 2,
      onlyInBackup: null,
      oldKey: "nowhere",
    });
    const options = { confirmed: version, withoutOldKey: false, ...silent };
    expect(await replace.run(copyOf(account.key), options)).toEqual(noKey);
    expect(await currentVersion(context)).toBe(version);
    expect(valueOf(await context.journal.read())).toBeNull();

    server.startRecord();
    const proof = valueOf(
      await replace.run(copyOf(account.key), { ...options, withoutOldKey: true }),
    );
    expect(proof.old).toMatchObject({ version });
    expect(await currentVersion(context)).toBe(proof.version);
    expect(await reach(context, account.key, proof.version)).toBe("in_place");
    await uploaded(account.device, proof.version, 2);
    expect([...((await idsIn(context, proof.version)) ?? [])].toSorted()).toEqual(
      [...account.held].toSorted(),
    );
    expect(valueOf(await createKeyBackup(context).readActiveVersion())).toBe(proof.version);

    // It is neither offered for deletion nor deleted when asked for.
    const listed = valueOf(await replace.listOld()).map((old) => old.version);
    expect(listed).not.toContain(version);
    expect(await replace.checkOld(copyOf(account.key), version, silent)).toMatchObject({
      ok: false,
    });
    const old = valueOf(await fetchBackupVersion(context, version));
    if (old === null) throw new Error("the old version is gone");
    const report = {
      old: { version, count: old.count, etag: old.etag, publicKey: old.publicKey ?? "" },
      current: { version: proof.version, count: 2 },
      unreadable: 3,
    };
    expect(await replace.deleteOld(copyOf(account.key), report)).toMatchObject({ ok: false });
    expect(server.seen.filter(({ method }) => method === "DELETE")).toEqual([]);
    expect([...((await idsIn(context, version)) ?? [])].toSorted()).toEqual([...ids].toSorted());
    account.device.stop();
  });

  test("is nothing to go back to once the new one is there", async () => {
    const { account, version } = await accountWith(of);
    const { context } = account.device;
    const running = replaceOn(context).run(copyOf(account.key), {
      confirmed: version,
      withoutOldKey: true,
      onStep: () => undefined,
      onUpload: () => {
        throw new Error("interrupted");
      },
    });
    await expect(running).rejects.toThrow("interrupted");
    const made = await currentVersion(context);
    expect(made).not.toBe(version);
    server.startRecord();
    expect(await replaceOn(context).undo(copyOf(account.key))).toEqual(noKey);
    expect(server.seen.filter(({ method }) => method === "DELETE")).toEqual([]);
    expect(await currentVersion(context)).toBe(made);

    const options = { confirmed: version, withoutOldKey: true, ...silent };
    expect(valueOf(await replaceOn(context).run(copyOf(account.key), options)).version).toBe(made);
    expect(await idsIn(context, version)).not.toBeNull();
    account.device.stop();
  });
});
