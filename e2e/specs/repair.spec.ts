import { expectNoAccessibilityViolations } from "../fixtures/axe.ts";
import { expect, test } from "../fixtures/index.ts";
import { signInUnlocked } from "../support/signInUnlocked.ts";

test("a backup key that is missing behind the recovery key is put back, and opens on a new device", async ({
  account,
  api,
  otherDevice,
  page,
  dashboard: { signIn, overview, restore },
}, testInfo) => {
  test.setTimeout(180_000);
  const other = await otherDevice();
  const { recoveryKey, version } = await other.setUpBackup();
  await signInUnlocked({ page, signIn, restore }, account, recoveryKey);
  await api.putAccountData("m.megolm_backup.v1", {});
  await page.goto("/#/");
  await overview.expectHeadline("key_storage_out_of_sync");
  await page.screenshot({ path: testInfo.outputPath("out-of-sync.png"), fullPage: true });

  await page.getByRole("button", { name: "Repair" }).click();
  const fault = page.getByTestId("repair-fault");
  await expect(fault).toHaveAttribute("data-fault", "backup_key_not_stored");
  await expectNoAccessibilityViolations(page, "repair");
  await page.screenshot({ path: testInfo.outputPath("repair.png"), fullPage: true });
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 360, height: 720 });
  await expectNoAccessibilityViolations(page, "repair, dark and narrow");
  await page.screenshot({ path: testInfo.outputPath("repair-dark.png"), fullPage: true });
  await restore.keyField.fill(recoveryKey.replace(/.$/, (last) => (last === "a" ? "b" : "a")));
  await page.getByRole("button", { name: "Repair" }).click();
  await expect(restore.keyField).toHaveAttribute("aria-invalid", "true");
  await restore.keyField.fill(recoveryKey);
  await page.getByRole("button", { name: "Repair" }).click();
  await expect(page.getByTestId("repair-fixed")).toBeVisible();
  await expect(page.getByTestId("repair-in-order")).toBeVisible();
  await expectNoAccessibilityViolations(page, "repaired");
  await page.screenshot({ path: testInfo.outputPath("repaired.png"), fullPage: true });

  const next = await otherDevice();
  await next.unlock(recoveryKey);
  expect(await next.status()).toMatchObject({ holdsDecryptionKey: true, activeVersion: version });
});

test("a backup that lost its signature is signed again, with its key as it was", async ({
  account,
  api,
  otherDevice,
  page,
  dashboard: { signIn, overview, restore },
}) => {
  test.setTimeout(180_000);
  const other = await otherDevice();
  const { recoveryKey, version, backupPublicKey } = await other.setUpBackup();
  const before = await api.backupVersion();
  if (before === null) throw new Error("no backup");
  await signInUnlocked({ page, signIn, restore }, account, recoveryKey);
  await api.updateBackupVersion(version, {
    algorithm: before.algorithm,
    auth_data: { public_key: backupPublicKey, signatures: {} },
  });
  await page.goto("/#/");
  await overview.checkAgain();
  await overview.expectTrust("untrusted", "match");
  await overview.expectHeadline("key_storage_out_of_sync");
  // Its key fits, so it is used all the same.
  await overview.expectBackup("enabled", { version });
  await page.getByRole("button", { name: "Repair" }).click();
  await expect(page.getByTestId("repair-fault")).toHaveAttribute("data-fault", "backup_unsigned");
  await page.getByRole("button", { name: "Repair" }).click();
  await expect(page.getByTestId("repair-fixed")).toBeVisible();
  expect((await api.backupVersion())?.auth_data.public_key).toBe(backupPublicKey);
  expect(await other.status()).toMatchObject({ trust: { trusted: true } });
});

test("secret storage without a usable key gets a new one through set-up, with everything behind it", async ({
  account,
  api,
  otherDevice,
  page,
  dashboard: { signIn, overview, restore, setUp },
}) => {
  test.setTimeout(180_000);
  const other = await otherDevice();
  const { recoveryKey, secretStorageKeyId, version } = await other.setUpBackup();
  await signInUnlocked({ page, signIn, restore }, account, recoveryKey);
  await api.putAccountData(`m.secret_storage.key.${secretStorageKeyId}`, {});
  await page.goto("/#/");
  await overview.expectHeadline("key_storage_out_of_sync");
  await page.getByRole("button", { name: "Repair" }).click();
  const fault = page.getByTestId("repair-fault");
  await expect(fault).toHaveAttribute("data-fault", "default_key_broken");
  await expect(fault).toHaveAttribute("data-remedy", "set_up");
  const newKey = await setUp.showAndSaveKey();
  await setUp.confirm(newKey);
  await expect(page.getByRole("heading", { name: /backup is (on|set up)|done/i })).toBeVisible({
    timeout: 60_000,
  });
  expect(newKey.replaceAll(/\s/g, "")).not.toBe(recoveryKey.replaceAll(/\s/g, ""));
  const next = await otherDevice();
  await next.unlock(newKey);
  expect(await next.status()).toMatchObject({
    verified: true,
    holdsDecryptionKey: true,
    activeVersion: version,
  });
});

test("an account that no longer names its recovery key asks a new device for it, and names it again", async ({
  account,
  api,
  otherDevice,
  page,
  dashboard: { signIn, overview, restore },
}, testInfo) => {
  test.setTimeout(180_000);
  const other = await otherDevice();
  const { recoveryKey, version } = await other.setUpBackup();
  await api.putAccountData("m.secret_storage.default_key", {});
  await signIn.signIn(account);
  await overview.expectHeadline("default_key_lost");
  await expect(overview.headline).not.toContainText(/reset/i);
  await expect(overview.headline.getByRole("button")).toHaveText([
    "Enter recovery key",
    "Verify with another device",
  ]);
  await page.screenshot({ path: testInfo.outputPath("not-named.png"), fullPage: true });
  await page.goto("/#/repair");
  await expect(page.getByTestId("repair-fault")).toHaveAttribute("data-fault", "default_key_lost");
  await expect(page.getByRole("main")).not.toContainText("is on this device");
  await page.screenshot({ path: testInfo.outputPath("not-named-repair.png"), fullPage: true });

  await page.goto("/#/");
  await page.getByRole("button", { name: "Enter recovery key" }).click();
  await restore.enterKey(recoveryKey);
  await expect(page.getByText("Your recovery key is right")).toBeVisible();
  await page.goto("/#/");
  await overview.expectBackup("enabled", { version });
  await overview.expectHeadline("default_key_lost");
  await page.getByRole("button", { name: "Repair" }).click();
  await restore.keyField.fill(recoveryKey);
  await page.getByRole("button", { name: "Repair" }).click();
  await expect(page.getByTestId("repair-fixed")).toBeVisible();
  await expect(page.getByTestId("repair-in-order")).toBeVisible();
  await page.goto("/#/");
  await overview.expectHeadline("ok");
});

test("a recovery key that the account no longer names is named again where it was entered, asked for once", async ({
  account,
  api,
  otherDevice,
  page,
  dashboard: { signIn, overview, restore },
}, testInfo) => {
  test.setTimeout(180_000);
  const other = await otherDevice();
  const { recoveryKey, secretStorageKeyId } = await other.setUpBackup();
  await api.putAccountData("m.secret_storage.default_key", {});
  await signIn.signIn(account);
  await overview.expectHeadline("default_key_lost");
  await page.getByRole("button", { name: "Enter recovery key" }).click();
  await restore.enterKey(recoveryKey);
  await expect(page.getByTestId("name-key")).toBeVisible();
  await expectNoAccessibilityViolations(page, "key to be named");
  await page.screenshot({ path: testInfo.outputPath("name-key.png"), fullPage: true });
  await page.getByRole("button", { name: "Repair" }).click();
  await expect(page.getByTestId("key-named")).toBeVisible();
  await expect(restore.keyField).toHaveCount(0);
  expect(await api.accountData("m.secret_storage.default_key")).toEqual({
    key: secretStorageKeyId,
  });
  await page.goto("/#/");
  await overview.expectHeadline("ok");
});
