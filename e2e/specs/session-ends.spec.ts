import { randomBytes } from "node:crypto";
import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures/index.ts";
import { expectNothingSeen } from "../fixtures/watch.ts";
import { launchWithHistoryCache } from "../support/historyCacheBrowser.ts";
import { MatrixApi } from "../support/MatrixApi.ts";
import { storedNames } from "../support/storedNames.ts";
import { watchPuppeteerPage } from "../support/watchPuppeteerPage.ts";

/** The homeserver gives no answer any more. Returns what heals it. */
async function cutOff(page: Page, homeserver: string): Promise<() => Promise<void>> {
  await page.route(`${homeserver}/**`, (route) => route.abort("connectionrefused"));
  return () => page.unroute(`${homeserver}/**`);
}

/** Deletes the databases whose names end so, while no page of the dashboard is open. */
async function deleteDatabases(page: Page, ending: string): Promise<void> {
  await page.goto("/robots.txt");
  const deleted = await page.evaluate(async (end) => {
    const found = (await indexedDB.databases()).map(({ name = "" }) => name);
    const names = found.filter((name) => name.endsWith(end));
    for (const name of names) {
      await new Promise<void>((resolve, reject) => {
        const request = indexedDB.deleteDatabase(name);
        request.addEventListener("success", () => resolve());
        request.addEventListener("error", () => reject(request.error ?? new Error(name)));
      });
    }
    return names;
  }, ending);
  expect(deleted).toHaveLength(1);
}

async function holdsNothing(page: Page): Promise<void> {
  const { databases, localStorage, records } = await storedNames(page);
  expect(databases.filter((name) => name !== "key-backup")).toEqual([]);
  expect(records).toEqual([]);
  expect(localStorage).toEqual([]);
}

test("an account that an administrator deactivates ends in words, and what is left goes without the server", async ({
  account,
  synapse,
  dashboard: { page, signIn },
}) => {
  await signIn.signIn(account);
  const name = `admin-of-${account.username}`;
  await synapse.adminRegister(name, "an administrator", undefined, true);
  const admin = await MatrixApi.signIn(synapse.url, name, "an administrator");
  const answer = await fetch(
    `${synapse.url}/_synapse/admin/v1/deactivate/${encodeURIComponent(account.userId)}`,
    {
      method: "POST",
      headers: { authorization: `Bearer ${admin.session?.accessToken ?? ""}` },
      body: "{}",
    },
  );
  expect(answer.status).toBe(200);
  await expect(page.getByRole("heading", { name: "This session was ended" })).toBeVisible({
    timeout: 60_000,
  });
  await expect(page.getByText("or the account was deactivated")).toBeVisible();
  await signIn.password.fill(account.password);
  await signIn.submit();
  // Synapse 1.163 does not tell: it refuses in the words for a wrong password.
  await expect(page.getByTestId("error")).toHaveAttribute("data-code", "wrong_password");
  await expect(page.getByText("If the account was deactivated")).toBeVisible();

  await cutOff(page, account.homeserver);
  await page.getByRole("button", { name: "Remove Key Backup’s data" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove Key Backup’s data" }).click();
  await expect(page.getByText("You are signed out", { exact: true })).toBeVisible();
  await holdsNothing(page);
});

test("signing out without the server wipes everything here, and says what the server does not know", async ({
  account,
  api,
  dashboard: { page, signIn },
}) => {
  const before = (await api.devices()).length;
  await signIn.signIn(account);
  await page.getByText("Details", { exact: true }).click();
  await expect(page.getByTestId("storage-persistence")).toHaveAttribute(
    "data-persistence",
    /^(persistent|may_be_cleared)$/,
  );
  await cutOff(page, account.homeserver);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Sign out/ })
    .click();
  await expect(page.getByText("Signed out in this browser only")).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/may still be listed in your account/)).toBeVisible();
  await holdsNothing(page);
  expect((await api.devices()).length, "nobody could tell the server").toBe(before + 1);
  await page.reload();
  await expect(signIn.password).toBeVisible();
  await expect(page.getByTestId("evicted")).toHaveCount(0);
});

test("a crypto store that the browser cleared is told from one that is damaged, and no new keys come under the old name", async ({
  account,
  api,
  dashboard: { page, signIn },
}) => {
  await signIn.signIn(account);
  const own = (await api.devices()).find(({ display_name: name }) =>
    name?.startsWith("Key Backup"),
  );
  const keysOf = async () => {
    const answer = await api.request<{ device_keys: Record<string, Record<string, unknown>> }>(
      "POST",
      "/v3/keys/query",
      { body: { device_keys: { [account.userId]: [] } } },
    );
    return JSON.stringify(answer.device_keys[account.userId]?.[own?.device_id ?? ""]);
  };
  await expect.poll(keysOf).toContain("ed25519");
  const keys = await keysOf();
  // Half of it is damage: the browser clears all or nothing.
  await deleteDatabases(page, "::matrix-sdk-crypto-meta");
  await page.goto("/");
  await expect(page.getByTestId("error")).toHaveAttribute("data-code", "storage");
  await expect(page.getByTestId("error")).not.toContainText("The browser has removed");
  expect(await keysOf()).toBe(keys);
  await deleteDatabases(page, "::matrix-sdk-crypto");
  await page.goto("/");
  await expect(page.getByTestId("error")).toHaveAttribute("data-code", "storage");
  await expect(page.getByTestId("error")).toContainText("The browser has removed the keys");
  expect(await keysOf()).toBe(keys);
  await page.getByRole("button", { name: "Sign out and start as a new device" }).click();
  // Without a store to open, the device is ended on the server all the same, and with it its keys.
  await expect(page.getByText("You are signed out")).toBeVisible();
  const left = (await api.devices()).map(({ device_id: id }) => id);
  expect(left).not.toContain(own?.device_id);
  expect(await keysOf()).toBeUndefined();
  await signIn.signIn(account);
  const devices = (await api.devices()).filter(({ display_name: name }) =>
    name?.startsWith("Key Backup"),
  );
  expect(devices).toHaveLength(1);
  expect(devices[0]?.device_id).not.toBe(own?.device_id);
});

test("a browser that cleared the session altogether says so, and signs in as a new device", async ({
  account,
  baseURL,
  context,
  dashboard: { page, signIn },
}) => {
  await signIn.signIn(account);
  await page.goto("/robots.txt");
  const devtools = await context.newCDPSession(page);
  await devtools.send("Storage.clearDataForOrigin", {
    origin: new URL(baseURL ?? "").origin,
    storageTypes: "indexeddb",
  });
  await page.goto("/");
  await expect(page.getByTestId("evicted")).toContainText("The backup on the server is untouched");
  await signIn.signIn(account);
  await page.reload();
  await expect(page.getByTestId("device-state")).toBeVisible({ timeout: 60_000 });
});

test("a sign-in for which there is no room leaves nothing, here or on the server, and works afterwards", async ({
  account,
  api,
  baseURL,
  context,
  dashboard: { page, signIn },
}) => {
  const before = (await api.devices()).length;
  const devtools = await context.newCDPSession(page);
  const origin = new URL(baseURL ?? "").origin;
  await devtools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1 });
  await signIn.open();
  await signIn.fill(account);
  await signIn.submit();
  await expect(page.getByTestId("error")).toHaveAttribute("data-code", "storage");
  await expect(page.getByTestId("error")).toContainText("run out of space");
  expect((await api.devices()).length).toBe(before);
  await devtools.send("Storage.overrideQuotaForOrigin", { origin });
  await signIn.submit();
  await expect(page.getByTestId("device-state")).toBeVisible({ timeout: 60_000 });
  expect((await api.devices()).length).toBe(before + 1);
});

test("what changed while the page slept, was frozen or left is read again, and nothing false is shown", async ({
  account,
  api,
  otherDevice,
  context,
  dashboard: { page, signIn, overview, restore },
}) => {
  test.setTimeout(240_000);
  const other = await otherDevice();
  const { recoveryKey } = await other.setUpBackup();
  await signIn.signIn(account);
  await restore.openUnlock();
  await restore.enterKey(recoveryKey);
  await page.goto("/#/");
  await overview.expectHeadline("ok");
  const first = await overview.backup.getAttribute("data-version");

  // A clock that is set, forward and back: what is known stays known, and no time is negative.
  for (const hours of [24, -48]) {
    await page.clock.setSystemTime(Date.now() + hours * 3_600_000);
    await overview.checkAgain();
    await overview.expectHeadline("ok");
    await expect(page.getByRole("main")).not.toContainText(
      /in \d+ (hour|day)|-\d+ (second|minute|hour|day)/,
    );
  }

  // Frozen, while another device deletes the backup.
  const devtools = await context.newCDPSession(page);
  await devtools.send("Page.setWebLifecycleState", { state: "frozen" });
  await api.deleteBackupVersion(first ?? "");
  await devtools.send("Page.setWebLifecycleState", { state: "active" });
  await expect(overview.backup).toHaveAttribute("data-state", "none", { timeout: 15_000 });
  await expect(page.getByTestId("backup-notice")).toBeVisible();

  // Left for another page and come back to by the history, while a backup is made elsewhere.
  await page.goto("/robots.txt");
  const made = await api.createBackupVersion({
    algorithm: "m.megolm_backup.v1.curve25519-aes-sha2",
    auth_data: { public_key: randomBytes(32).toString("base64").replace("=", "") },
  });
  await page.goBack();
  await expect(overview.backup).toHaveAttribute("data-version", made);
});

test("a page that the browser kept in its history works when it is come back to, and one that it did not is true as well", async ({
  account,
  baseURL,
}) => {
  const own = [baseURL ?? "", account.homeserver];
  const browser = await launchWithHistoryCache();
  try {
    for (const memoryOnly of [false, true]) {
      const context = await browser.createBrowserContext();
      const page = await context.newPage();
      const watches = [await watchPuppeteerPage(page, own)];
      await page.goto(`${baseURL ?? ""}/`);
      await page.locator("::-p-aria(Homeserver)").fill(account.homeserver);
      await page.locator("::-p-aria(Username)").fill(account.username);
      await page.locator("::-p-aria([name='Password'])").fill(account.password);
      if (memoryOnly) await page.locator("input[type=checkbox]").click();
      await page.locator("button[type=submit]").click();
      await page.locator("[data-testid=backup-state][data-state=none]").wait();
      await page.evaluate(() => {
        addEventListener("pageshow", (event) => {
          Reflect.set(globalThis, "cameBack", event.persisted);
        });
      });
      await page.goto(`${baseURL ?? ""}/robots.txt`);
      await page.goBack();
      await page.locator("h1").wait();
      const kept = await page.evaluate(() => Reflect.get(globalThis, "cameBack") === true);
      test.info().annotations.push({
        type: memoryOnly ? "in memory" : "stored",
        description: kept ? "kept in the back/forward cache" : "loaded anew",
      });
      if (memoryOnly && !kept) await page.locator("::-p-aria(This is a shared computer)").wait();
      else {
        await page.locator("[data-testid=backup-state][data-state=none]").wait();
        await page.locator("::-p-aria([name='Check again'])").click();
        await page.locator("[data-testid=backup-state][data-state=none]").wait();
        await page.locator("[data-testid=device-state][data-state=set_up_recovery]").wait();
      }
      if (!memoryOnly) {
        // Kept in the history it must not keep another tab from the session, nor work beside it.
        await page.goto(`${baseURL ?? ""}/robots.txt`);
        const second = await context.newPage();
        watches.push(await watchPuppeteerPage(second, own));
        await second.goto(`${baseURL ?? ""}/`);
        await second.locator("[data-testid=tab-lock], [data-testid=device-state]").wait();
        const waits = (await second.$("[data-testid=tab-lock]")) !== null;
        const what = waits ? "keeps the lock until it is asked for" : "gives the lock up";
        test.info().annotations.push({ type: "a page kept in the history", description: what });
        if (waits) await second.locator("::-p-aria([name='Use here'])").click();
        await second.locator("[data-testid=device-state]").wait();
        await page.bringToFront();
        await page.goBack();
        await page.locator("[data-testid=tab-lock]").wait();
        await second.bringToFront();
        await second.locator("[data-testid=backup-state][data-state=none]").wait();
      }
      await context.close();
      watches.forEach(expectNothingSeen);
    }
  } finally {
    await browser.close();
  }
});
