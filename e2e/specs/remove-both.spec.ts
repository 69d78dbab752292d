import { expectNoAccessibilityViolations } from "../fixtures/axe.ts";
import { dashboardOn, expect, test } from "../fixtures/index.ts";
import { ReplacePage } from "../pages/ReplacePage.ts";
import { crashPage } from "../support/crashPage.ts";

test("a kept old backup goes together with the current one, and a crash in between leaves the current one", async ({
  account,
  api,
  otherDevice,
  context,
  dashboard: { page, signIn, restore, manage },
}) => {
  test.setTimeout(240_000);
  const other = await otherDevice();
  const made = await other.setUpBackup();
  const room = await other.createEncryptedRoom("Family");
  await other.sendWithOwnKeys(room, ["one", "two"]);
  await other.waitForBackupCount(2);
  other.stop();
  await signIn.signIn(account);
  await restore.openUnlock();
  await restore.enterKey(made.recoveryKey);
  await restore.startRestore();
  await restore.summary();
  const replace = new ReplacePage(page);
  await replace.open();
  await replace.ask();
  await replace.enterKey(made.recoveryKey, "Continue");
  const current = await replace.replaced();
  await page.getByRole("button", { name: "Keep the old backup for now" }).click();

  // The page dies when the old one is gone and the current one is about to be.
  const reached = Promise.withResolvers<void>();
  await page.route(`**/room_keys/version/${current}`, (route) => {
    if (route.request().method() !== "DELETE") return route.continue();
    reached.resolve();
    return undefined;
  });
  await manage.open();
  await manage.press("Delete backup");
  await manage.expectFacts({ version: current, older: "" });
  await manage.dialog
    .getByRole("checkbox", { name: `Delete version ${made.version}, too` })
    .click();
  await manage.expectFacts({ version: current, older: made.version });
  await expect(manage.dialog).toContainText(
    `Delete backups version ${current} with 2 room keys and version ${made.version} with 2 room keys?`,
  );
  await expectNoAccessibilityViolations(page, "delete both backups");
  await manage.confirm("delete both", "Delete both backups");
  await reached.promise;
  await crashPage(page, context);
  expect(await api.backupVersion(made.version)).toBeNull();
  expect(await api.backupVersion()).toMatchObject({ version: current, count: 2 });

  const next = dashboardOn(await context.newPage(), context);
  await next.page.goto("/");
  await expect(next.manage.unfinished).toHaveAttribute("data-change", "delete_backups");
  await next.page.getByRole("button", { name: "Finish deleting" }).click();
  await next.manage.expectFacts({ version: current, older: "" });
  await next.manage.confirm("delete", "Delete backup");
  await expect(next.manage.dialog).toContainText("The server has no backup any more");
  expect(await api.backupVersion()).toBeNull();
  await next.manage.pressInDialog("Close");
  await expect(next.manage.unfinished).toHaveCount(0);
  await next.page.goto("/#/rooms");
  await expect(next.page.getByText("two")).toBeVisible();
});
