import { expectNoAccessibilityViolations } from "../fixtures/axe.ts";
import { expect, test } from "../fixtures/index.ts";
import { ReplacePage } from "../pages/ReplacePage.ts";

test("a backup is replaced, the old one is kept, and later deleted, and no message is lost", async ({
  account,
  api,
  otherDevice,
  dashboard: { page, signIn, overview, restore },
}) => {
  test.setTimeout(240_000);
  const other = await otherDevice();
  const made = await other.setUpBackup();
  const room = await other.createEncryptedRoom("Family");
  const texts = ["one", "two", "three"];
  await other.sendWithOwnKeys(room, texts);
  await other.waitForBackupCount(3);
  other.stop();
  const replace = new ReplacePage(page);

  await signIn.signIn(account);
  await restore.openUnlock();
  await restore.enterKey(made.recoveryKey);
  await expect(page.getByText("Your recovery key is right")).toBeVisible();

  // Not restored: what is only in the backup is said, and the way to get it is offered.
  await replace.open();
  await expect(replace.offer).toHaveAttribute("data-only", "3");
  await expectNoAccessibilityViolations(page, "replace backup");
  await page.getByRole("button", { name: "Restore history first" }).click();
  await restore.startRestore();
  expect(await restore.summary()).toMatchObject({ imported: 3, failed: 0 });
  await page.getByRole("button", { name: "Go on with Replace backup" }).click();

  const deletions: string[] = [];
  page.on("request", (request) => {
    if (request.method() === "DELETE") deletions.push(request.url());
  });
  await expect(replace.offer).toHaveAttribute("data-only", "0");
  await replace.ask();
  await replace.enterKey(made.recoveryKey, "Continue");
  const version = await replace.replaced();
  await expectNoAccessibilityViolations(page, "replaced backup");
  expect(version).not.toBe(made.version);
  expect(deletions).toEqual([]);
  expect((await api.backupVersion())?.version).toBe(version);
  expect(await api.backupVersion(made.version)).toMatchObject({ count: 3 });
  expect(await api.backupVersion(version)).toMatchObject({ count: 3 });

  await page.getByRole("button", { name: "Keep the old backup for now" }).click();
  await overview.expectBackup("enabled", { version, pending: "0" });
  await overview.expectTrust("trusted", "match");
  await expect(page.getByTestId("unfinished-change")).toHaveCount(0);

  await replace.open();
  await expect(replace.oldBackup).toHaveAttribute("data-version", made.version);
  await page.getByRole("button", { name: `Delete old backup version ${made.version}` }).click();
  await replace.enterKey(made.recoveryKey, "Compare");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText(`Delete backup version ${made.version} with 3 keys?`);
  expect(await api.backupVersion(made.version), "nothing is deleted yet").not.toBeNull();
  await dialog.getByRole("button", { name: "Delete backup" }).click();
  await expect(page.getByTestId("old-deleted")).toBeVisible();
  expect(deletions).toHaveLength(1);
  expect(await api.backupVersion(made.version)).toBeNull();
  expect((await api.backupVersion())?.version).toBe(version);

  const last = await otherDevice();
  await last.unlock(made.recoveryKey);
  expect(await last.restore()).toMatchObject({ total: 3, imported: 3 });
  expect((await last.readMessages(room)).map(({ body }) => body)).toEqual(texts);
});

test("an old backup that holds more than the new one is deleted only after its keys were brought over", async ({
  account,
  api,
  otherDevice,
  dashboard: { page, signIn, restore },
}) => {
  test.setTimeout(240_000);
  const other = await otherDevice();
  const made = await other.setUpBackup();
  const room = await other.createEncryptedRoom("Family");
  await other.sendWithOwnKeys(room, ["one", "two"]);
  await other.waitForBackupCount(2);
  other.stop();
  const replace = new ReplacePage(page);
  await signIn.signIn(account);
  await restore.openUnlock();
  await restore.enterKey(made.recoveryKey);
  await expect(page.getByText("Your recovery key is right")).toBeVisible();

  await replace.open();
  await expect(replace.offer).toHaveAttribute("data-only", "2");
  await replace.ask();
  await replace.enterKey(made.recoveryKey, "Continue");
  const version = await replace.replaced();
  expect(await api.backupVersion(version)).toMatchObject({ count: 0 });
  await page.getByRole("button", { name: "Delete old backup" }).click();
  await expect(page.getByRole("dialog")).toContainText("with 2 keys?", { timeout: 60_000 });
  expect(await api.backupVersion(version)).toMatchObject({ count: 2 });
  await page.getByRole("dialog").getByRole("button", { name: "Delete backup" }).click();
  await expect(page.getByTestId("old-deleted")).toBeVisible();

  const last = await otherDevice();
  await last.unlock(made.recoveryKey);
  expect(await last.restore()).toMatchObject({ total: 2, imported: 2 });
  expect((await last.readMessages(room)).map(({ body }) => body)).toEqual(["one", "two"]);
});
