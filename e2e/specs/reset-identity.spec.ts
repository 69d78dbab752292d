import type { Page, Route } from "@playwright/test";
import { dashboardOn, expect, test } from "../fixtures/index.ts";
import { crashPage } from "../support/crashPage.ts";
import type { MatrixApi } from "../support/MatrixApi.ts";
import type { OtherDevice } from "../support/OtherDevice.ts";
import { signInUnlocked } from "../support/signInUnlocked.ts";

/** The account's published master key. */
async function masterKey(api: MatrixApi): Promise<string> {
  const answer = await api.request<{
    master_keys: Record<string, { keys: Record<string, string> }>;
  }>("POST", "/v3/keys/query", { body: { device_keys: { [api.userId]: [] } } });
  return Object.values(answer.master_keys[api.userId]?.keys ?? {})[0] ?? "";
}

/** An account with a backup of two keys, made by another device. */
async function withBackup(other: OtherDevice) {
  const made = await other.setUpBackup();
  const room = await other.createEncryptedRoom("Family");
  await other.sendWithOwnKeys(room, ["one", "two"]);
  await other.waitForBackupCount(2);
  return made;
}

/** Holds every matching request back for good; `reached` resolves when one has come. */
async function holdBack(
  page: Page,
  url: string,
  matches: (route: Route) => boolean,
  before: (route: Route) => Promise<unknown> = () => Promise.resolve(),
): Promise<{ readonly reached: Promise<void> }> {
  const { promise, resolve } = Promise.withResolvers<void>();
  await page.route(url, async (route) => {
    if (!matches(route)) return route.continue();
    await before(route);
    resolve();
    return undefined;
  });
  return { reached: promise };
}

test("a wrong and a cancelled password change nothing; the right one keeps the backup, and a new recovery key opens it", async ({
  account,
  api,
  otherDevice,
  dashboard: { page, signIn, restore, setUp, overview, manage },
}) => {
  test.setTimeout(180_000);
  const other = await otherDevice();
  const { recoveryKey, version } = await withBackup(other);
  await signIn.signIn(account);
  await restore.openUnlock();
  await restore.enterKey(recoveryKey);
  await restore.startRestore();
  await restore.summary();
  const old = await masterKey(api);
  const before = await api.backupVersion();

  await manage.open();
  await manage.press("Reset identity");
  await manage.expectFacts({ version, count: "2" });
  await manage.confirmField.fill("reset");
  await manage.password.fill("not my password");
  await manage.pressInDialog("Reset identity");
  await expect(manage.dialog).toContainText("Wrong password. Nothing was changed.");
  expect(await masterKey(api)).toBe(old);
  await manage.pressInDialog("Keep my identity");
  await expect(manage.dialog).toHaveCount(0);
  expect(await masterKey(api)).toBe(old);
  expect(await api.accountData("m.secret_storage.default_key")).toHaveProperty("key");
  await expect(manage.unfinished).toHaveCount(0);
  // Another device can still be let in, which a reset that was cancelled must not break.
  const third = await otherDevice();
  await third.unlock(recoveryKey);
  expect((await third.status()).trust).toEqual({ trusted: true, matchesDecryptionKey: true });

  await manage.resetIdentity("not my password");
  await expect(manage.dialog).toContainText("Wrong password.");
  await manage.password.fill(account.password);
  await manage.pressInDialog("Reset identity");
  await manage.expectReset("kept");
  expect(await masterKey(api)).not.toBe(old);
  expect(await api.backupVersion()).toMatchObject({
    version,
    count: 2,
    auth_data: { public_key: before?.auth_data.public_key },
  });

  await manage.pressInDialog("Set up a recovery key");
  await page.getByRole("button", { name: "Show recovery key" }).click();
  const key = (await setUp.recoveryKey.innerText()).trim();
  await page.getByRole("button", { name: "I have saved it" }).click();
  await setUp.confirm(key);
  await expect(page.getByRole("heading", { name: /backup is set up/i })).toBeVisible({
    timeout: 60_000,
  });
  await page.goto("/#/");
  await overview.expectHeadline("ok");
  await overview.expectTrust("trusted", "match");
  const fourth = await otherDevice();
  await fourth.unlock(key);
  expect((await fourth.restore()).imported).toBe(2);
});

test("killed before the new keys are here: “Finish reset” takes the password again and mends it", async ({
  account,
  api,
  otherDevice,
  context,
  dashboard: { page, signIn, restore, manage },
}) => {
  test.setTimeout(180_000);
  const other = await otherDevice();
  const { recoveryKey, version } = await withBackup(other);
  await signInUnlocked({ page, signIn, restore }, account, recoveryKey);
  const old = await masterKey(api);

  // The server takes the new identity, and the page never hears of it.
  const { reached } = await holdBack(
    page,
    "**/keys/device_signing/upload",
    (route) => (route.request().postData() ?? "").includes('"auth"'),
    (route) => route.fetch(),
  );
  await manage.open();
  await manage.resetIdentity(account.password);
  await reached;
  await crashPage(page, context);
  const dangling = await masterKey(api);
  expect(dangling).not.toBe(old);
  expect(await api.backupVersion()).toMatchObject({ version, count: 2 });

  const again = dashboardOn(await context.newPage(), context);
  await again.page.goto("/");
  await expect(again.manage.unfinished).toHaveAttribute("data-change", "reset_identity");
  await again.manage.resetIdentity(account.password, "Finish reset");
  await again.manage.expectReset("kept");
  expect(await masterKey(api)).not.toBe(dangling);
  expect(await api.backupVersion()).toMatchObject({ version, count: 2 });
  await again.manage.pressInDialog("Later");
  await expect(again.manage.unfinished).toHaveCount(0);
  // Everything the backup had can still be restored here.
  await again.page.goto("/#/restore");
  await again.restore.startRestore();
  expect(await again.restore.summary()).toMatchObject({ total: 2, failed: 0, missing: 0 });
});

test("killed while the backup is signed anew: “Finish reset” goes on without the password", async ({
  account,
  api,
  otherDevice,
  context,
  dashboard: { page, signIn, restore, manage },
}) => {
  test.setTimeout(180_000);
  const other = await otherDevice();
  const { recoveryKey, version } = await withBackup(other);
  await signInUnlocked({ page, signIn, restore }, account, recoveryKey);

  const { reached } = await holdBack(
    page,
    "**/room_keys/version/*",
    (route) => route.request().method() === "PUT",
  );
  await manage.open();
  await manage.resetIdentity(account.password);
  await reached;
  await crashPage(page, context);
  const identity = await masterKey(api);

  const again = dashboardOn(await context.newPage(), context);
  await again.page.goto("/");
  await again.manage.press("Finish reset");
  await again.manage.pressInDialog("Finish reset");
  await again.manage.expectReset("kept");
  expect(await masterKey(api)).toBe(identity);
  expect(await api.backupVersion()).toMatchObject({ version, count: 2 });
  const signatures = (await api.backupVersion())?.auth_data["signatures"];
  expect(JSON.stringify(signatures)).toContain(identity);
  await again.manage.pressInDialog("Later");
  await again.page.goto("/#/");
  await again.overview.expectTrust("trusted", "match");
  await again.overview.expectHeadline("set_up_recovery");
});
