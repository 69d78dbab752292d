import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures/oauth.ts";
import { ElsewherePage } from "../pages/ElsewherePage.ts";
import { MatrixApi } from "../support/MatrixApi.ts";
import { OAuthTraffic } from "../support/OAuthTraffic.ts";
import { SeenSecrets } from "../support/seenSecrets.ts";
import { SignedInAs } from "../support/signedInAs.ts";

const problem = (page: Page) => page.getByTestId("error");

const button = (page: Page, issuer: string) =>
  page.getByRole("button", { name: `Continue with ${new URL(issuer).host}` });

/** From an empty form to the page of the authorization server. */
async function goTo(page: Page, homeserver: string, issuer: string): Promise<ElsewherePage> {
  await page.goto("/");
  await page.getByRole("textbox", { name: "Homeserver" }).fill(homeserver);
  await page.keyboard.press("Tab");
  await button(page, issuer).click();
  return new ElsewherePage(page);
}

const deviceIds = async (homeserver: string, userId: string, accessToken: string) =>
  (await new MatrixApi(homeserver, { userId, deviceId: "", accessToken }).devices()).map(
    ({ device_id: id }) => id,
  );

test("a person signs in, the tokens are renewed under sync, a reload uses the newest pair, and signing out revokes it", async ({
  delegated: { homeserver, auth },
  person,
  context,
  dashboard: { page, overview },
}) => {
  test.setTimeout(240_000);
  const seen = await SeenSecrets.watch(context);
  const traffic = OAuthTraffic.watch(context, auth);
  const userId = `@${person}:localhost`;
  const elsewhere = await goTo(page, homeserver.url, auth.issuer);
  await elsewhere.signInAs(person);
  expect(traffic.registrations).toBe(1);
  await expect(overview.headline).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(userId).first()).toBeVisible();
  expect(new URL(page.url()).hash).toBe("#/");
  const handed = ["access token", "authorization code", "code verifier", "refresh token"];
  await seen.expectNowhere(page, handed);
  seen.at("signed in");
  await expect(page.getByRole("link", { name: "Account page" })).toHaveAttribute(
    "href",
    `${auth.issuer}/account`,
  );
  const [device] = await deviceIds(homeserver.url, userId, traffic.latest.accessToken);

  // Each token lives for eight seconds.
  await expect
    .poll(
      async () => {
        await overview.checkAgain();
        return traffic.used.length;
      },
      { timeout: 90_000, intervals: [4_000] },
    )
    .toBeGreaterThanOrEqual(3);
  await expect(overview.headline).toBeVisible();
  // Every refresh token was used once, and it was the newest one.
  expect(new Set(traffic.used).size).toBe(traffic.used.length);
  const handedOut = () => traffic.pairs.map(({ refreshToken }) => refreshToken);
  expect(handedOut().slice(0, traffic.used.length)).toEqual(traffic.used);

  // A pair whose storing is cut off is lost, and the session then asks to sign in again.
  await expect.poll(() => traffic.latestIsUsed, { intervals: [50] }).toBe(true);
  await page.reload();
  await expect(overview.headline).toBeVisible({ timeout: 60_000 });
  const before = traffic.used.length;
  await expect.poll(() => traffic.used.length, { timeout: 60_000 }).toBeGreaterThan(before);
  expect(handedOut().slice(0, traffic.used.length)).toEqual(traffic.used);
  await expect(page.getByRole("heading", { name: "Your session has expired" })).toHaveCount(0);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Sign out/ })
    .click();
  await expect(page.getByText("You are signed out")).toBeVisible({ timeout: 60_000 });
  const { accessToken, refreshToken } = traffic.latest;
  expect([await auth.isActive(accessToken), await auth.isActive(refreshToken)]).toEqual([
    false,
    false,
  ]);

  await seen.expectNowhere(page, handed);

  // Signed in anew, the old device is gone.
  seen.at("on the way");
  await goTo(page, homeserver.url, auth.issuer);
  await expect(overview.headline).toBeVisible({ timeout: 60_000 });
  const now = await deviceIds(homeserver.url, userId, traffic.latest.accessToken);
  expect(now).toHaveLength(1);
  expect(now).not.toContain(device);
  await seen.expectFound(page, "refresh token");
});

test("cancelling there, and an answer that nobody asked for, change nothing", async ({
  delegated: { homeserver, auth },
  page,
  context,
}) => {
  const traffic = OAuthTraffic.watch(context, auth);
  const elsewhere = await goTo(page, homeserver.url, auth.issuer);
  await elsewhere.cancel();
  await expect(problem(page)).toHaveAttribute("data-code", "cancelled");
  expect(new URL(page.url()).hash).toBe("#/");

  const foreign = `/#code=foreign&state=foreign&iss=${encodeURIComponent(auth.issuer)}`;
  await page.goto("about:blank");
  await page.goto(foreign);
  await expect(problem(page)).toHaveAttribute("data-code", "not_asked");
  expect(new URL(page.url()).hash).toBe("#/");

  await (await goTo(page, homeserver.url, auth.issuer)).arrived();
  await page.goto(foreign);
  await expect(problem(page)).toHaveAttribute("data-code", "not_asked");
  expect(traffic.pairs).toEqual([]);
});

test("an authorization server in trouble is waited for; one that says no ends the session softly, and the device stays", async ({
  delegated: { homeserver, auth },
  person,
  context,
  dashboard: { page, overview },
}) => {
  test.setTimeout(240_000);
  const traffic = OAuthTraffic.watch(context, auth);
  const userId = `@${person}:localhost`;
  await (await goTo(page, homeserver.url, auth.issuer)).signInAs(person);
  await expect(overview.headline).toBeVisible({ timeout: 60_000 });
  const before = await deviceIds(homeserver.url, userId, traffic.latest.accessToken);

  auth.broken = true;
  const used = traffic.used.length;
  await expect.poll(() => traffic.used.length, { timeout: 60_000 }).toBeGreaterThan(used + 2);
  await expect(overview.headline).toBeVisible();
  auth.broken = false;
  const pairs = traffic.pairs.length;
  await expect.poll(() => traffic.pairs.length, { timeout: 60_000 }).toBeGreaterThan(pairs);
  await expect(overview.headline).toBeVisible();

  await auth.endSessions(person);
  const expired = page.getByRole("heading", { name: "Your session has expired" });
  await expect(expired).toBeVisible({ timeout: 60_000 });
  await expect(page.getByLabel("Password", { exact: true })).toHaveCount(0);
  await button(page, auth.issuer).click();
  await expect(overview.headline).toBeVisible({ timeout: 60_000 });
  expect(await deviceIds(homeserver.url, userId, traffic.latest.accessToken)).toEqual(before);
});

test("a device that was removed meanwhile is not brought back without its keys", async ({
  delegated: { homeserver, auth },
  person,
  context,
  dashboard: { page, overview },
}) => {
  test.setTimeout(240_000);
  const traffic = OAuthTraffic.watch(context, auth);
  const userId = `@${person}:localhost`;
  await (await goTo(page, homeserver.url, auth.issuer)).signInAs(person);
  await expect(overview.headline).toBeVisible({ timeout: 60_000 });
  const [before = ""] = await deviceIds(homeserver.url, userId, traffic.latest.accessToken);

  await auth.endSessions(person);
  await expect(page.getByRole("heading", { name: "Your session has expired" })).toBeVisible({
    timeout: 60_000,
  });
  await auth.removeDevice(person, before);
  await button(page, auth.issuer).click();
  await expect(problem(page)).toHaveAttribute("data-code", "device_removed", { timeout: 60_000 });
  await expect(page.getByRole("heading", { name: "This session was ended" })).toBeVisible();

  await button(page, auth.issuer).click();
  await expect(overview.headline).toBeVisible({ timeout: 60_000 });
  const after = await deviceIds(homeserver.url, userId, traffic.latest.accessToken);
  expect(after).toHaveLength(1);
  expect(after).not.toContain(before);
});

test("the identity is reset once it is allowed on the account page", async ({
  delegated: { homeserver, auth },
  person,
  context,
  dashboard: { page, overview, setUp, manage },
}) => {
  test.setTimeout(240_000);
  const me = SignedInAs.watch(page, homeserver.url, `@${person}:localhost`);
  await (await goTo(page, homeserver.url, auth.issuer)).signInAs(person);
  await expect(overview.headline).toBeVisible({ timeout: 60_000 });
  await setUp.confirm(await setUp.showAndSaveKey());
  await expect(page.getByRole("heading", { name: /backup is set up/i })).toBeVisible({
    timeout: 60_000,
  });
  const old = await me.masterKey();
  const backup = await me.api.backupVersion();

  await manage.open();
  await manage.press("Reset identity");
  await expect(manage.confirmField).toBeVisible();
  await expect(manage.password).toHaveCount(0);
  await manage.confirm("reset", "Reset identity");
  const link = manage.dialog.getByRole("link", { name: /^Open account page/ });
  await expect(link).toHaveAttribute("href", new RegExp(`^${auth.issuer}/account`));
  await manage.pressInDialog("Continue");
  await expect(manage.dialog.getByText("has not heard of it yet")).toBeVisible();
  expect(await me.masterKey()).toBe(old);

  const opened = context.waitForEvent("page");
  await link.click();
  const popup = await opened;
  await popup.getByRole("button", { name: "Allow reset" }).click();
  await expect(popup.getByText("Approved")).toBeVisible();
  await popup.close();
  const done = page.getByTestId("reset-done");
  const goOn = manage.dialog.getByRole("button", { name: "Continue" });
  await expect(done.or(goOn).first()).toBeVisible();
  if (await goOn.isVisible()) await goOn.click();
  await expect(done).toHaveAttribute("data-backup", "kept", { timeout: 60_000 });
  expect(await me.masterKey()).not.toBe(old);
  expect(await me.api.backupVersion()).toMatchObject({ version: backup?.version });
});
