import { expect, test } from "../fixtures/index.ts";
import { openScanningBrowser } from "../support/scanningBrowser.ts";

/** An account with a backup of one room, opened on one dashboard; another one has just signed in. */
const pair = test.extend<{ story: { room: string; version: string } }>({
  story: async ({ account, otherDevice, dashboard: { page, signIn, restore } }, use) => {
    const maker = await otherDevice();
    const { recoveryKey, version } = await maker.setUpBackup();
    const room = await maker.createEncryptedRoom("Told before");
    await maker.sendMessage(room, "from before the new device");
    await maker.waitForBackupCount(1);
    await signIn.signIn(account);
    await restore.openUnlock();
    await restore.enterKey(recoveryKey);
    await expect(page.getByText("Your recovery key is right")).toBeVisible();
    await page.goto("/#/");
    // The dashboard alone is to be the one that helps.
    await maker.signOut();
    await use({ room, version });
  },
});

pair.describe("between two browsers", () => {
  pair.setTimeout(240_000);

  pair(
    "by emoji: the key comes by itself, and the history with it",
    async ({ account, story, dashboard: old, anotherDashboard }) => {
      const fresh = await anotherDashboard();
      await fresh.signIn.signIn(account);
      await fresh.overview.expectHeadline("verify_this_device");
      await fresh.overview.expectTrust("untrusted", "absent");
      const writes: string[] = [];
      fresh.page.on("request", (request) => {
        if (request.method() === "PUT" && request.url().includes("/account_data/"))
          writes.push(request.url());
      });
      await fresh.verify.open();
      await expect(fresh.page.getByTestId("own-device")).toHaveAttribute(
        "data-standing",
        "verified",
      );
      await fresh.verify.ask();
      await old.verify.accept();
      await fresh.verify.expectState("choosing");
      await fresh.verify.press("Compare emoji");
      const shown = await fresh.verify.emoji();
      expect(shown).toHaveLength(7);
      expect(await old.verify.emoji()).toEqual(shown);
      await fresh.verify.press("They match");
      await fresh.verify.expectState("confirmed");
      await old.verify.press("They match");
      await old.verify.expectState("verified");
      await fresh.verify.expectState("verified");
      await fresh.verify.expectKey("arrived");
      await expect(fresh.page.getByLabel("Recovery key", { exact: true })).toHaveCount(0);
      expect(writes).toEqual([]);
      await expect(fresh.page.getByText("This device is verified by your identity.")).toBeVisible();

      await fresh.verify.press("Restore history");
      expect(await fresh.restore.summary()).toMatchObject({ total: 1, imported: 1, failed: 0 });
      await fresh.page.goto("/#/");
      await fresh.overview.expectTrust("trusted", "match");
      await fresh.overview.expectBackup("enabled", { version: story.version });
      await fresh.page.goto("/#/rooms");
      await expect(fresh.page.getByText("from before the new device")).toBeVisible();
    },
  );

  pair(
    "by code: the old device shows, the new one scans",
    async ({ account, story, dashboard: old, anotherDashboard }) => {
      const scanner = await openScanningBrowser();
      const fresh = await anotherDashboard(scanner.browser);
      await fresh.signIn.signIn(account);
      await fresh.verify.open();
      await fresh.verify.ask();
      await old.verify.accept();
      await scanner.show(old.verify.code);
      await fresh.verify.press("Scan code");
      await fresh.verify.expectState("confirmed");
      await old.verify.expectState("scanned_there");
      await old.verify.press("Yes, it does");
      await old.verify.expectState("verified");
      await fresh.verify.expectKey("arrived");
      await fresh.page.goto("/#/");
      await fresh.overview.expectTrust("trusted", "match");
      await fresh.overview.expectBackup("enabled", { version: story.version });
      await fresh.context.close();
      await scanner.close();
    },
  );
});

test("by code: the new device shows, the old one scans", async ({
  account,
  otherDevice,
  dashboard: fresh,
  anotherDashboard,
}) => {
  test.setTimeout(240_000);
  const maker = await otherDevice();
  const { recoveryKey } = await maker.setUpBackup();
  const scanner = await openScanningBrowser();
  const old = await anotherDashboard(scanner.browser);
  await old.signIn.signIn(account);
  await old.restore.openUnlock();
  await old.restore.enterKey(recoveryKey);
  await expect(old.page.getByText("Your recovery key is right")).toBeVisible();
  await maker.signOut();

  await fresh.signIn.signIn(account);
  await fresh.verify.open();
  await fresh.verify.ask();
  await old.verify.accept();
  await scanner.show(fresh.verify.code);
  await old.verify.press("Scan code");
  await old.verify.expectState("confirmed");
  await fresh.verify.expectState("scanned_there");
  await fresh.verify.press("Yes, it does");
  await fresh.verify.expectKey("arrived");
  await old.verify.expectState("verified");
  await fresh.page.goto("/#/");
  await fresh.overview.expectTrust("trusted", "match");
  await old.context.close();
  await scanner.close();
});
