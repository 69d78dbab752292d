import { expectNoAccessibilityViolations } from "../fixtures/axe.ts";
import { expect, test } from "../fixtures/index.ts";
import { ChangeKeyPage } from "../pages/ChangeKeyPage.ts";
import { crashPage } from "../support/crashPage.ts";
import { FaultProxy } from "../support/FaultProxy.ts";
import { signInUnlocked } from "../support/signInUnlocked.ts";

test("the recovery key is changed, and the old one works until the end", async ({
  account,
  api,
  otherDevice,
  dashboard: { page, signIn, restore, overview },
}) => {
  const other = await otherDevice();
  const made = await other.setUpBackup();
  const room = await other.createEncryptedRoom("Family");
  await other.sendWithOwnKeys(room, ["one"]);
  await other.waitForBackupCount(1);
  other.stop();
  await signInUnlocked({ page, signIn, restore }, account, made.recoveryKey);

  const changeKey = new ChangeKeyPage(page);
  await changeKey.open();
  await expectNoAccessibilityViolations(page, "change recovery key");
  const writes: string[] = [];
  page.on("request", (request) => {
    if (request.method() === "PUT" && request.url().includes("account_data")) {
      writes.push(request.url());
    }
  });
  const newKey = await changeKey.showNewKey();
  expect(writes, "nothing changes before the old key is given").toEqual([]);
  await changeKey.enterKey(made.recoveryKey, "Change recovery key");
  await expect(changeKey.switched).toBeVisible();

  const between = await otherDevice();
  await between.unlock(newKey);
  const secret = (await api.accountData("m.megolm_backup.v1")) as { encrypted: object };
  expect(Object.keys(secret.encrypted)).toContain(made.secretStorageKeyId);

  await changeKey.finish();
  await expect(changeKey.done).toBeVisible();
  const after = (await api.accountData("m.megolm_backup.v1")) as { encrypted: object };
  expect(Object.keys(after.encrypted)).not.toContain(made.secretStorageKeyId);
  expect((await api.backupVersion())?.version).toBe(made.version);

  const last = await otherDevice();
  await expect(last.unlock(made.recoveryKey)).rejects.toThrow(/does not open/);
  await last.unlock(newKey);
  expect(await last.status()).toMatchObject({
    verified: true,
    trust: { trusted: true, matchesDecryptionKey: true },
  });
  await last.restore();
  expect((await last.readMessages(room)).map(({ body }) => body)).toEqual(["one"]);
  await page.goto("/#/");
  await overview.expectHeadline("restore_available");
});

/** The description, a copy of each of the four secrets, the pointer. */
const CHANGES = [
  /m\.secret_storage\.key\./,
  /m\.cross_signing\.master/,
  /m\.cross_signing\.self_signing/,
  /m\.cross_signing\.user_signing/,
  /m\.megolm_backup\.v1/,
  /m\.secret_storage\.default_key/,
];

/** Each change once done and once not, and each way on; the integration tests go through all four. */
const KILLS = [
  { end: "Continue", reaches: false },
  { end: "Undo", reaches: true },
] as const;

for (const { end, reaches } of KILLS) {
  test(`a page killed at each change of a key change, ${reaches ? "done" : "not done"} by the server: ${end}`, async ({
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
    other.stop();
    await signInUnlocked(dashboard, { ...account, homeserver: network.url }, made.recoveryKey);

    let { page } = dashboard;
    let inUse = made.recoveryKey;
    // In the order of the names, as they are copied.
    const seen = new Set<string>();
    for (const [index] of CHANGES.entries()) {
      await test.step(`change ${index + 1}`, async () => {
        const before = new ChangeKeyPage(page);
        await before.open();
        const newKey = await before.showNewKey();
        const happened = network.freezeAtChange({
          of: /account_data/,
          nth: index + 1,
          reaches,
        });
        await before.enterKey(inUse, "Change recovery key");
        seen.add(decodeURIComponent(await happened));
        await crashPage(page, context);
        network.thaw();

        const pointer = await api.accountData("m.secret_storage.default_key");
        const device = await otherDevice();
        // One of the two opens everything, also for an app that knows nothing of this one.
        const isSwitched = reaches && index === CHANGES.length - 1;
        await device.unlock(isSwitched ? newKey : inUse);
        expect((await device.status()).trust).toMatchObject({ matchesDecryptionKey: true });
        device.stop();

        page = await context.newPage();
        const changeKey = new ChangeKeyPage(page);
        await changeKey.openUnfinished();
        await page.getByRole("button", { name: end, exact: true }).click();
        if (end === "Undo") {
          if (isSwitched) await changeKey.enterKey(inUse, "Undo");
          await expect(changeKey.undone).toBeVisible();
          if (!isSwitched) {
            expect(await api.accountData("m.secret_storage.default_key")).toEqual(pointer);
          }
        } else {
          await changeKey.enterKey(newKey, "Continue");
          if (!isSwitched) await changeKey.enterKey(inUse, "Change recovery key");
          await expect(changeKey.switched).toBeVisible();
          await changeKey.finish();
          await expect(changeKey.done).toBeVisible();
          inUse = newKey;
        }
        await page.getByRole("button", { name: "Done" }).click();
        await expect(page.getByTestId("device-state")).toBeVisible();
        await expect(page.getByTestId("unfinished-change")).toHaveCount(0);
      });
    }
    for (const change of CHANGES) {
      expect(
        [...seen].some((line) => change.test(line)),
        change.source,
      ).toBe(true);
    }
    const last = await otherDevice();
    await last.unlock(inUse);
    expect(await last.status()).toMatchObject({
      verified: true,
      trust: { trusted: true, matchesDecryptionKey: true },
    });
    await network.stop();
  });
}
