import { expect, test } from "../fixtures/index.ts";
import { seedBackup } from "../support/seedBackup.ts";

test("a restore can be paused, resumed, watched and cancelled, and its numbers stay true", async ({
  account,
  otherDevice,
  api,
  dashboard: { page, signIn, restore, overview },
}) => {
  test.setTimeout(240_000);
  const other = await otherDevice();
  const { recoveryKey, version, backupPublicKey } = await other.setUpBackup();
  const rooms = await Promise.all(
    ["North", "South", "East"].map((name) => api.createRoom({ name })),
  );
  const { count } = await seedBackup({
    api,
    version,
    backupPublicKey,
    rooms,
    count: 6_000,
    damaged: { undecryptable: 7 },
  });
  expect(count).toBe(6_007);
  await signIn.signIn(account);
  await restore.openUnlock();
  await restore.enterKey(recoveryKey);
  await restore.startRestore();

  const done = async () => Number(await restore.progress.getAttribute("data-done"));
  await expect.poll(done, { timeout: 60_000 }).toBeGreaterThan(500);
  await expect(restore.progress).toHaveAttribute("aria-valuetext", /\d/);
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByRole("button", { name: "Resume" })).toBeVisible();

  // What came in before the pause is in the store: leaving the screen and coming back changes nothing.
  await page.goto("/#/");
  await overview.expectBackup("enabled", { version, count: String(count) });
  await page.goto("/#/restore");
  await page.getByRole("button", { name: "Resume" }).click();
  await expect.poll(done, { timeout: 60_000 }).toBeGreaterThan(1_000);
  // A reload ends it without a word; the next visit offers to go on.
  await page.reload();
  await page.getByRole("button", { name: "Resume" }).click();
  await expect.poll(done, { timeout: 60_000 }).toBeGreaterThan(500);
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(restore.progress).toHaveCount(0);

  await restore.startRestore();
  // The job goes on while another screen is shown.
  await page.goto("/#/rooms");
  await page.goto("/#/restore");
  const summary = await restore.summary();
  expect(summary.total).toBe(count);
  expect(summary.failed).toBe(7);
  expect(summary.missing).toBe(0);
  expect(summary.imported + summary.already).toBe(6_000);
  expect(summary.already).toBeGreaterThan(1_000);

  await page.goto("/#/");
  await overview.expectBackup("enabled", { pending: "0" });
  expect((await api.backupVersion())?.count, "nothing was uploaded or lost").toBe(count);
});
