import type { Page } from "@playwright/test";
import { dashboardOn, expect, test } from "../fixtures/index.ts";
import { FaultProxy } from "../support/FaultProxy.ts";

/** Where nobody is; the policy of the headers lets the page ask for it all the same. */
const elsewhere = "https://elsewhere.test/";
/** What no policy of the dashboard lets through. Browsers tell of what is kept back in order. */
const never = "http://never.test/";

/** Whether the policy keeps the page from asking for an address. */
function keptBack(page: Page, url: string): Promise<boolean> {
  return page.evaluate(
    ([asked, last]) =>
      new Promise<boolean>((resolve) => {
        let kept = false;
        addEventListener("securitypolicyviolation", (event) => {
          if (event.effectiveDirective !== "connect-src") return;
          if (event.blockedURI.startsWith(last)) resolve(kept);
          else if (event.blockedURI.startsWith(asked)) kept = true;
        });
        fetch(asked, { mode: "no-cors" })
          .catch(() => undefined)
          .then(() => fetch(last, { mode: "no-cors" }))
          .catch(() => undefined);
      }),
    [url, never] as const,
  );
}

test("while a session is open the page can reach its homeserver and nobody else", async ({
  browser,
  baseURL,
  account,
}) => {
  // A context of its own: violations are what this is about.
  const context = await browser.newContext({ baseURL: baseURL ?? "" });
  const { page, signIn } = dashboardOn(await context.newPage(), context);
  await signIn.open();
  expect(await keptBack(page, elsewhere)).toBe(false);

  await signIn.fill(account);
  await signIn.submit();
  await expect(page.getByTestId("device-state")).toBeVisible();
  // From the first sync on.
  await expect.poll(() => keptBack(page, elsewhere)).toBe(true);
  expect(await keptBack(page, `${account.homeserver}/_matrix/client/versions`)).toBe(false);
  await page.reload();
  await expect(page.getByTestId("device-state")).toBeVisible();
  // From the first sync on.
  await expect.poll(() => keptBack(page, elsewhere)).toBe(true);
  await context.close();
});

test("after signing out the next session may be on another server", async ({
  account,
  synapse,
  dashboard: { page, signIn },
}) => {
  const other = await FaultProxy.start(synapse.url);
  await signIn.signIn(account);
  await page.evaluate(() => Reflect.set(window, "lastSession", true));
  const signOut = page.getByRole("button", { name: /^Sign out/ });
  await signOut.click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Sign out/ })
    .click();
  await expect(page.getByText("You are signed out")).toBeVisible();
  // Loaded anew: nothing of the last session is in memory.
  expect(await page.evaluate(() => Reflect.has(window, "lastSession"))).toBe(false);

  await signIn.fill({ ...account, homeserver: other.url });
  await signIn.submit();
  await expect(page.getByTestId("device-state")).toBeVisible();
  await other.stop();
});

test("signing out without a connection ends on the sign-in page, not on the browser's own", async ({
  account,
  dashboard: { page, context, signIn },
}) => {
  await signIn.signIn(account);
  await page.getByRole("button", { name: "Sign out" }).click();
  await context.setOffline(true);
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Sign out/ })
    .click();
  await expect(page.getByText("Signed out in this browser only")).toBeVisible();
  await page.evaluate(() => Reflect.set(window, "lastSession", true));
  await context.setOffline(false);
  await expect
    .poll(() => page.evaluate(() => Reflect.has(window, "lastSession")).catch(() => true))
    .toBe(false);
  await expect(page.getByText("Signed out in this browser only")).toBeVisible();
  await signIn.signIn(account);
});
