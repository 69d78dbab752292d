import { expect, test } from "../fixtures/index.ts";

const HOUR = 3_600_000;

for (const [name, hours] of [
  ["a day slow", -24],
  ["a day fast", 24],
] as const)
  test(`under a clock that is ${name} everything works, and no time that is said is false`, async ({
    account,
    otherDevice,
    page,
    dashboard: { signIn, overview, restore, verify },
  }) => {
    test.setTimeout(180_000);
    const other = await otherDevice();
    const { recoveryKey, version } = await other.setUpBackup();
    const room = await other.createEncryptedRoom("Family");
    await other.sendWithOwnKeys(room, ["one", "two", "three"]);
    await other.waitForBackupCount(3);
    await page.clock.install({ time: Date.now() + hours * HOUR });

    await signIn.signIn(account);
    await overview.expectHeadline("verify_this_device");
    await overview.expectBackup("untrusted", { version, count: "3" });
    await expect(page.getByText(/^Last checked (just now|\d+ seconds ago)/)).toBeVisible();

    // The other device was there a moment ago: by a slow clock that is tomorrow, by a fast one yesterday.
    await verify.press("Verify with another device");
    const device = page.getByTestId("own-device");
    await expect(device).toContainText(hours < 0 ? /Last active \w+ \d/ : "Last active yesterday");
    await expect(device).not.toContainText("just now");

    await page.goto("/#/");
    await restore.openUnlock();
    await restore.enterKey(recoveryKey);
    await restore.startRestore();
    expect(await restore.summary()).toMatchObject({ imported: 3, failed: 0, missing: 0 });
    await page.goto("/#/rooms");
    await expect(page.getByText("three")).toBeVisible();
    await page.goto("/#/");
    await overview.expectHeadline("ok");
    await overview.expectTrust("trusted", "match");
    await page.getByText("Details", { exact: true }).click();
    await expect(page.getByText(/(just now|seconds? ago|minute ago), version/)).toBeVisible();

    // The clock is put right while the page is open: what is read after that has its true age again.
    await page.clock.setSystemTime(Date.now());
    await other.sendWithOwnKeys(room, ["four"]);
    await other.waitForBackupCount(4);
    await overview.checkAgain();
    await overview.expectBackup("enabled", { version, count: "4", pending: "0" });
    await expect(page.getByText(/^Last checked (just now|\d+ seconds ago)/)).toBeVisible();
    await page.reload();
    await overview.expectBackup("enabled", { version, count: "4" });
  });

test("after six hours of sleep nothing old is shown as new, and the account is read again", async ({
  account,
  api,
  otherDevice,
  page,
  dashboard: { context, signIn, overview, restore },
}) => {
  test.setTimeout(180_000);
  const other = await otherDevice();
  const { recoveryKey, version } = await other.setUpBackup();
  const room = await other.createEncryptedRoom("Family");
  await other.sendWithOwnKeys(room, ["one", "two"]);
  await other.waitForBackupCount(2);
  await page.clock.install();
  await signIn.signIn(account);
  await restore.openUnlock();
  await restore.enterKey(recoveryKey);
  await restore.startRestore();
  expect(await restore.summary()).toMatchObject({ imported: 2 });
  await page.goto("/#/");
  await overview.expectHeadline("ok");
  await overview.expectBackup("enabled", { version, count: "2" });

  // The lid is closed, and the backup deleted meanwhile.
  const devtools = await context.newCDPSession(page);
  await context.setOffline(true);
  await devtools.send("Page.setWebLifecycleState", { state: "frozen" });
  other.stop();
  await api.deleteBackupVersion(version);
  await devtools.send("Page.setWebLifecycleState", { state: "active" });
  await page.clock.fastForward("06:00:00");

  // Awake, and not connected yet.
  await overview.expectBackup("unknown");
  await overview.expectHeadline("unknown");
  await expect(page.getByText(/These are values of 6 hours ago/)).toBeVisible();
  expect(await overview.backup.getAttribute("data-count")).toBeNull();

  await context.setOffline(false);
  await overview.expectBackup("none", { pending: "2" });
  await expect(page.getByTestId("backup-notice")).toHaveAttribute("data-kind", "disappeared");
  await expect(page.getByText(/^Last checked (just now|\d+ seconds ago)/)).toBeVisible();
  await page.goto("/#/rooms");
  await expect(page.getByText("two")).toBeVisible();
});
