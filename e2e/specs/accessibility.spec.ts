import { expectNoAccessibilityViolations } from "../fixtures/axe.ts";
import { dashboardOn, expect, test } from "../fixtures/index.ts";

for (const colorScheme of ["light", "dark"] as const) {
  test(`every screen is free of axe findings, ${colorScheme}`, async ({
    account,
    otherDevice,
    browser,
    page,
    context,
    watchAlso,
  }) => {
    test.setTimeout(180_000);
    await page.emulateMedia({ colorScheme });
    const { signIn, setUp, overview, manage } = dashboardOn(page, context);
    await signIn.open();
    await expectNoAccessibilityViolations(page, "sign-in");
    await signIn.fill({ ...account, password: "wrong" });
    await signIn.submit();
    await page.getByTestId("error").waitFor();
    await expectNoAccessibilityViolations(page, "sign-in with an error");

    await signIn.fill(account);
    await signIn.submit();
    await overview.expectBackup("none");
    await expectNoAccessibilityViolations(page, "overview without a backup");
    const key = await setUp.showAndSaveKey();
    await expectNoAccessibilityViolations(page, "confirming the key");
    await setUp.confirm(key);
    await expect(page.getByRole("heading", { name: /backup is (on|set up)|done/i })).toBeVisible();
    await expectNoAccessibilityViolations(page, "set-up done");
    await page.goto("/#/");
    await overview.expectBackup("enabled");
    for (const summary of await page.locator("summary").all()) await summary.click();
    await expectNoAccessibilityViolations(page, "overview with everything unfolded");
    await page.goto("/#/rooms");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expectNoAccessibilityViolations(page, "rooms, empty");
    await manage.open();
    await expectNoAccessibilityViolations(page, "manage");
    for (const [name, keep] of [
      ["Delete backup", "Keep the backup"],
      ["Delete key storage", "Keep everything"],
      ["Reset identity", "Keep my identity"],
    ] as const) {
      await manage.press(name);
      await manage.confirmField.waitFor();
      await expectNoAccessibilityViolations(page, `the dialog of ${name}`);
      await manage.pressInDialog(keep);
      await expect(manage.dialog).toHaveCount(0);
    }

    const maker = await otherDevice();
    const room = await maker.createEncryptedRoom("For the list");
    await maker.unlock(key);
    await maker.sendMessage(room, "hello");
    await maker.waitForBackupCount(1);
    const fresh = await browser.newContext({ colorScheme });
    await watchAlso(fresh);
    const newPage = await fresh.newPage();
    const next = dashboardOn(newPage, fresh);
    await next.signIn.signIn(account);
    await next.overview.expectHeadline("verify_this_device");
    await expectNoAccessibilityViolations(newPage, "overview of a new device");
    await next.restore.openUnlock();
    await next.restore.enterKey("abc");
    await expectNoAccessibilityViolations(newPage, "recovery key with an error");
    await newPage.getByText(/^Advanced/).click();
    await expectNoAccessibilityViolations(newPage, "the decryption key by hand");
    await newPage.goto("/#/test-key");
    await newPage.getByLabel("Recovery key", { exact: true }).fill(key);
    await newPage.getByRole("button", { name: "Test recovery key" }).click();
    await expect(newPage.getByTestId("key-test-result")).toBeVisible();
    await expectNoAccessibilityViolations(newPage, "result of a key test");
    await newPage.goto("/#/unlock");
    await next.restore.enterKey(key);
    await next.restore.startRestore();
    await next.restore.summary();
    await expectNoAccessibilityViolations(newPage, "restore summary");
    await newPage.goto("/#/rooms");
    await expect(newPage.getByText("hello")).toBeVisible();
    await expectNoAccessibilityViolations(newPage, "rooms");
    await newPage.getByRole("button", { name: "Sign out" }).click();
    await expect(newPage.getByRole("dialog")).toBeVisible();
    await expectNoAccessibilityViolations(newPage, "sign-out dialog");
    await fresh.close();
  });
}

test("nothing scrolls sideways at 360 pixels, and everything can be reached by keyboard", async ({
  account,
  otherDevice,
  dashboard: { page, signIn, restore },
}) => {
  await page.setViewportSize({ width: 360, height: 720 });
  const expectNoSidewaysScroll = async (screen: string) => {
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow, `sideways scroll on ${screen}`).toBeLessThanOrEqual(0);
  };
  const other = await otherDevice();
  const { recoveryKey } = await other.setUpBackup();
  const room = await other.createEncryptedRoom(
    "A room with a rather long name, as people give them",
  );
  await other.sendMessage(room, "a message");
  await other.waitForBackupCount(1);

  await signIn.open();
  await expectNoSidewaysScroll("sign-in");
  await page.getByRole("textbox", { name: "Homeserver" }).fill(account.homeserver);
  await page.keyboard.press("Tab");
  await page.keyboard.type(account.username);
  await signIn.password.focus();
  await page.keyboard.type(account.password);
  await page.keyboard.press("Enter");
  await page.getByTestId("device-state").waitFor();
  await expectNoSidewaysScroll("overview");

  const focusOn = async (name: string) => {
    const target = page.getByRole("button", { name }).or(page.getByRole("link", { name })).first();
    await target.waitFor();
    for (let presses = 0; presses < 60; presses += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await page.keyboard.press("Tab");
    }
    throw new Error(`${name} is not reached by Tab`);
  };
  await focusOn("Enter recovery key");
  await page.keyboard.press("Enter");
  await restore.keyField.waitFor();
  await expectNoSidewaysScroll("unlock");
  await restore.keyField.focus();
  await page.keyboard.insertText(recoveryKey);
  await page.keyboard.press("Enter");
  await focusOn("Restore history");
  await page.keyboard.press("Enter");
  await restore.summary();
  await expectNoSidewaysScroll("restore summary");
  await page.goto("/#/rooms");
  await page.getByText("a message").waitFor();
  await expectNoSidewaysScroll("rooms");
});
