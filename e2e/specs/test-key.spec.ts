import { encodeRecoveryKey } from "matrix-js-sdk/lib/crypto-api/index.js";
import { randomBytes } from "node:crypto";
import { expectNoAccessibilityViolations } from "../fixtures/axe.ts";
import { expect, test } from "../fixtures/index.ts";
import { TestKeyPage } from "../pages/TestKeyPage.ts";
import { seedBackup } from "../support/seedBackup.ts";

test("the saved key is proven on a device that holds nothing, and nothing is changed by it", async ({
  account,
  otherDevice,
  dashboard: { page, signIn, overview },
}) => {
  const other = await otherDevice();
  const { recoveryKey, version, backupPublicKey } = await other.setUpBackup();
  const room = await other.createEncryptedRoom("Family");
  await other.sendWithOwnKeys(room, ["one", "two", "three"]);
  await other.waitForBackupCount(3);
  const { count, etag } = await seedBackup({
    api: other.api,
    version,
    backupPublicKey,
    rooms: ["!old:localhost"],
    count: 300,
    damaged: { undecryptable: 2 },
  });
  await signIn.signIn(account);
  await overview.expectTrust("untrusted", "absent");

  const changes: string[] = [];
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    const isKept = request.method() === "GET" || request.method() === "OPTIONS";
    // The query for public keys reads; the other two are the SDK's upkeep of this device.
    if (!isKept && !/\/keys\/(query|upload)$|\/user\/[^/]+\/filter$/.test(pathname)) {
      changes.push(`${request.method()} ${pathname}`);
    }
  });
  const testKey = new TestKeyPage(page);
  await testKey.openFromOverview();
  await expectNoAccessibilityViolations(page, "test of the recovery key");
  await testKey.enterKey(recoveryKey);
  await expect(testKey.result).toHaveAttribute("data-result", "works");
  await expect(testKey.result).toHaveAttribute("data-version", version);
  await expect(testKey.result).toHaveAttribute("data-identity", "matches");
  // The room used last has three keys, and it is the only one with any that this device knows of.
  await expect(testKey.result).toHaveAttribute("data-tested", "3");
  await expect(testKey.result).toHaveAttribute("data-opened", "3");
  await expectNoAccessibilityViolations(page, "result of the test");

  await page.getByRole("button", { name: "Test again" }).click();
  await testKey.enterKey(recoveryKey, { all: true });
  await expect(testKey.result).toHaveAttribute("data-result", "partly");
  await expect(testKey.result).toHaveAttribute("data-tested", String(count));
  await expect(testKey.result).toHaveAttribute("data-opened", String(count - 2));
  await expect(testKey.result).toContainText("2: Could not be decrypted");
  expect(changes).toEqual([]);
  expect(await other.api.backupVersion()).toMatchObject({ version, count, etag });

  // Remembered over a reload; the device is still as locked as it was.
  await page.reload();
  await page.goto("/#/");
  await overview.expectTrust("untrusted", "absent");
  await overview.expectHeadline("verify_this_device");
  await expect(overview.trust).toContainText("Your saved key was last tested");
  await expect(overview.trust).toContainText("it worked in part");
  const kept = await page.evaluate(() => JSON.stringify(Object.entries(localStorage)));
  expect(kept).toContain("lastKeyTest");
  expect(kept).not.toContain(recoveryKey.slice(0, 9));

  // Another device makes another recovery key: the test was not one of that.
  await other.api.putAccountData("m.secret_storage.default_key", { key: "another" });
  await expect(overview.trust).toContainText("your recovery key has changed since");
  await expect(overview.trust).not.toContainText("it worked");
});

test("a wrong key and one that leads to an older backup are told apart", async ({
  account,
  otherDevice,
  dashboard: { page, signIn },
}) => {
  const other = await otherDevice();
  const { recoveryKey, version, backupDecryptionKey } = await other.setUpBackup();
  await signIn.signIn(account);
  const testKey = new TestKeyPage(page);
  await testKey.openFromOverview();
  await testKey.enterKey(encodeRecoveryKey(randomBytes(32)) ?? "");
  await expect(page.getByTestId("error")).toContainText("not the one of this account");
  await expect(testKey.result).toHaveCount(0);

  // Another client adds a backup, and does not put its key into secret storage.
  const newer = await other.api.createBackupVersion({
    algorithm: "m.megolm_backup.v1.curve25519-aes-sha2",
    auth_data: { public_key: "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo", signatures: {} },
  });
  await testKey.enterKey(recoveryKey);
  await expect(testKey.result).toHaveAttribute("data-result", "fails");
  await expect(testKey.result).toHaveAttribute("data-version", newer);
  await expect(testKey.result).toContainText(`leads to an older backup: version ${version}`);
  await expect(testKey.result).toContainText("It opens the three keys of your identity");
  await page.getByRole("button", { name: "Test again" }).click();
  await testKey.enterKey(encodeRecoveryKey(backupDecryptionKey) ?? "");
  await expect(page.getByTestId("error")).toContainText(
    `This is the key of an older backup: version ${version}`,
  );
});

test("a passphrase can be tested as well", async ({
  account,
  otherDevice,
  dashboard: { page, signIn },
}) => {
  const other = await otherDevice();
  await other.setUpBackup({ passphrase: "a phrase to remember" });
  await signIn.signIn(account);
  const testKey = new TestKeyPage(page);
  await testKey.openFromOverview();
  await page.getByRole("button", { name: "Use a passphrase" }).click();
  await page.getByLabel("Passphrase", { exact: true }).fill("a phrase to remember");
  await page.getByRole("button", { name: "Test recovery key" }).click();
  await expect(testKey.result).toHaveAttribute("data-result", "works");
  await expect(testKey.result).toContainText("The backup is empty");
});
