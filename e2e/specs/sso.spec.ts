import type { Page, Route } from "@playwright/test";
import { expect, test } from "../fixtures/sso.ts";
import { expectNoAccessibilityViolations } from "../fixtures/axe.ts";
import { ElsewherePage } from "../pages/ElsewherePage.ts";
import { SignInPage } from "../pages/SignInPage.ts";
import { SeenSecrets } from "../support/seenSecrets.ts";
import { SignedInAs } from "../support/signedInAs.ts";

/** From an empty form to the page of a provider. */
async function goTo(page: Page, homeserver: string, provider: string): Promise<ElsewherePage> {
  await page.goto("/");
  await page.getByRole("textbox", { name: "Homeserver" }).fill(homeserver);
  await page.keyboard.press("Tab");
  await page.getByRole("button", { name: `Continue with ${provider}` }).click();
  return new ElsewherePage(page);
}

const problem = (page: Page) => page.getByTestId("error");

/** Answers every sync with the end of the session, softly, until the returned function is called. */
async function expireSession(page: Page): Promise<() => Promise<void>> {
  const url = "**/_matrix/client/v3/sync**";
  const answer = (route: Route) =>
    route.fulfill({
      status: 401,
      json: { errcode: "M_UNKNOWN_TOKEN", error: "Access token has expired", soft_logout: true },
      headers: { "access-control-allow-origin": "*" },
    });
  await page.route(url, answer);
  return () => page.unroute(url, answer);
}

test("a person signs in with the second of two providers, and restores; the token is nowhere", async ({
  account,
  otherDevice,
  context,
  dashboard: { page, restore, overview },
}) => {
  const other = await otherDevice();
  const { recoveryKey } = await other.setUpBackup();
  const room = await other.createEncryptedRoom("Family");
  await other.sendWithOwnKeys(room, ["one", "two"]);
  await other.waitForBackupCount(2);

  const seen = await SeenSecrets.watch(context);
  const addresses: string[] = [];
  page.on("framenavigated", (frame) => addresses.push(frame.url()));
  await page.goto("/");
  await page.getByRole("textbox", { name: "Homeserver" }).fill(account.homeserver);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Continue with First IdP" })).toBeVisible();
  await expectNoAccessibilityViolations(page, "sign-in with providers");
  await page.getByRole("button", { name: "Continue with Second IdP" }).click();
  await new ElsewherePage(page).signInAs(account.username);
  await overview.expectHeadline("verify_this_device");
  await expect(page.getByText(account.userId).first()).toBeVisible();

  expect(new URL(page.url()).search).toBe("");
  const handed = ["access token", "login token"];
  await seen.expectNowhere(page, handed);
  seen.at("signed in");
  const answered = addresses.filter((address) => address.includes("loginToken"));
  expect(answered.length, "the answer came by the address").toBeGreaterThan(0);

  await restore.openUnlock();
  await restore.enterKey(recoveryKey);
  await restore.startRestore();
  expect(await restore.summary()).toMatchObject({ total: 2, failed: 0, missing: 0 });
  await page.reload();
  await expect(page.getByText(account.userId).first()).toBeVisible({ timeout: 60_000 });
  await expect(problem(page)).toHaveCount(0);
  await seen.expectNowhere(page, handed);
});

test("who comes back without having signed in is told so, with the form as it was, and a reload forgets it", async ({
  account,
  page,
}) => {
  const { sharedComputer } = new SignInPage(page);
  await page.goto("/");
  await sharedComputer.check();
  await page.getByRole("textbox", { name: "Homeserver" }).fill(account.homeserver);
  await page.keyboard.press("Tab");
  await page.getByRole("button", { name: "Continue with First IdP" }).click();
  await new ElsewherePage(page).arrived();
  await page.goto("/");
  await expect(problem(page)).toHaveAttribute("data-code", "cancelled");
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeFocused();
  await expect(page.getByRole("textbox", { name: "Homeserver" })).toHaveValue(account.homeserver);
  await expect(sharedComputer).toBeChecked();
  await expect(page.getByRole("button", { name: "Continue with First IdP" })).toBeVisible();
  await expectNoAccessibilityViolations(page, "a cancelled sign-in");
  await page.reload();
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  await expect(problem(page)).toHaveCount(0);
});

test("a token that this tab has not asked for is not even tried", async ({
  page,
  context,
  account,
}) => {
  const logins: string[] = [];
  context.on("request", (request) => {
    if (request.method() === "POST") logins.push(request.url());
  });
  // It is out of the address before anything else is waited for.
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  await page.route("**/config.json", async (route) => {
    await held;
    await route.continue();
  });
  const asked = page.waitForRequest("**/config.json");
  await page.goto("/?loginToken=of-somebody-else", { waitUntil: "commit" });
  await asked;
  expect(await page.evaluate(() => location.search)).toBe("");
  release();
  await expect(problem(page)).toHaveAttribute("data-code", "not_asked");

  // Also when something was asked for, and something else answers.
  await (await goTo(page, account.homeserver, "First IdP")).arrived();
  await page.goto("/?sso_state=another&loginToken=of-somebody-else");
  await expect(problem(page)).toHaveAttribute("data-code", "not_asked");
  expect(logins).toEqual([]);
});

test("an expired session goes on with the same device; another account is refused", async ({
  account,
  api,
  dashboard: { page, overview },
}) => {
  test.setTimeout(180_000);
  const first = await goTo(page, account.homeserver, "First IdP");
  await first.signInAs(account.username);
  await expect(overview.headline).toBeVisible();
  const before = (await api.devices()).map((device) => device.device_id).toSorted();

  const goOn = await expireSession(page);
  await page.reload();
  await expect(page.getByRole("heading", { name: "Your session has expired" })).toBeVisible({
    timeout: 60_000,
  });
  // Somebody else is signed in there.
  await page.context().clearCookies();
  await page.getByRole("button", { name: "Continue with First IdP" }).click();
  await new ElsewherePage(page).signInAs(`${account.username}-stranger`);
  await expect(problem(page)).toHaveAttribute("data-code", "other_account", { timeout: 60_000 });
  await expect(page.getByRole("heading", { name: "Your session has expired" })).toBeVisible({
    timeout: 60_000,
  });
  expect((await api.devices()).map((device) => device.device_id).toSorted()).toEqual(before);

  await goOn();
  await page.context().clearCookies();
  await page.getByRole("button", { name: "Continue with First IdP" }).click();
  await new ElsewherePage(page).signInAs(account.username);
  await expect(overview.headline).toBeVisible({ timeout: 60_000 });
  await expect(problem(page)).toHaveCount(0);
  expect((await api.devices()).map((device) => device.device_id).toSorted()).toEqual(before);
});

test("somebody without a password resets the identity by signing in once more", async ({
  synapse,
  context,
  dashboard: { page, overview, setUp, manage },
}) => {
  test.setTimeout(240_000);
  const name = `guest-${Date.now()}`;
  const person = SignedInAs.watch(page, synapse.url, `@${name}:localhost`);
  await (await goTo(page, synapse.url, "First IdP")).signInAs(name);
  await expect(overview.headline).toBeVisible({ timeout: 60_000 });
  // A first identity needs no confirmation.
  await setUp.confirm(await setUp.showAndSaveKey());
  await expect(page.getByRole("heading", { name: /backup is set up/i })).toBeVisible({
    timeout: 60_000,
  });
  const old = await person.masterKey();
  expect(old).not.toBe("");
  const backup = await person.api.backupVersion();

  // Called off on the way: nothing is changed.
  await manage.open();
  await manage.press("Reset identity");
  await manage.confirm("reset", "Reset identity");
  const link = manage.dialog.getByRole("link", { name: /^Sign in at localhost/ });
  await expect(link).toBeVisible();
  await expectNoAccessibilityViolations(page, "a confirmation on another page");
  await manage.pressInDialog("Continue");
  await expect(manage.dialog.getByText("has not heard of it yet")).toBeVisible();
  await manage.pressInDialog("Keep my identity");
  await expect(manage.dialog).toHaveCount(0);
  expect(await person.masterKey()).toBe(old);
  await expect(manage.unfinished).toHaveCount(0);

  await manage.press("Reset identity");
  await manage.confirm("reset", "Reset identity");
  const opened = context.waitForEvent("page");
  await link.click();
  const popup = await opened;
  expect(await popup.evaluate(() => window.opener === null)).toBe(true);
  await popup.getByRole("link", { name: /Continue/ }).click();
  await expect(popup.getByText("Thank you")).toBeVisible();
  await popup.close();
  // Coming back goes on by itself where the browser tells of it.
  const done = page.getByTestId("reset-done");
  const goOn = manage.dialog.getByRole("button", { name: "Continue" });
  await expect(done.or(goOn).first()).toBeVisible();
  if (await goOn.isVisible()) await goOn.click();
  await expect(done).toHaveAttribute("data-backup", "kept", { timeout: 60_000 });
  expect(await person.masterKey()).not.toBe(old);
  expect(await person.api.backupVersion()).toMatchObject({ version: backup?.version });
});
