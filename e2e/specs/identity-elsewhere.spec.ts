import { expect, test } from "../fixtures/index.ts";

test("an identity that another device resets is said, changes nothing here, and the recovery key verifies anew", async ({
  account,
  otherDevice,
  page,
  dashboard: { signIn, overview, restore },
}, testInfo) => {
  test.setTimeout(180_000);
  const other = await otherDevice();
  const { recoveryKey, version } = await other.setUpBackup();
  const room = await other.createEncryptedRoom("Before");
  await other.sendWithOwnKeys(room, ["one", "two"]);
  await other.waitForBackupCount(2);
  await signIn.signIn(account);
  await restore.openUnlock();
  await restore.enterKey(recoveryKey);
  await expect(page.getByText("Your recovery key is right")).toBeVisible();
  await restore.startRestore();
  expect(await restore.summary()).toMatchObject({ imported: 2, missing: 0 });
  await page.goto("/#/");
  await overview.expectHeadline("ok");
  await overview.expectTrust("trusted", "match");

  const changes: string[] = [];
  page.on("request", (request) => {
    const path = new URL(request.url()).pathname;
    if (/room_keys|account_data|device_signing|signatures/.test(path))
      if (["PUT", "POST", "DELETE"].includes(request.method()))
        changes.push(`${request.method()} ${path}`);
  });
  await other.setUpCrossSigning({ replace: true });

  // By itself, from the sync.
  await overview.expectHeadline("verify_this_device");
  await expect(overview.headline).toContainText(
    "Your account has a new identity since this device was verified",
  );
  await expect(overview.headline).toContainText("change your password first");
  await overview.expectBackup("enabled", { version, count: "2", pending: "0" });
  await page.screenshot({ path: testInfo.outputPath("identity-replaced.png"), fullPage: true });
  await page.reload();
  await overview.expectHeadline("verify_this_device");
  await expect(overview.headline).toContainText("a new identity since this device was verified");
  expect(changes, "nothing is done about it by itself").toEqual([]);
  await page.goto("/#/rooms");
  await expect(page.getByText("two")).toBeVisible();

  await page.goto("/#/");
  await restore.openUnlock();
  await restore.enterKey(recoveryKey);
  await expect(page.getByText("This device is verified by your identity.")).toBeVisible();
  await page.goto("/#/");
  await expect(overview.headline).not.toContainText("a new identity since");
  await overview.expectTrust("trusted", "match");
});
