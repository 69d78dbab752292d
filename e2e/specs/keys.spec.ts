import { encodeRecoveryKey } from "matrix-js-sdk/lib/crypto-api/index.js";
import { randomBytes } from "node:crypto";
import { expectNoAccessibilityViolations } from "../fixtures/axe.ts";
import { expect, test } from "../fixtures/index.ts";
import { UnlockPage } from "../pages/UnlockPage.ts";
import { makeLegacyBackup } from "../support/legacyBackup.ts";
import { seedBackup } from "../support/seedBackup.ts";

const PASSPHRASE = "five words, and a comma: spaced  out";

test("the backup's own decryption key opens the backup and verifies nothing", async ({
  account,
  otherDevice,
  dashboard: { page, signIn, overview, restore },
}) => {
  const other = await otherDevice();
  const { backupDecryptionKey, version } = await other.setUpBackup();
  const room = await other.createEncryptedRoom("Family");
  await other.sendWithOwnKeys(room, ["one", "two", "three"]);
  const { count } = await other.waitForBackupCount(3);
  await signIn.signIn(account);
  const unlock = new UnlockPage(page);
  await unlock.open();
  await unlock.enterKey(encodeRecoveryKey(backupDecryptionKey) ?? "");
  await expect(page.getByText("This key opens the backup")).toBeVisible();
  await expect(page.getByText("This device is not verified")).toBeVisible();
  await expect(page.getByTestId("opened-by")).toHaveAttribute("data-kind", "decryption_key");
  await restore.startRestore();
  expect(await restore.summary()).toMatchObject({ total: count, imported: count, failed: 0 });
  await page.goto("/#/");
  await overview.expectTrust("untrusted", "match");
  await overview.expectBackup("enabled", { version });
});

test("a key set by hand: a wrong one is refused and takes the place of nothing", async ({
  account,
  otherDevice,
  dashboard: { page, signIn, overview },
}) => {
  const other = await otherDevice();
  const { backupDecryptionKey, recoveryKey } = await other.setUpBackup();
  await signIn.signIn(account);
  const unlock = new UnlockPage(page);
  await unlock.open();
  await unlock.setByHand(recoveryKey);
  await expect(unlock.error).toContainText("This key does not open backup version 1");
  await unlock.setByHand(Buffer.from(backupDecryptionKey).toString("base64"));
  await expect(page.getByText("This key opens the backup")).toBeVisible();

  await page.goto("/#/");
  await overview.expectTrust("untrusted", "match");
  await unlock.open();
  await unlock.setByHand(randomBytes(32).toString("base64"));
  await expect(unlock.error).toContainText("This key does not open backup version 1");
  await page.reload();
  await page.goto("/#/");
  await overview.expectTrust("untrusted", "match");
});

test("a passphrase opens everything, also one that the SDK made the key from", async ({
  account,
  otherDevice,
  dashboard: { page, signIn, overview },
}) => {
  const other = await otherDevice();
  const { version } = await other.setUpBackup({ passphrase: PASSPHRASE });
  await signIn.signIn(account);
  const unlock = new UnlockPage(page);
  await unlock.open();
  // Typed where the recovery key belongs, it is shown the way to its own field.
  await unlock.enterKey(PASSPHRASE);
  await expect(unlock.error).toContainText("choose “Use a passphrase” below");
  await unlock.enterPassphrase(PASSPHRASE.replaceAll("  ", " "));
  await expect(unlock.error).toContainText("This is not the passphrase of this account");
  await expectNoAccessibilityViolations(page, "passphrase with an error");
  await unlock.enterPassphrase(PASSPHRASE);
  await expect(page.getByText("Your passphrase is right")).toBeVisible();
  await page.goto("/#/");
  await overview.expectTrust("trusted", "match");
  await overview.expectBackup("enabled", { version });
});

test("a recovery key that is not the default one opens everything, and is named", async ({
  account,
  otherDevice,
  dashboard: { page, signIn, overview },
}) => {
  const other = await otherDevice();
  const { version } = await other.setUpBackup();
  const spare = await other.addRecoveryKey("Spare in the safe");
  await signIn.signIn(account);
  const unlock = new UnlockPage(page);
  await unlock.open();
  await unlock.enterKey(spare);
  await expect(page.getByText("Your recovery key is right")).toBeVisible();
  await expect(page.getByTestId("opened-by")).toContainText("Spare in the safe");
  await page.goto("/#/");
  await overview.expectTrust("trusted", "match");
  await overview.expectBackup("enabled", { version });
});

test("the recovery key of before a change is called that", async ({
  account,
  otherDevice,
  dashboard: { page, signIn },
}) => {
  const other = await otherDevice();
  const { recoveryKey: before } = await other.setUpBackup();
  const { recoveryKey: after } = await other.changeRecoveryKey();
  await signIn.signIn(account);
  const unlock = new UnlockPage(page);
  await unlock.open();
  await unlock.enterKey(before);
  await expect(unlock.error).toContainText("This was the recovery key of this account before");
  await unlock.enterKey(after);
  await expect(page.getByText("Your recovery key is right")).toBeVisible();
});

test("an old backup opens by its passphrase, and its keys come back", async ({
  account,
  api,
  dashboard: { page, signIn, restore },
}) => {
  const { version, publicKey } = await makeLegacyBackup(api, PASSPHRASE);
  const rooms = ["!one:localhost", "!two:localhost"];
  await seedBackup({ api, version, backupPublicKey: publicKey, rooms, count: 30 });
  await signIn.signIn(account);
  const unlock = new UnlockPage(page);
  await unlock.open();
  await unlock.enterPassphrase("something else");
  await expect(unlock.error).toContainText("This is not the passphrase of this account");
  await unlock.enterPassphrase(PASSPHRASE);
  await expect(page.getByText("Your passphrase is right")).toBeVisible();
  await restore.startRestore();
  expect(await restore.summary()).toMatchObject({ total: 30, imported: 30, failed: 0 });
});
