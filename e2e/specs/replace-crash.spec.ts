import { dashboardOn, expect, test } from "../fixtures/index.ts";
import { ReplacePage } from "../pages/ReplacePage.ts";
import { crashPage } from "../support/crashPage.ts";
import { FaultProxy } from "../support/FaultProxy.ts";
import type { MatrixApi } from "../support/MatrixApi.ts";

const TEXTS = ["one", "two"];

/** Every change of a replacement, in order: what, and the how many of its kind. */
const CHANGES = [
  { name: "the old key kept", of: "PUT .*kept_key", nth: 1 },
  { name: "the new key kept", of: "PUT .*kept_key", nth: 2 },
  { name: "the new version", of: "POST .*room_keys/version", nth: 1 },
  { name: "the secret", of: "PUT .*m\\.megolm_backup\\.v1", nth: 1 },
  { name: "the uploaded keys", of: "PUT .*room_keys/keys\\?version=(?!OLD$)", nth: 1 },
  { name: "the new key's copy taken away", of: "PUT .*kept_key", nth: 3 },
];

async function sessionsIn(api: MatrixApi, version: string): Promise<string[]> {
  const rooms = await api.roomKeys(version);
  return Object.values(rooms).flatMap(({ sessions }) => Object.keys(sessions));
}

/** Each change once done and once not, and each way on; the integration tests go through all four. */
const KILLS = [
  { end: "Continue", reaches: false },
  { end: "Undo", reaches: true },
] as const;

for (const { end, reaches } of KILLS) {
  test(`a page killed at each change of a replacement, ${reaches ? "done" : "not done"} by the server: ${end}`, async ({
    account,
    api,
    otherDevice,
    context,
    dashboard,
  }) => {
    test.setTimeout(480_000);
    const network = await FaultProxy.start(account.homeserver);
    const other = await otherDevice();
    const made = await other.setUpBackup();
    const room = await other.createEncryptedRoom("Family");
    await other.sendWithOwnKeys(room, TEXTS);
    await other.waitForBackupCount(TEXTS.length);
    other.stop();
    const all = await sessionsIn(api, made.version);

    await dashboard.signIn.signIn({ ...account, homeserver: network.url });
    await dashboard.restore.openUnlock();
    await dashboard.restore.enterKey(made.recoveryKey);
    await dashboard.restore.startRestore();
    expect(await dashboard.restore.summary()).toMatchObject({ imported: TEXTS.length });

    let { page } = dashboard;
    let old = made.version;
    for (const change of CHANGES) {
      await test.step(change.name, async () => {
        const before = new ReplacePage(page);
        await before.open();
        await before.ask();
        const happened = network.freezeAtChange({
          of: new RegExp(change.of.replace("OLD", old)),
          nth: change.nth,
          reaches,
        });
        await before.enterKey(made.recoveryKey, "Continue");
        await happened;
        await crashPage(page, context);
        network.thaw();

        expect(await sessionsIn(api, old), "no key of the old version is gone").toEqual(
          expect.arrayContaining(all),
        );
        page = await context.newPage();
        const replace = new ReplacePage(page);
        await replace.openUnfinished();
        await page.getByRole("button", { name: end, exact: true }).click();
        await replace.enterKey(made.recoveryKey, end);
        const current = async () => (await api.backupVersion())?.version ?? "";
        if (end === "Undo") {
          await expect(page.getByTestId("replace-undone")).toBeVisible();
          expect(await current()).toBe(old);
        } else {
          expect(await replace.replaced()).toBe(await current());
          expect(await current()).not.toBe(old);
          expect(await sessionsIn(api, old)).toEqual(expect.arrayContaining(all));
          old = await current();
        }
        expect(await sessionsIn(api, old)).toEqual(expect.arrayContaining(all));
        await page.goto("/#/");
        await dashboardOn(page, context).overview.expectBackup("enabled", { version: old });
        await expect(page.getByTestId("unfinished-change")).toHaveCount(0);
      });
    }

    const last = await otherDevice();
    await last.unlock(made.recoveryKey);
    expect((await last.status()).trust).toEqual({ trusted: true, matchesDecryptionKey: true });
    await last.restore();
    expect((await last.readMessages(room)).map(({ body }) => body)).toEqual(TEXTS);
    await network.stop();
  });
}
