import type { Page, Route } from "@playwright/test";
import { expect, test } from "../fixtures/index.ts";
import { storedNames } from "../support/storedNames.ts";

/** The crypto stores in the page's browser, one per device. */
async function cryptoStores(page: Page): Promise<readonly string[]> {
  const { databases } = await storedNames(page);
  return databases.filter((name) => name.endsWith("::matrix-sdk-crypto"));
}

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

test("a revoked token takes no key with it: the next device has them all", async ({
  account,
  api,
  otherDevice,
  dashboard: { page, signIn },
}) => {
  await signIn.signIn(account);
  // No backup exists: once every session is ended, these keys are in this browser alone.
  const other = await otherDevice();
  const roomId = await other.createEncryptedRoom("Only here");
  await other.sendWithOwnKeys(roomId, ["first words", "last words"]);
  await page.getByRole("link", { name: "Rooms" }).click();
  const room = page.getByTestId("room").filter({ hasText: "Only here" });
  await expect(room.getByText("first words")).toBeVisible();
  await expect(room.getByText("last words")).toBeVisible();
  const [endedDevice] = await cryptoStores(page);

  other.stop();
  await api.logoutAll();
  await expect(page.getByRole("heading", { name: "This session was ended" })).toBeVisible({
    timeout: 60_000,
  });
  await expect(
    page.getByText("Any room keys of this session are still in this browser."),
  ).toBeVisible();
  expect(await cryptoStores(page)).toEqual([endedDevice]);

  // A reload shows the same, and does not try the dead token again.
  const asked: string[] = [];
  page.on("request", (request) => {
    const isWithToken = request.headers()["authorization"] !== undefined;
    if (isWithToken && request.url().startsWith(account.homeserver)) asked.push(request.url());
  });
  await page.reload();
  await expect(page.getByText(account.userId)).toBeVisible();
  await expect(signIn.password).toBeVisible();
  expect(asked).toEqual([]);

  await signIn.password.fill(account.password);
  await signIn.submit();
  await expect(room.getByText("first words")).toBeVisible({ timeout: 60_000 });
  await expect(room.getByText("last words")).toBeVisible();
  await expect(room).toHaveAttribute("data-keys", "2");

  // Only now the old store is gone, and the new device's is the one that is left.
  await expect
    .poll(async () => (await cryptoStores(page)).filter((name) => name === endedDevice))
    .toEqual([]);
  expect(await cryptoStores(page)).toHaveLength(1);
  await page.reload();
  await expect(room.getByText("last words")).toBeVisible({ timeout: 60_000 });
});

test("a verified device that was removed leaves its identity keys until the next one is verified", async ({
  account,
  api,
  otherDevice,
  dashboard: { page, signIn, overview, restore },
}) => {
  const other = await otherDevice();
  const { recoveryKey } = await other.setUpBackup();
  await signIn.signIn(account);
  await restore.openUnlock();
  await restore.enterKey(recoveryKey);
  await expect(page.getByText("This device is verified by your identity.")).toBeVisible();
  const roomId = await other.createEncryptedRoom("Verified");
  await other.sendMessage(roomId, "for two devices");
  await page.goto("/#/rooms");
  const room = page.getByTestId("room").filter({ hasText: "Verified" });
  await expect(room.getByText("for two devices")).toBeVisible();

  const own = (await api.devices()).find(({ display_name: name }) =>
    name?.startsWith("Key Backup"),
  );
  await api.deleteDevice(own?.device_id ?? "", account.password);
  await expect(page.getByRole("heading", { name: "This session was ended" })).toBeVisible({
    timeout: 60_000,
  });
  await signIn.password.fill(account.password);
  await signIn.submit();
  await expect(room.getByText("for two devices")).toBeVisible({ timeout: 60_000 });
  await page.goto("/#/");
  await overview.expectHeadline("verify_this_device");
  await overview.expectTrust("untrusted", "match");
  expect(await cryptoStores(page)).toHaveLength(2);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("dialog")).toContainText("not all been carried over");
  await page.getByRole("button", { name: "Stay signed in" }).click();

  await restore.openUnlock();
  await restore.enterKey(recoveryKey);
  await expect(page.getByText("This device is verified by your identity.")).toBeVisible();
  await page.goto("/#/");
  await overview.expectTrust("trusted", "match");
  await expect.poll(() => cryptoStores(page)).toHaveLength(1);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("dialog")).toContainText("Every room key on this device");
});

test("an expired token asks for the password and keeps device and store", async ({
  account,
  api,
  otherDevice,
  dashboard: { page, signIn },
}) => {
  await signIn.signIn(account);
  const other = await otherDevice();
  const roomId = await other.createEncryptedRoom("Only here");
  await other.sendWithOwnKeys(roomId, ["first words", "last words"]);
  await page.getByRole("link", { name: "Rooms" }).click();
  const room = page.getByTestId("room").filter({ hasText: "Only here" });
  await expect(room).toHaveAttribute("data-keys", "2");
  other.stop();
  const before = (await api.devices()).map((device) => device.device_id).toSorted();
  const stores = await cryptoStores(page);
  await page.route("**/_matrix/client/v3/sync**", (route) =>
    route.fulfill({
      status: 401,
      json: { errcode: "M_UNKNOWN_TOKEN", error: "Access token has expired", soft_logout: true },
      headers: { "access-control-allow-origin": "*" },
    }),
  );
  await page.reload();
  await expect(page.getByRole("heading", { name: "Your session has expired" })).toBeVisible({
    timeout: 60_000,
  });
  await page.unroute("**/_matrix/client/v3/sync**");
  await signIn.password.fill(account.password);
  await signIn.submit();
  await expect(room.getByText("last words")).toBeVisible({ timeout: 60_000 });
  await expect(room).toHaveAttribute("data-keys", "2");
  const after = (await api.devices()).map((device) => device.device_id).toSorted();
  expect(after).toEqual(before);
  expect(await cryptoStores(page)).toEqual(stores);
});

test("crypto that is missing, of a wrong type or blocked has its own screen, keeps the session, and a reload repairs it", async ({
  account,
  dashboard: { page, signIn },
}) => {
  await signIn.signIn(account);
  const broken: readonly ((route: Route) => Promise<void>)[] = [
    // Missing.
    (route) => route.fulfill({ status: 404, body: "" }),
    // There, but nothing that a browser takes for WebAssembly: another type and other bytes.
    async (route) =>
      route.fulfill({ response: await route.fetch(), contentType: "text/html", body: "<h1>Hello" }),
    // Blocked, as an extension does.
    (route) => route.abort("blockedbyclient"),
  ];
  for (const answer of broken) {
    await page.route("**/*.wasm", answer);
    await page.reload();
    await expect(page.getByTestId("error")).toHaveAttribute("data-code", "crypto_unavailable");
    await page.unroute("**/*.wasm", answer);
    await page.getByRole("button", { name: "Reload" }).click();
    await expect(page.getByTestId("device-state")).toBeVisible({ timeout: 60_000 });
  }
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
