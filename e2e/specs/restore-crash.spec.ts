import { dashboardOn, expect, test } from "../fixtures/index.ts";
import { seedBackup } from "../support/seedBackup.ts";

test("a restore of 5,000 keys goes on after the tab has crashed, while another device keeps talking", async ({
  account,
  otherDevice,
  api,
  context,
  dashboard: { page, signIn, restore },
}) => {
  test.setTimeout(240_000);
  const other = await otherDevice();
  const { recoveryKey, version, backupPublicKey } = await other.setUpBackup();
  const family = await other.createEncryptedRoom("Family");
  await other.sendWithOwnKeys(family, ["before the crash", "long ago"]);
  await other.waitForBackupCount(2);
  const rooms = await Promise.all(["North", "South"].map((name) => api.createRoom({ name })));
  const { count } = await seedBackup({ api, version, backupPublicKey, rooms, count: 5_000 });
  expect(count).toBe(5_002);

  await signIn.signIn(account);
  await restore.openUnlock();
  await restore.enterKey(recoveryKey);
  await restore.startRestore();
  const done = async () => Number(await restore.progress.getAttribute("data-done"));
  await expect.poll(done, { timeout: 60_000, intervals: [20] }).toBeGreaterThan(2_000);
  const crashed = page.waitForEvent("crash");
  const devtools = await context.newCDPSession(page);
  // The command that ends the page is never answered.
  devtools.send("Page.crash").catch(() => undefined);
  await crashed;
  await page.close();

  const again = dashboardOn(await context.newPage(), context);
  await again.page.goto("/#/restore");
  await again.page.getByRole("button", { name: "Resume" }).click();
  // Keys that come by sync meanwhile are nobody's loss.
  const talking = other.sendWithOwnKeys(
    family,
    Array.from({ length: 20 }, (_, index) => `meanwhile ${index + 1}`),
  );
  const summary = await again.restore.summary();
  const sent = await talking;
  expect(sent).toHaveLength(20);
  expect(summary).toMatchObject({ failed: 0, missing: 0 });
  expect(summary.total).toBeGreaterThanOrEqual(count);
  expect(summary.imported + summary.already).toBe(summary.total);
  expect(summary.already, "what was in before the crash is known").toBeGreaterThanOrEqual(1_500);

  await again.page.goto("/#/rooms");
  const room = again.page.getByTestId("room").filter({ hasText: "Family" });
  await expect(room.getByText("meanwhile 20")).toBeVisible();
  await again.page.goto("/#/");
  await again.overview.expectBackup("enabled", { pending: "0" });
});
