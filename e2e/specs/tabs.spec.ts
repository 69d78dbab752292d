import { dashboardOn, expect, test } from "../fixtures/index.ts";
import { crashPage } from "../support/crashPage.ts";
import { seedBackup } from "../support/seedBackup.ts";

test("a second tab shows the restore of the first, takes it over and goes on with it", async ({
  account,
  otherDevice,
  api,
  context,
  dashboard: { page, signIn, restore },
}) => {
  test.setTimeout(240_000);
  const other = await otherDevice();
  const { recoveryKey, version, backupPublicKey } = await other.setUpBackup();
  const rooms = await Promise.all(["North", "South"].map((name) => api.createRoom({ name })));
  const { count } = await seedBackup({ api, version, backupPublicKey, rooms, count: 6_000 });
  await signIn.signIn(account);
  await restore.openUnlock();
  await restore.enterKey(recoveryKey);

  const second = dashboardOn(await context.newPage(), context);
  const syncs: string[] = [];
  context.on("request", (request) => {
    if (!new URL(request.url()).pathname.endsWith("/sync")) return;
    syncs.push(request.frame().page() === page ? "first" : "second");
  });
  await second.page.goto("/#/restore");
  const waiting = second.page.getByTestId("tab-lock");
  await expect(waiting).toHaveAttribute("data-other", "answering");
  await expect(waiting).toContainText(account.userId);
  await expect(waiting).toHaveAttribute("data-restoring", "false");

  await page.bringToFront();
  await restore.startRestore();
  await expect(waiting).toHaveAttribute("data-restoring", "true", { timeout: 60_000 });
  await expect(waiting).toContainText(/A restore is running there: [\d,]+ of 6,000 keys/);
  await second.page.getByRole("button", { name: "Use here" }).click();
  // Nobody presses anything: it runs on where it is now.
  await expect(second.restore.progress.or(second.page.getByTestId("restore-summary"))).toBeVisible({
    timeout: 60_000,
  });
  await expect(page.getByTestId("tab-lock")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Continued in another tab" })).toBeVisible();
  await expect(page.getByText(/restore is paused/)).toHaveCount(0);
  const summary = await second.restore.summary();
  expect(summary).toMatchObject({ total: count, failed: 0, missing: 0 });
  expect(summary.imported + summary.already).toBe(count);
  await second.page.goto("/#/");
  await second.overview.expectBackup("enabled", { count: String(count), pending: "0" });
  // News for every client that syncs: the first has none any more.
  const ofSecond = () => syncs.filter((tab) => tab === "second").length;
  for (const name of ["East", "West"]) {
    const before = ofSecond();
    await api.createRoom({ name });
    await expect.poll(ofSecond).toBeGreaterThan(before);
  }
  expect(syncs).toContain("first");
  expect(syncs.slice(syncs.indexOf("second"))).not.toContain("first");

  // And back, with nothing under way.
  await page.getByRole("button", { name: "Use here" }).click();
  await expect(page.getByRole("link", { name: "Overview" })).toBeVisible({ timeout: 60_000 });
  await expect(waiting).toBeVisible();
  // What it had when it gave up is of no account any more: the other tab has gone on with it.
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByText(/paused|interrupted/i)).toHaveCount(0);
  await expect(page).not.toHaveTitle(/paused/i);
});

test("a tab that crashes gives the session up at once, and the one that waits says so", async ({
  account,
  context,
  dashboard: { page, signIn },
}) => {
  await signIn.signIn(account);
  const second = await context.newPage();
  await second.goto("/");
  const waiting = second.getByTestId("tab-lock");
  await expect(waiting).toHaveAttribute("data-other", "answering");
  await crashPage(page, context);
  await expect(waiting).toHaveAttribute("data-other", "gone", { timeout: 3_000 });
  await expect(waiting).toContainText("The other tab is gone");
  const pressed = Date.now();
  await second.getByRole("button", { name: "Use here" }).click();
  // The lock is there at once: from here on it is the opening of the store that takes its time.
  await expect(waiting).toHaveCount(0, { timeout: 2_000 });
  expect(Date.now() - pressed).toBeLessThan(2_000);
  await expect(second.getByTestId("device-state")).toBeVisible({ timeout: 60_000 });
});
