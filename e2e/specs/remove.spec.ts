import { dashboardOn, expect, test } from "../fixtures/index.ts";
import { crashPage } from "../support/crashPage.ts";

const UNUSED_KEY = "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo";

test("the deleted version is gone, an older one that comes back is named and deleted, and the history here stays", async ({
  account,
  api,
  otherDevice,
  dashboard: { page, signIn, restore, overview, manage },
}) => {
  const other = await otherDevice();
  const { recoveryKey, version } = await other.setUpBackup();
  const room = await other.createEncryptedRoom("Family");
  await other.sendWithOwnKeys(room, ["one", "two", "three"]);
  await other.waitForBackupCount(3);
  await signIn.signIn(account);
  await restore.openUnlock();
  await restore.enterKey(recoveryKey);
  await restore.startRestore();
  expect(await restore.summary()).toMatchObject({ total: 3, failed: 0, missing: 0 });
  const newer = await api.createBackupVersion({
    algorithm: "m.megolm_backup.v1.curve25519-aes-sha2",
    auth_data: { public_key: UNUSED_KEY },
  });

  const deletions: string[] = [];
  page.on("request", (request) => {
    if (request.method() === "DELETE") deletions.push(new URL(request.url()).pathname);
  });
  await manage.open();
  await manage.press("Delete backup");
  await manage.expectFacts({ version: newer, count: "0" });
  expect(deletions).toEqual([]);
  await manage.confirm(newer, "Delete backup");
  await expect(manage.dialog).toContainText(
    `An older backup (version ${version} with 3 room keys) is now the current one`,
  );
  await manage.expectFacts({ version, count: "3" });
  expect((await api.backupVersion())?.version).toBe(version);
  await manage.confirm("delete", "Delete backup");
  await expect(manage.dialog).toContainText("The server has no backup any more");
  expect(deletions.map((path) => path.split("/").at(-1))).toEqual([newer, version]);

  expect(await api.backupVersion()).toBeNull();
  expect(await api.accountData("m.key_backup")).toMatchObject({ enabled: false });
  expect(await api.accountData("m.megolm_backup.v1")).toHaveProperty("encrypted");
  await manage.pressInDialog("Close");
  await page.goto("/#/");
  // Wanted by the person, so nobody is pressed, and nothing is noticed as somebody else's doing.
  await overview.expectHeadline("backup_turned_off");
  await overview.expectBackup("none");
  await expect(page.getByTestId("backup-notice")).toHaveCount(0);
  await page.goto("/#/rooms");
  await expect(page.getByText("three")).toBeVisible();
});

test("off on this device outlives a reload, uploads nothing, and on again brings what has waited", async ({
  account,
  api,
  otherDevice,
  dashboard: { page, signIn, setUp, overview, manage },
}) => {
  test.setTimeout(180_000);
  await signIn.signIn(account);
  const key = await setUp.showAndSaveKey();
  await setUp.confirm(key);
  await expect(page.getByRole("heading", { name: /backup is set up/i })).toBeVisible();
  await manage.open();
  await manage.press("Turn off on this device");
  await expect(page.getByRole("button", { name: "Turn on", exact: true })).toBeVisible();

  const uploads: string[] = [];
  page.on("request", (request) => {
    if (request.method() !== "GET" && /room_keys/.test(request.url())) uploads.push(request.url());
  });
  // It does not depend on a storage that a browser may forbid or clear.
  await page.evaluate(() => localStorage.clear());
  await page.reload();
  await page.goto("/#/");
  await overview.expectHeadline("turned_off_here");
  await overview.expectBackup("off", { version: "1" });
  // Another device, which was not let in and so backs up nothing, shares its room keys with this one.
  const other = await otherDevice();
  const room = await other.createEncryptedRoom("Family");
  await other.sendWithOwnKeys(room, ["one", "two"]);
  await expect(overview.backup).toHaveAttribute("data-pending", "2", { timeout: 60_000 });
  await overview.checkAgain();
  await overview.expectHeadline("turned_off_here");
  expect(uploads).toEqual([]);
  expect((await api.backupVersion())?.count).toBe(0);
  // Signing out still tells that they are not safe.
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("dialog")).toContainText("2 room keys on this device are not in the");
  await page.getByRole("button", { name: "Stay signed in" }).click();

  await page.goto("/#/");
  await overview.headline.getByRole("button", { name: "Turn on" }).click();
  await expect.poll(() => uploads.length, { timeout: 60_000 }).toBeGreaterThan(0);
  await page.goto("/#/");
  await overview.expectBackup("enabled", { pending: "0" });
  await overview.expectHeadline("ok");
  expect((await api.backupVersion())?.count).toBe(2);
});

test("key storage is deleted after a crash in the middle, and set up anew afterwards", async ({
  account,
  api,
  otherDevice,
  context,
  dashboard: { page, signIn, restore, manage },
}) => {
  test.setTimeout(180_000);
  const other = await otherDevice();
  const { recoveryKey, version } = await other.setUpBackup();
  const room = await other.createEncryptedRoom("Family");
  await other.sendWithOwnKeys(room, ["one", "two"]);
  await other.waitForBackupCount(2);
  await signIn.signIn(account);
  await restore.openUnlock();
  await restore.enterKey(recoveryKey);
  await restore.startRestore();
  await restore.summary();

  // The backup is gone and the pointer is blank when the page dies.
  const { promise: reached, resolve: stuck } = Promise.withResolvers<void>();
  await page.route("**/account_data/m.cross_signing.master", (route) => {
    if (route.request().method() !== "PUT") return route.continue();
    stuck();
    return undefined;
  });
  await manage.open();
  await manage.press("Delete key storage");
  await manage.expectFacts({ version, count: "2", "only-in-backup": "0" });
  await manage.confirm(version, "Delete key storage");
  await reached;
  await crashPage(page, context);
  expect(await api.backupVersion()).toBeNull();
  expect(await api.accountData("m.secret_storage.default_key")).toEqual({});
  expect(await api.accountData("m.cross_signing.master")).toHaveProperty("encrypted");

  const again = dashboardOn(await context.newPage(), context);
  await again.page.goto("/");
  await expect(again.manage.unfinished).toHaveAttribute("data-change", "delete_key_storage");
  await again.manage.press("Finish deleting");
  await again.manage.confirm("delete", "Delete key storage");
  await expect(again.manage.dialog).toContainText("Your key storage is deleted");
  await again.manage.pressInDialog("Close");
  await expect(again.manage.unfinished).toHaveCount(0);
  for (const type of [
    "m.secret_storage.default_key",
    "m.cross_signing.master",
    "m.cross_signing.self_signing",
    "m.cross_signing.user_signing",
    "m.megolm_backup.v1",
  ])
    expect(await api.accountData(type), type).toEqual({});

  await again.overview.expectHeadline("backup_turned_off");
  const key = await again.setUp.showAndSaveKey();
  await again.setUp.confirm(key);
  await expect(again.page.getByRole("heading", { name: /backup is set up/i })).toBeVisible({
    timeout: 60_000,
  });
  // The keys that the dialog said are here reach the new backup.
  await expect.poll(async () => (await api.backupVersion())?.count, { timeout: 60_000 }).toBe(2);
  const third = await otherDevice();
  await third.unlock(key);
  expect((await third.restore()).imported).toBe(2);
});
