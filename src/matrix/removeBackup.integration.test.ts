import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { confirmationOf, type BackupSurvey } from "@/domain/removal";
import { copyOf, openDevice, PASSWORD, valueOf } from "./integrationDevice";
import { startHomeserver, type Homeserver } from "./integrationHomeserver";
import { createKeyBackup } from "./keyBackup";
import { createRemoval } from "./removal";
import {
  answers,
  changesOf,
  putForeignKeys,
  openAccountWithBackup,
  roomKeysHere,
  SERVER_ERROR,
  waitForCount,
  type AccountWithBackup,
} from "./removalRig";
import { readAccountData } from "./secretStorage";
import type { SessionContext } from "./sessionContext";
import { createSetUp } from "./setUp";

let server: Homeserver;
beforeAll(async () => {
  server = await startHomeserver();
});
afterAll(() => server.stop());

async function survey(context: SessionContext): Promise<BackupSurvey> {
  const found = valueOf(await createRemoval(context).surveyBackup());
  if (found === null) throw new Error("there is no backup");
  return found;
}

const isOf =
  (method: string, part: RegExp) =>
  (request: { readonly method: string; readonly path: string }): boolean =>
    request.method === method && part.test(request.path);

/** A second version with another key, as another app would make it; the first stays below it. */
async function putVersionOnTop({ context }: AccountWithBackup): Promise<string> {
  const answer = valueOf(
    await context.request("POST", "/room_keys/version", {
      body: {
        algorithm: "m.megolm_backup.v1.curve25519-aes-sha2",
        auth_data: { public_key: "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo" },
      },
    }),
  );
  return (answer as { version: string }).version;
}

test("the confirmed version is deleted, the wish is stored, and everything else stays", async () => {
  const account = await openAccountWithBackup(server, 3);
  const { context, version } = account;
  const found = await survey(context);
  expect(found).toMatchObject({
    version,
    coverage: { onServer: 3, notedHere: 3, onlyInBackup: 0 },
    heldHere: 3,
    opensHere: true,
  });
  const secret = valueOf(await readAccountData(context, "m.megolm_backup.v1"));
  const held = await context.crypto().getSessionBackupPrivateKey();
  server.startRecord();
  expect(valueOf(await createRemoval(context).deleteBackup(confirmationOf(found), []))).toEqual({
    kind: "none_left",
    unsaid: null,
  });
  expect(changesOf(server.seen)).toEqual([
    `DELETE /room_keys/version/${version}`,
    "PUT m.key_backup",
  ]);
  expect(valueOf(await createKeyBackup(context).fetchBackupInfo())).toBeNull();
  expect(valueOf(await createKeyBackup(context).readActiveVersion())).toBeNull();
  expect(valueOf(await createRemoval(context).readBackupWish())).toBe("off");
  expect(await roomKeysHere(context)).toBe(3);
  expect(valueOf(await readAccountData(context, "m.megolm_backup.v1"))).toEqual(secret);
  expect(await context.crypto().getSessionBackupPrivateKey()).toEqual(held);

  // A backup can be set up again with the same recovery key, and gets every key that is here.
  const setUp = createSetUp(context);
  expect(valueOf(await setUp.plan())).toEqual({ kind: "existing_recovery_key" });
  valueOf(await setUp.run(copyOf(account.recoveryKey), answers()));
  await waitForCount(context, 3);
  expect(valueOf(await createRemoval(context).readBackupWish())).toBe("on");
  account.device.stop();
});

test("other fields of the wish are kept", async () => {
  const { context, device } = await openAccountWithBackup(server, 0);
  await device.client.setAccountDataRaw("m.key_backup", {
    enabled: true,
    "org.example": 1,
  } as never);
  await createRemoval(context).deleteBackup(confirmationOf(await survey(context)), []);
  expect(valueOf(await readAccountData(context, "m.key_backup"))).toEqual({
    enabled: false,
    "org.example": 1,
  });
  device.stop();
});

describe.each([
  ["the deletion", "DELETE", /^\/room_keys\/version\/.+/],
  ["the wish", "PUT", /\/m\.key_backup$/],
] as const)("when %s fails", (name, method, path) => {
  test.each([
    ["before it reaches the server", false],
    ["after the server has done it", true],
  ])(
    "%s, what is said is what the server has, and a repeat ends well",
    async (_when, afterwards) => {
      const { context, device, version } = await openAccountWithBackup(server, 2);
      const removal = createRemoval(context);
      const confirmed = confirmationOf(await survey(context));
      const mend = server.fail({ matches: isOf(method, path), ...SERVER_ERROR, afterwards });
      const first = await removal.deleteBackup(confirmed, []);
      mend();
      const now = valueOf(await createKeyBackup(context).fetchBackupInfo());
      if (name === "the deletion" && !afterwards) {
        expect(first).toMatchObject({ ok: false, error: { kind: "server", status: 400 } });
        expect(now).toMatchObject({ version, count: 2 });
      } else {
        expect(valueOf(first).kind).toBe("none_left");
        expect(now).toBeNull();
      }
      expect(valueOf(await removal.deleteBackup(confirmed, []))).toEqual({
        kind: "none_left",
        unsaid: null,
      });
      expect(valueOf(await removal.readBackupWish())).toBe("off");
      expect(await roomKeysHere(context)).toBe(2);
      device.stop();
    },
  );
});

test("an older version that comes back is named, and nothing is said about a wish until it is decided", async () => {
  const account = await openAccountWithBackup(server, 2);
  const { context, device, version } = account;
  const newer = await putVersionOnTop(account);
  const removal = createRemoval(context);
  const found = await survey(context);
  expect(found).toMatchObject({ version: newer, coverage: { onServer: 0 }, opensHere: false });
  const outcome = valueOf(await removal.deleteBackup(confirmationOf(found), []));
  expect(outcome).toMatchObject({
    kind: "older_revealed",
    older: { version, coverage: { onServer: 2 }, opensHere: true },
  });
  expect(valueOf(await removal.readBackupWish())).toBe("on");
  if (outcome.kind !== "older_revealed") throw new Error("unreachable");
  const last = valueOf(await removal.deleteBackup(confirmationOf(await survey(context)), []));
  expect(last.kind).toBe("none_left");
  expect(valueOf(await removal.readBackupWish())).toBe("off");
  device.stop();
});

describe("nothing is deleted", () => {
  test("when another version than the confirmed one is current", async () => {
    const account = await openAccountWithBackup(server, 1);
    const { context, device, version } = account;
    const confirmed = confirmationOf(await survey(context));
    const newer = await putVersionOnTop(account);
    server.startRecord();
    expect(await createRemoval(context).deleteBackup(confirmed, [])).toEqual({
      ok: false,
      error: { kind: "backup_changed", expected: version, actual: newer },
    });
    expect(changesOf(server.seen)).toEqual([]);
    device.stop();
  });

  test("when the key of the version was swapped in place", async () => {
    const { context, device, version } = await openAccountWithBackup(server, 1);
    const confirmed = confirmationOf(await survey(context));
    const public_key = "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo";
    await context.request("PUT", `/room_keys/version/${version}`, {
      body: {
        algorithm: "m.megolm_backup.v1.curve25519-aes-sha2",
        auth_data: { public_key },
        version,
      },
    });
    server.startRecord();
    expect(await createRemoval(context).deleteBackup(confirmed, [])).toMatchObject({
      ok: false,
      error: { kind: "backup_changed" },
    });
    expect(changesOf(server.seen)).toEqual([]);
    device.stop();
  });

  test("when more keys are only in the backup by now than was said", async () => {
    const { context, device, version } = await openAccountWithBackup(server, 1);
    const confirmed = confirmationOf(await survey(context));
    await putForeignKeys(context, version, 2);
    server.startRecord();
    expect(valueOf(await createRemoval(context).deleteBackup(confirmed, []))).toMatchObject({
      kind: "numbers_changed",
      survey: { coverage: { onServer: 3, notedHere: 1, onlyInBackup: 2 } },
    });
    expect(changesOf(server.seen)).toEqual([]);
    device.stop();
  });

  test("when the current version cannot be read", async () => {
    const { context, device, version } = await openAccountWithBackup(server, 1);
    const confirmed = confirmationOf(await survey(context));
    for (const fault of [
      { status: 500, body: "{}" },
      { status: 404, body: "<html>" },
      { status: 200, body: "<html>Wi-Fi</html>" },
      { status: 404, body: JSON.stringify({ errcode: "M_UNRECOGNIZED" }) },
    ]) {
      server.startRecord();
      const mend = server.fail({ matches: isOf("GET", /^\/room_keys\/version$/), ...fault });
      expect((await createRemoval(context).deleteBackup(confirmed, [])).ok).toBe(false);
      mend();
      expect(changesOf(server.seen)).toEqual([]);
    }
    // A 404 that the same server denies when it is asked by name is not believed, either.
    const mend = server.fail({
      matches: isOf("GET", /^\/room_keys\/version$/),
      status: 404,
      body: JSON.stringify({ errcode: "M_NOT_FOUND" }),
    });
    expect(await createRemoval(context).deleteBackup(confirmed, [])).toEqual({
      ok: false,
      error: { kind: "still_there", version },
    });
    mend();
    expect(changesOf(server.seen)).toEqual([]);
    device.stop();
  });

  test("while another change is unfinished", async () => {
    const { context, device } = await openAccountWithBackup(server, 1);
    const confirmed = confirmationOf(await survey(context));
    await context.journal.write({
      change: "replace_backup",
      step: "upload",
      startedAt: 0,
      facts: {},
    });
    server.startRecord();
    expect(await createRemoval(context).deleteBackup(confirmed, [])).toEqual({
      ok: false,
      error: { kind: "change_unfinished", change: "replace_backup" },
    });
    expect(changesOf(server.seen)).toEqual([]);
    device.stop();
  });
});

test("a server that only says it deleted is not believed", async () => {
  const { context, device, version } = await openAccountWithBackup(server, 1);
  const mend = server.fail({
    matches: isOf("DELETE", /^\/room_keys\/version\/.+/),
    status: 200,
    body: "{}",
  });
  expect(
    await createRemoval(context).deleteBackup(confirmationOf(await survey(context)), []),
  ).toEqual({
    ok: false,
    error: { kind: "still_there", version },
  });
  mend();
  device.stop();
});

test("what is left after a deletion and cannot be read is not called nothing", async () => {
  const { context, device } = await openAccountWithBackup(server, 1);
  const confirmed = confirmationOf(await survey(context));
  let deleted = false;
  const mend = server.fail({
    matches(request) {
      if (request.method === "DELETE") deleted = true;
      return deleted && request.method === "GET" && request.path === "/room_keys/version";
    },
    status: 502,
    body: "<html>",
  });
  expect(valueOf(await createRemoval(context).deleteBackup(confirmed, []))).toMatchObject({
    kind: "unchecked",
    error: { kind: "server", status: 502 },
  });
  mend();
  // Nothing is written about a wish on such grounds.
  expect(valueOf(await createRemoval(context).readBackupWish())).toBe("on");
  device.stop();
});

test("the wish: the name of the specification before the older one, and a failure is no answer", async () => {
  const device = await openDevice(server, await server.register(PASSWORD));
  const { context, client } = device;
  const removal = createRemoval(context);
  const say = (type: string, content: object) =>
    client.setAccountDataRaw(type as never, content as never);
  expect(valueOf(await removal.readBackupWish())).toBe("unsaid");
  await say("m.org.matrix.custom.backup_disabled", { disabled: true });
  expect(valueOf(await removal.readBackupWish())).toBe("off");
  await say("m.key_backup", { enabled: true });
  expect(valueOf(await removal.readBackupWish())).toBe("on");
  await say("m.key_backup", { enabled: "no" });
  expect(valueOf(await removal.readBackupWish())).toBe("off");
  const mend = server.fail({
    matches: isOf("GET", /m\.key_backup/),
    status: 404,
    body: "<html>",
  });
  expect((await removal.readBackupWish()).ok).toBe(false);
  mend();
  device.stop();
});
