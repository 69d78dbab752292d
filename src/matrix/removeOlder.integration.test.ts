import type { BackupVersion } from "@/domain/backup";
import type { OldBackup } from "@/domain/changes";
import { confirmationOf, type BackupSurvey } from "@/domain/removal";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  accountWithBackup,
  currentVersion,
  idsIn,
  keyEntries,
  putEntries,
  withFault,
  type Account,
} from "./changesRig";
import { copyOf, valueOf } from "./integrationDevice";
import { startHomeserver, type Homeserver } from "./integrationHomeserver";
import { changesOf, roomKeysHere } from "./removalRig";
import { createRemoval } from "./removal";
import { createReplace } from "./replace";
import { fetchBackupInfo } from "./roomKeysApi";
import type { SessionContext } from "./sessionContext";
import { switchUpload } from "./uploadSwitch";

let server: Homeserver;
beforeAll(async () => {
  server = await startHomeserver();
});
afterAll(() => server.stop());

interface TwoBackups extends Account {
  readonly context: SessionContext;
  readonly current: BackupVersion;
  readonly survey: BackupSurvey;
  readonly older: readonly OldBackup[];
}

/** An account whose backup was replaced, with the old version kept; and what a dialog reads of both. */
async function withOldKept(keys = 2): Promise<TwoBackups> {
  const account = await accountWithBackup(server, keys);
  const { context } = account.device;
  const replace = createReplace(context, keyEntries(context));
  const watch = { onStep: () => undefined, onUpload: () => undefined };
  const options = { confirmed: account.version, withoutOldKey: false, ...watch };
  const { version: current } = valueOf(await replace.run(copyOf(account.key), options));
  return { ...account, context, current, ...(await look(context)) };
}

async function look(context: SessionContext) {
  const survey = valueOf(await createRemoval(context).surveyBackup());
  if (survey === null) throw new Error("there is no backup");
  const replace = createReplace(context, keyEntries(context));
  return { survey, older: valueOf(await replace.listOld()) };
}

const remove = (context: SessionContext, { survey, older }: Pick<TwoBackups, "survey" | "older">) =>
  createRemoval(context).deleteBackup(confirmationOf(survey), older);

test("both versions go in one step, the old one first, and everything else stays", async () => {
  const account = await withOldKept(3);
  const { context, current, version } = account;
  expect(account.older).toEqual([{ version, count: 3 }]);
  server.startRecord();
  expect(valueOf(await remove(context, account))).toEqual({ kind: "none_left", unsaid: null });
  expect(changesOf(server.seen)).toEqual([
    `DELETE /room_keys/version/${version}`,
    `DELETE /room_keys/version/${current}`,
    "PUT m.key_backup",
  ]);
  expect(valueOf(await fetchBackupInfo(context))).toBeNull();
  expect(valueOf(await context.journal.read())).toBeNull();
  expect(await roomKeysHere(context)).toBe(3);
  account.device.stop();
});

test("a fault at any request leaves the current backup for last, is told, and can be finished", async () => {
  const probe = await withOldKept(1);
  const seen = withFault(probe.context, null);
  valueOf(await remove(seen.context, probe));
  const requests = [...seen.log];
  probe.device.stop();
  expect(requests.filter((request) => request.startsWith("DELETE"))).toHaveLength(2);

  const stops = new Set<string>();
  for (const [at, request] of requests.entries()) {
    for (const kind of request.startsWith("DELETE")
      ? (["fails", "lost"] as const)
      : (["fails"] as const)) {
      const where = `${kind} at ${at}, ${request}`;
      const one = await withOldKept(1);
      const { context, current, version } = one;
      const removal = createRemoval(context);
      const outcome = await remove(withFault(context, { at, kind }).context, one);
      const oldLeft = await idsIn(context, version);
      const currentLeft = await idsIn(context, current);
      // The current one is the last to go.
      if (currentLeft === null) expect(oldLeft, where).toBeNull();
      const isDone = outcome.ok && ["none_left", "unchecked"].includes(outcome.value.kind);
      expect(isDone, where).toBe(currentLeft === null);
      if (outcome.ok && outcome.value.kind === "stopped") {
        expect(outcome.value.olderGone, where).toEqual(oldLeft === null ? [version] : []);
        stops.add(oldLeft === null ? "before the current one" : "at the old one");
        expect(valueOf(await removal.readUnfinished()), where).toMatchObject({
          change: "delete_backups",
        });
      } else {
        // All of it, or nothing at all.
        expect(oldLeft === null, where).toBe(currentLeft === null);
        expect(valueOf(await removal.readUnfinished()), where).toBeNull();
      }
      // The same confirmation goes on from wherever it is.
      expect(valueOf(await remove(context, one)).kind, where).toBe("none_left");
      expect(valueOf(await context.journal.read()), where).toBeNull();
      expect(await idsIn(context, version), where).toBeNull();
      expect(await idsIn(context, current), where).toBeNull();
      one.device.stop();
    }
  }
  expect(stops).toEqual(new Set(["at the old one", "before the current one"]));
}, 300_000);

test("a page that dies between the two is told of at the next visit, and can leave it so", async () => {
  const probe = await withOldKept(1);
  const seen = withFault(probe.context, null);
  valueOf(await remove(seen.context, probe));
  const at = seen.log.lastIndexOf(`DELETE /room_keys/version/${probe.current}`);
  probe.device.stop();

  const account = await withOldKept(1);
  const { context, current, version } = account;
  const faulty = withFault(context, { at: at - 1, kind: "killed" });
  await Promise.race([faulty.gone, remove(faulty.context, account)]);
  expect(await idsIn(context, version)).toBeNull();
  expect([...((await idsIn(context, current)) ?? [])]).toEqual([...account.held]);

  const next = createRemoval({ ...context });
  expect(valueOf(await next.readUnfinished())).toMatchObject({ change: "delete_backups" });
  const switched = createReplace(context, keyEntries(context));
  expect(
    await switched.undo(copyOf(account.key)),
    "no other change begins beside it",
  ).toMatchObject({ ok: false, error: { kind: "change_unfinished", change: "delete_backups" } });
  valueOf(await next.leaveUnfinished());
  expect(valueOf(await next.readUnfinished())).toBeNull();
  expect(await currentVersion(context)).toBe(current);
  account.device.stop();
});

describe("nothing is deleted", () => {
  async function expectUntouched({ context, current, version }: TwoBackups): Promise<void> {
    expect(changesOf(server.seen)).toEqual([]);
    expect(await idsIn(context, version)).not.toBeNull();
    expect(await idsIn(context, current)).not.toBeNull();
    expect(valueOf(await context.journal.read())).toBeNull();
  }

  test("when the old version has another number of keys than was shown", async () => {
    const account = await withOldKept(1);
    const { context, older } = account;
    server.startRecord();
    const shown = older.map((one) => ({ ...one, count: one.count + 1 }));
    expect(valueOf(await remove(context, { ...account, older: shown }))).toEqual({
      kind: "older_changed",
    });
    await expectUntouched(account);
    account.device.stop();
  });

  test("when the old version has another key by now", async () => {
    const account = await withOldKept(1);
    const { context, version } = account;
    await context.request("PUT", `/room_keys/version/${version}`, {
      body: {
        algorithm: "m.megolm_backup.v1.curve25519-aes-sha2",
        auth_data: { public_key: "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo" },
        version,
      },
    });
    server.startRecord();
    expect(valueOf(await remove(context, account))).toEqual({ kind: "older_changed" });
    await expectUntouched(account);
    account.device.stop();
  });

  test("when more is only in the current one than was said", async () => {
    const account = await withOldKept(1);
    const { context, current } = account;
    valueOf(await switchUpload(context, false));
    await putEntries(context, current, 2);
    server.startRecord();
    expect(valueOf(await remove(context, account))).toMatchObject({
      kind: "numbers_changed",
      survey: { coverage: { onlyInBackup: account.survey.coverage.onlyInBackup + 2 } },
    });
    await expectUntouched(account);
    valueOf(await switchUpload(context, true));
    account.device.stop();
  });

  test("when another version is current, or becomes so right before", async () => {
    const account = await withOldKept(1);
    const { context, current } = account;
    const body = {
      algorithm: "m.megolm_backup.v1.curve25519-aes-sha2",
      auth_data: { public_key: "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo" },
    };
    let looks = 0;
    const racing: SessionContext = {
      ...context,
      async request(method, path, options) {
        // After the survey and the list of old ones: the look right before the deletion.
        if (path === "/room_keys/version" && ++looks === 3) {
          valueOf(await context.request("POST", "/room_keys/version", { body }));
          server.startRecord();
        }
        return context.request(method, path, options);
      },
    };
    expect(await remove(racing, account)).toMatchObject({
      ok: false,
      error: { kind: "backup_changed", expected: current },
    });
    expect(looks).toBe(3);
    await expectUntouched(account);
    expect(await remove(context, account)).toMatchObject({
      ok: false,
      error: { kind: "backup_changed", expected: current },
    });
    await expectUntouched(account);
    account.device.stop();
  });
});
