import { expect, test } from "../fixtures/index.ts";

test("a revoked token ends the session in words", async ({
  account,
  api,
  dashboard: { page, signIn },
}) => {
  await signIn.signIn(account);
  await api.logoutAll();
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/ended|signed out|no longer/i).first()).toBeVisible();
});

test("an expired token asks for the password and keeps device and store", async ({
  account,
  api,
  dashboard: { page, signIn },
}) => {
  await signIn.signIn(account);
  const before = (await api.devices()).map((device) => device.device_id).toSorted();
  await page.route("**/_matrix/client/v3/sync**", (route) =>
    route.fulfill({
      status: 401,
      json: { errcode: "M_UNKNOWN_TOKEN", error: "Access token has expired", soft_logout: true },
      headers: { "access-control-allow-origin": "*" },
    }),
  );
  await page.reload();
  await expect(page.getByLabel("Password", { exact: true })).toBeVisible({ timeout: 60_000 });
  await page.unroute("**/_matrix/client/v3/sync**");
  await page.getByLabel("Password", { exact: true }).fill(account.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByTestId("device-state")).toBeVisible({ timeout: 60_000 });
  const after = (await api.devices()).map((device) => device.device_id).toSorted();
  expect(after).toEqual(before);
});

test("crypto that does not load has its own screen, keeps the session, and a reload repairs it", async ({
  account,
  dashboard: { page, signIn },
}) => {
  await signIn.signIn(account);
  await page.route("**/*.wasm", (route) => route.fulfill({ status: 404, body: "" }));
  await page.reload();
  await expect(page.getByTestId("error")).toHaveAttribute("data-code", "crypto_unavailable");
  await page.unroute("**/*.wasm");
  await page.getByRole("button", { name: "Reload" }).click();
  await expect(page.getByTestId("device-state")).toBeVisible({ timeout: 60_000 });
});

test("a browser without IndexedDB is told so before anything is asked", async ({
  page,
  account,
  dashboard: { signIn },
}) => {
  await page.addInitScript(() => {
    Object.defineProperty(globalThis, "indexedDB", { value: undefined, configurable: true });
  });
  await page.goto("/");
  const error = page.getByTestId("error");
  const button = page.getByRole("button", { name: "Sign in" });
  await expect(error.or(button).first()).toBeVisible();
  if (await button.isVisible()) {
    await signIn.fill(account);
    await signIn.submit();
  }
  await expect(error).toHaveAttribute("data-code", "storage");
});

test("a second tab says so, can take over, and the first one lets go", async ({
  account,
  context,
  dashboard: { page, signIn },
}) => {
  await signIn.signIn(account);
  const second = await context.newPage();
  await second.goto("/");
  await expect(second.getByTestId("tab-lock")).toBeVisible();
  await second.getByRole("button", { name: "Use here" }).click();
  await expect(second.getByTestId("device-state")).toBeVisible({ timeout: 60_000 });
  await expect(page.getByTestId("tab-lock")).toBeVisible();
});

test("the last tab standing gets the session when the other one crashes", async ({
  account,
  context,
  dashboard: { page, signIn },
}) => {
  await signIn.signIn(account);
  await page.close();
  const second = await context.newPage();
  await second.goto("/");
  await expect(second.getByTestId("device-state")).toBeVisible({ timeout: 60_000 });
});
