import { expectNoAccessibilityViolations } from "../fixtures/axe.ts";
import { expect, test } from "../fixtures/index.ts";
import { FaultProxy } from "../support/FaultProxy.ts";
import type { MatrixApi } from "../support/MatrixApi.ts";
import { signInUnlocked } from "../support/signInUnlocked.ts";

const ALGORITHM = "m.megolm_backup.v1.curve25519-aes-sha2";
/** Some other public key, whose private half nobody here has. */
const FOREIGN_KEY = "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo";

const unsigned = {
  algorithm: ALGORITHM,
  auth_data: { public_key: FOREIGN_KEY, signatures: {} },
};

/** A public key as the page shows it. */
const grouped = (key: string): string => key.match(/.{1,4}/g)?.join(" ") ?? "";

async function countOf(api: MatrixApi, version: string): Promise<number | null> {
  return (await api.backupVersion(version))?.count ?? null;
}

test("a backup of somebody else gets no key, and the person is told what is safe", async ({
  account,
  api,
  otherDevice,
  page,
  dashboard: { signIn, overview, restore },
}, testInfo) => {
  test.setTimeout(180_000);
  const other = await otherDevice();
  const { recoveryKey, version, backupPublicKey } = await other.setUpBackup();
  const room = await other.createEncryptedRoom("Ours");
  await other.sendMessage(room, "first");
  await other.waitForBackupCount(1);
  await page.clock.install();
  await signInUnlocked({ page, signIn, restore }, account, recoveryKey);
  await page.goto("/#/");
  await overview.expectBackup("enabled", { version });
  // The other device would notice as well; from here on only the dashboard is there.
  other.stop();

  // Somebody with the account's password, but without any of its keys.
  const foreign = await api.createBackupVersion(unsigned);
  await overview.checkAgain();
  const notice = page.getByTestId("backup-notice");
  await expect(notice).toHaveAttribute("data-kind", "replaced");
  await overview.expectHeadline("backup_untrusted");

  // A key comes that waits for its upload, and goes nowhere.
  const writer = await otherDevice();
  await writer.waitForRoom(room);
  await writer.sendWithOwnKeys(room, ["second"]);
  await page.goto("/#/rooms");
  await expect(page.getByText("second")).toBeVisible();
  await page.goto("/#/");

  await page.getByRole("button", { name: "It was not me" }).click();
  await expect(page.getByRole("heading", { name: "What is safe" })).toBeVisible();
  await expect(page.getByRole("region", { name: "As this device knew it" })).toContainText(
    grouped(backupPublicKey),
  );
  await expect(page.getByTestId("account-device").first()).toBeVisible();
  await expectNoAccessibilityViolations(page, "the backup was changed");
  await page.screenshot({ path: testInfo.outputPath("changed.png"), fullPage: true });
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 360, height: 720 });
  await expectNoAccessibilityViolations(page, "the backup was changed, dark and narrow");
  await page.screenshot({ path: testInfo.outputPath("changed-dark.png"), fullPage: true });
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.getByRole("link", { name: "Back to the overview" }).click();
  await expect(notice).toHaveAttribute("data-kind", "replaced");
  await page.screenshot({ path: testInfo.outputPath("notice.png"), fullPage: true });

  // More than the ten seconds that the SDK waits before it uploads, by the page's own clock.
  await page.clock.fastForward(60_000);
  await overview.checkAgain();
  await expect(page.getByTestId("upload-queue")).not.toHaveAttribute("data-state", "uploading");
  expect(await countOf(api, foreign)).toBe(0);

  // The foreign one is deleted again: the server shows the older one, which is ours and no alarm.
  await api.deleteBackupVersion(foreign);
  await overview.checkAgain();
  await expect(notice).toHaveCount(0);
  await overview.expectBackup("enabled", { version });
  await page.clock.fastForward(20_000);
  await expect.poll(() => countOf(api, version), { timeout: 60_000 }).toBe(2);
});

test("a key swapped in place is told with both fingerprints, and nothing is uploaded to it", async ({
  account,
  api,
  otherDevice,
  page,
  dashboard: { signIn, overview, restore },
}) => {
  test.setTimeout(180_000);
  const other = await otherDevice();
  const { recoveryKey, version, backupPublicKey } = await other.setUpBackup();
  other.stop();
  await signInUnlocked({ page, signIn, restore }, account, recoveryKey);
  await page.goto("/#/");
  await overview.expectBackup("enabled", { version });
  const before = await api.backupVersion(version);
  if (before === null) throw new Error("no backup");

  await api.updateBackupVersion(version, {
    algorithm: ALGORITHM,
    auth_data: { ...before.auth_data, public_key: FOREIGN_KEY },
  });
  await overview.checkAgain();
  await expect(page.getByTestId("backup-notice")).toHaveAttribute("data-kind", "key_swapped");
  await overview.expectHeadline("backup_untrusted");
  await page.getByRole("button", { name: "It was not me" }).click();
  await expect(page.getByRole("region", { name: "As this device knew it" })).toContainText(
    grouped(backupPublicKey),
  );
  await expect(page.getByRole("region", { name: "As the server shows it now" })).toContainText(
    grouped(FOREIGN_KEY),
  );

  const writer = await otherDevice();
  const room = await writer.createEncryptedRoom("Later");
  await writer.sendMessage(room, "not for them");
  await page.goto("/#/rooms");
  await expect(page.getByText("not for them")).toBeVisible();
  await page.goto("/#/");
  await overview.checkAgain();
  expect(await countOf(api, version)).toBe(0);

  // "That was me" gives the foreign key no trust either: it leads to the recovery key.
  await page.getByRole("button", { name: "That was me" }).click();
  await restore.enterKey(recoveryKey);
  await expect(page.getByTestId("error")).toContainText(/older backup|another backup/i);
  expect(await countOf(api, version)).toBe(0);

  await api.updateBackupVersion(version, { algorithm: ALGORITHM, auth_data: before.auth_data });
  await page.goto("/#/");
  await overview.checkAgain();
  await overview.expectBackup("enabled", { version });
  await expect.poll(() => countOf(api, version), { timeout: 60_000 }).toBe(1);
});

test("a backup that an own device replaced asks for the recovery key, and for nothing else", async ({
  account,
  api,
  otherDevice,
  page,
  dashboard: { signIn, overview, restore },
}, testInfo) => {
  test.setTimeout(120_000);
  const other = await otherDevice();
  const { recoveryKey, version } = await other.setUpBackup();
  await signIn.signIn(account);
  await restore.openUnlock();
  await restore.enterKey(recoveryKey);
  await expect(page.getByText("Your recovery key is right")).toBeVisible();
  await page.goto("/#/");
  await overview.expectBackup("enabled", { version });

  // Asked in time, the other device would send the new key.
  await page.context().setOffline(true);
  await overview.expectHeadline("unknown");
  const newer = await other.resetBackup({ tellsOthers: false });
  other.stop();
  await page.context().setOffline(false);
  await overview.checkAgain();
  await overview.expectHeadline("backup_replaced");
  const notice = page.getByTestId("backup-notice");
  await expect(notice).toHaveAttribute("data-kind", "replaced");
  await expect(overview.headline).toContainText("There is a newer backup");
  await expect(page.getByRole("main")).not.toContainText("out of sync");
  await page.screenshot({ path: testInfo.outputPath("newer.png"), fullPage: true });
  await page.getByRole("button", { name: "Enter recovery key" }).click();
  await restore.enterKey(recoveryKey);
  await expect(page.getByText("Your recovery key is right")).toBeVisible();
  await page.goto("/#/");
  await overview.expectBackup("enabled", { version: newer });
  await expect(notice).toHaveCount(0);

  // Deleted again elsewhere, and made anew with the same key: the notice stays until it is accepted.
  const { auth_data: authData } = (await api.backupVersion()) ?? { auth_data: {} };
  await api.deleteBackupVersion(newer);
  await overview.checkAgain();
  await expect(notice).toHaveAttribute("data-kind", "disappeared");
  await api.createBackupVersion({ algorithm: ALGORITHM, auth_data: authData });
  await overview.checkAgain();
  await expect(notice).toHaveAttribute("data-kind", "replaced");
  await overview.expectBackup("enabled");
  await page.getByRole("button", { name: "That was me" }).click();
  await expect(notice).toHaveCount(0);
});

test("an older backup that comes back is told apart, and accepting it leads to its key", async ({
  account,
  api,
  otherDevice,
  page,
  dashboard: { signIn, overview, restore },
}) => {
  test.setTimeout(120_000);
  // The older version is somebody's old one; the newer is ours.
  const other = await otherDevice();
  const { recoveryKey } = await other.setUpBackup();
  const ours = await api.backupVersion();
  if (ours === null) throw new Error("no backup");
  await api.deleteBackupVersion(ours.version);
  const older = await api.createBackupVersion(unsigned);
  const newer = await api.createBackupVersion({
    algorithm: ours.algorithm,
    auth_data: ours.auth_data,
  });
  other.stop();
  await signInUnlocked({ page, signIn, restore }, account, recoveryKey);
  await page.goto("/#/");
  await overview.expectBackup("enabled", { version: newer });

  await api.deleteBackupVersion(newer);
  await overview.checkAgain();
  const notice = page.getByTestId("backup-notice");
  await expect(notice).toHaveAttribute("data-kind", "rolled_back");
  await expect(notice).toContainText(`the older version ${older} is back`);
  await page.getByRole("button", { name: "That was me" }).click();
  await expect(restore.keyField).toBeVisible();
  await page.goto("/#/");
  await expect(notice).toHaveCount(0);
  expect(await countOf(api, older)).toBe(0);
});

test("a server that denies the backup for a while creates, deletes and uploads nothing", async ({
  account,
  api,
  otherDevice,
  page,
  dashboard: { signIn, overview, restore },
}) => {
  test.setTimeout(180_000);
  const other = await otherDevice();
  const { recoveryKey, version } = await other.setUpBackup();
  const room = await other.createEncryptedRoom("There");
  await other.sendMessage(room, "hello");
  await other.waitForBackupCount(1);
  other.stop();
  const proxy = await FaultProxy.start(account.homeserver);
  try {
    await signInUnlocked(
      { page, signIn, restore },
      { ...account, homeserver: proxy.url },
      recoveryKey,
    );
    await page.goto("/#/");
    await overview.expectBackup("enabled", { version });

    const mend = proxy.answerWith({
      matches: (method, path) => method === "GET" && path.endsWith("/room_keys/version"),
      answer: {
        kind: "answer",
        status: 404,
        type: "application/json",
        body: JSON.stringify({ errcode: "M_NOT_FOUND", error: "No backup found" }),
      },
    });
    proxy.keyChanges.length = 0;
    await overview.checkAgain();
    await expect(page.getByTestId("backup-notice")).toHaveAttribute("data-kind", "disappeared");
    await overview.expectBackup("none");
    await overview.checkAgain();
    await page.goto("/#/rooms");
    await page.goto("/#/set-up");
    // Set-up asks for the version by its name, and does not believe the server.
    await expect(page.getByTestId("error")).toHaveAttribute("data-code", "secret_storage");
    await page.goto("/#/");
    await expect(page.getByTestId("backup-notice")).toBeVisible();
    expect(proxy.keyChanges).toEqual([]);

    mend();
    await overview.checkAgain();
    await overview.expectBackup("enabled", { version });
    await expect(page.getByTestId("backup-notice")).toHaveCount(0);
    expect(proxy.keyChanges.filter((change) => !change.startsWith("PUT"))).toEqual([]);
    expect((await api.backupVersion())?.version).toBe(version);
  } finally {
    await proxy.stop();
  }
});

test("another count is no alarm", async ({
  account,
  api,
  otherDevice,
  page,
  dashboard: { signIn, overview, restore },
}) => {
  test.setTimeout(120_000);
  const other = await otherDevice();
  const { recoveryKey, version } = await other.setUpBackup();
  const room = await other.createEncryptedRoom("Busy");
  await other.sendWithOwnKeys(room, ["one", "two"]);
  await other.waitForBackupCount(2);
  await signInUnlocked({ page, signIn, restore }, account, recoveryKey);
  await page.goto("/#/");
  await overview.expectBackup("enabled", { version, count: "2" });
  await other.sendWithOwnKeys(room, ["three"]);
  await other.waitForBackupCount(3);
  await overview.checkAgain();
  await overview.expectBackup("enabled", { version, count: "3" });
  await api.deleteRoomKeys(version);
  await overview.checkAgain();
  await overview.expectBackup("enabled", { version });
  await expect(page.getByTestId("backup-notice")).toHaveCount(0);
});
