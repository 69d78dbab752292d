import { expect, test } from "../fixtures/sso.ts";
import { ElsewherePage } from "../pages/ElsewherePage.ts";

test.use({ knowsDashboard: false });

test("a homeserver that does not know the dashboard asks first, and then sends people back", async ({
  account,
  dashboard: { page, overview },
}) => {
  await page.goto("/");
  await page.getByRole("textbox", { name: "Homeserver" }).fill(account.homeserver);
  await page.keyboard.press("Tab");
  await page.getByRole("button", { name: "Continue with First IdP" }).click();
  await new ElsewherePage(page).signInAs(account.username);
  await page.getByRole("link", { name: /Continue/ }).click();
  await expect(overview.headline).toBeVisible({ timeout: 60_000 });
  expect(new URL(page.url()).search).toBe("");
  await expect(page.getByText(account.userId).first()).toBeVisible();
});

test("a token that was used before signs nobody in", async ({ account, page, synapse }) => {
  await page.goto("/");
  await page.getByRole("textbox", { name: "Homeserver" }).fill(account.homeserver);
  await page.keyboard.press("Tab");
  await page.getByRole("button", { name: "Continue with First IdP" }).click();
  await new ElsewherePage(page).signInAs(account.username);
  const link = page.getByRole("link", { name: /Continue/ });
  const token = new URL((await link.getAttribute("href")) ?? "").searchParams.get("loginToken");
  const first = await fetch(`${synapse.url}/_matrix/client/v3/login`, {
    method: "POST",
    body: JSON.stringify({ type: "m.login.token", token }),
  });
  expect(first.status).toBe(200);
  await link.click();
  await expect(page.getByTestId("error")).toHaveAttribute("data-code", "spent");
  expect(new URL(page.url()).search).toBe("");
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
});
