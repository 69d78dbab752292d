import { readFile } from "node:fs/promises";
import { OlmMachine } from "@matrix-org/matrix-sdk-crypto-wasm";
import type { Page } from "@playwright/test";
import { dashboardOn, expect, test } from "../fixtures/index.ts";
import { storedAnything } from "../support/storedNames.ts";

/** Closes the tab as a person does. Whether the browser asks before, and then stays. */
async function asksBeforeClosing(page: Page): Promise<boolean> {
  const asked = page.waitForEvent("dialog", { timeout: 5_000 }).then(
    async (dialog) => {
      expect(dialog.type()).toBe("beforeunload");
      await dialog.dismiss();
      return true;
    },
    () => false,
  );
  await page.close({ runBeforeUnload: true });
  return asked;
}

test("on a shared computer nothing is stored, everything works, and signing out deletes the device", async ({
  account,
  api,
  otherDevice,
  context,
  dashboard: { page, signIn, overview, restore },
}) => {
  test.setTimeout(240_000);
  const other = await otherDevice();
  const { recoveryKey } = await other.setUpBackup();
  const roomId = await other.createEncryptedRoom("History");
  await other.sendWithOwnKeys(roomId, ["first words", "middle words", "last words"]);
  await other.waitForBackupCount(3);
  const before = (await api.devices()).length;

  await signIn.open();
  await expect(page.getByText("Stores nothing: your session and its keys last")).toBeVisible();
  await signIn.fill(account);
  await signIn.sharedComputer.check();
  await expect(page.getByText("Closing or reloading this tab signs you out")).toBeVisible();
  await signIn.submit();
  await expect(page.getByTestId("memory-only")).toBeVisible({ timeout: 60_000 });
  await expect(page.getByTestId("memory-only")).toContainText("signs you out");

  await restore.openUnlock();
  await restore.enterKey(recoveryKey);
  await restore.startRestore();
  expect(await restore.summary()).toMatchObject({
    total: 3,
    imported: 3,
    already: 0,
    failed: 0,
    missing: 0,
  });
  await page.goto("/#/");
  await overview.expectBackup("enabled", { count: "3", pending: "0" });
  await page.getByText("Details", { exact: true }).click();
  await expect(page.getByText("Nothing is stored: this session is in this tab")).toBeVisible();
  await page.goto("/#/rooms");
  const room = page.getByTestId("room").filter({ hasText: "History" });
  await expect(room.getByText("last words")).toBeVisible();
  await expect(room).toHaveAttribute("data-keys", "3");

  // A second restore finds all of it, from what the tab remembers.
  await page.goto("/#/restore");
  await page.getByRole("button", { name: "Done" }).click();
  await page.goto("/#/restore");
  await restore.startRestore();
  expect(await restore.summary()).toMatchObject({ total: 3, imported: 0, already: 3 });
  expect(await storedAnything(page)).toEqual([]);

  // It is in nobody's way: another tab signs in and keeps its session as ever.
  const second = dashboardOn(await context.newPage(), context);
  await second.signIn.signIn(account);
  await expect(second.page.getByTestId("memory-only")).toHaveCount(0);
  expect((await api.devices()).length).toBe(before + 2);

  await page.goto("/#/");
  await overview.expectBackup("enabled", { pending: "0" });
  await page.getByRole("button", { name: "Sign out" }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Sign out/ })
    .click();
  // The other tab has the stored session, and this one has left nothing.
  await expect(page.getByTestId("tab-lock")).toBeVisible();
  await expect(page.getByText("You are signed out here")).toBeVisible();
  expect((await api.devices()).length).toBe(before + 1);
  await second.overview.checkAgain();
  await expect(second.page.getByTestId("device-state")).not.toHaveAttribute(
    "data-state",
    "checking",
  );
  await second.page.reload();
  await expect(second.page.getByTestId("device-state")).toBeVisible({ timeout: 60_000 });
});

test("a reload ends it, and the device stays on the server as was said", async ({
  account,
  api,
  dashboard: { page, signIn },
}) => {
  const before = (await api.devices()).length;
  await signIn.signInOnSharedComputer(account);
  await expect(page.getByTestId("memory-only")).toContainText("The device then stays");
  await page.reload();
  await expect(signIn.password).toBeVisible();
  await expect(page.getByTestId("evicted")).toHaveCount(0);
  expect((await api.devices()).length).toBe(before + 1);
  expect(await storedAnything(page)).toEqual([]);
});

test("closing the tab warns while it may hold the only copy of a key", async ({
  account,
  otherDevice,
  dashboard: { page, signIn, overview, restore },
}) => {
  await signIn.signInOnSharedComputer(account);
  const other = await otherDevice();
  const roomId = await other.createEncryptedRoom("Only here");
  await other.sendMessage(roomId, "for this tab");
  await page.getByRole("link", { name: "Rooms" }).click();
  const room = page.getByTestId("room").filter({ hasText: "Only here" });
  await expect(room.getByText("for this tab")).toBeVisible();
  await expect(room).toHaveAttribute("data-keys", "1");
  await page.goto("/#/");
  await overview.expectBackup("none", { pending: "1" });
  expect(await asksBeforeClosing(page)).toBe(true);

  const { recoveryKey } = await other.setUpBackup();
  await restore.openUnlock();
  await restore.enterKey(recoveryKey);
  await page.goto("/#/");
  await overview.expectBackup("enabled", { pending: "0" });
  expect(await asksBeforeClosing(page)).toBe(false);
  expect(page.isClosed()).toBe(true);
});

test("a session in memory that is ended elsewhere keeps its keys in the tab for the next device", async ({
  account,
  api,
  otherDevice,
  dashboard: { page, signIn },
}) => {
  await signIn.signInOnSharedComputer(account);
  const other = await otherDevice();
  const roomId = await other.createEncryptedRoom("Only here");
  await other.sendWithOwnKeys(roomId, ["first words", "last words"]);
  await page.getByRole("link", { name: "Rooms" }).click();
  const room = page.getByTestId("room").filter({ hasText: "Only here" });
  await expect(room.getByText("last words")).toBeVisible();
  other.stop();
  await api.logoutAll();
  await expect(page.getByRole("heading", { name: "This session was ended" })).toBeVisible({
    timeout: 60_000,
  });
  await expect(page.getByText("still in this tab, and only here")).toBeVisible();
  expect(await asksBeforeClosing(page)).toBe(true);
  await page.getByText("Save the keys to a file").click();
  await page.getByLabel("Passphrase for the file").fill("words for a file");
  await page.getByLabel("Passphrase once more").fill("words for a file");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Export keys" }).click(),
  ]);
  const file = await readFile(await download.path(), "utf8");
  const stranger = await otherDevice();
  await stranger.crypto.importRoomKeysAsJson(
    OlmMachine.decryptExportedRoomKeys(file, "words for a file"),
  );
  const messages = await stranger.readMessages(roomId);
  expect(messages.map(({ body }) => body)).toEqual(["first words", "last words"]);
  stranger.stop();
  await signIn.password.fill(account.password);
  await signIn.submit();
  await expect(room.getByText("first words")).toBeVisible({ timeout: 60_000 });
  await expect(room).toHaveAttribute("data-keys", "2");
  expect(await storedAnything(page)).toEqual([]);
});

test.describe("a browser that stores nothing", () => {
  test("without IndexedDB says so before anything is asked, and works in this tab", async ({
    page,
    account,
    api,
    dashboard: { signIn, setUp },
  }) => {
    await page.addInitScript(() => {
      Object.defineProperty(globalThis, "indexedDB", { value: undefined, configurable: true });
    });
    await signIn.open();
    await expect(page.getByTestId("memory-only")).toContainText("for this tab only");
    await expect(signIn.sharedComputer).toHaveCount(0);
    await signIn.fill(account);
    await signIn.submit();
    await expect(page.getByTestId("device-state")).toBeVisible({ timeout: 60_000 });
    await expect(page.getByTestId("memory-only")).toBeVisible();
    await setUp.confirm(await setUp.showAndSaveKey());
    await expect.poll(() => api.backupVersion(), { timeout: 60_000 }).not.toBeNull();
    const kept = await page.evaluate(() => [
      ...Object.keys(localStorage),
      ...Object.keys(sessionStorage),
    ]);
    expect(kept).toEqual([]);
  });

  test("that refuses to open a database is the same, and a later look finds what was stored", async ({
    page,
    account,
    dashboard: { signIn },
  }) => {
    await signIn.signIn(account);
    await page.addInitScript(() => {
      const open = Reflect.get(IDBFactory.prototype, "open");
      Reflect.set(IDBFactory.prototype, "open", () => {
        throw new DOMException("The operation is insecure.", "SecurityError");
      });
      Reflect.set(globalThis, "allowStorage", () =>
        Reflect.set(IDBFactory.prototype, "open", open),
      );
    });
    await page.reload();
    await expect(page.getByTestId("memory-only")).toContainText("nothing of that was removed");
    await page.evaluate(() => {
      const allow: unknown = Reflect.get(globalThis, "allowStorage");
      if (typeof allow === "function") allow();
    });
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByTestId("device-state")).toBeVisible({ timeout: 60_000 });
    await expect(page.getByTestId("memory-only")).toHaveCount(0);
  });

  test("without Web Locks stores nothing, so that two tabs are two sessions", async ({
    page,
    context,
    account,
    api,
    dashboard: { signIn },
  }) => {
    await context.addInitScript(() => {
      Object.defineProperty(Navigator.prototype, "locks", { get: () => undefined });
    });
    const before = (await api.devices()).length;
    const second = dashboardOn(await context.newPage(), context);
    for (const tab of [{ page, signIn }, second]) {
      await tab.signIn.open();
      await expect(tab.page.getByTestId("memory-only")).toContainText("It has no Web Locks");
      await expect(tab.signIn.sharedComputer).toHaveCount(0);
      await tab.signIn.fill(account);
      await tab.signIn.submit();
      await expect(tab.page.getByTestId("device-state")).toBeVisible({ timeout: 60_000 });
      await expect(tab.page.getByTestId("memory-only")).toContainText("in this tab only");
    }
    expect((await api.devices()).length).toBe(before + 2);
    expect(await storedAnything(page)).toEqual([]);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /^Sign out/ })
      .click();
    await expect(signIn.password).toBeVisible();
    expect((await api.devices()).length).toBe(before + 1);
    await second.overview.checkAgain();
    await second.overview.expectBackup("none");
  });

  for (const [what, code] of [
    ["WebAssembly", "crypto_unavailable"],
    ["crypto.subtle", "insecure_page"],
  ] as const) {
    test(`but without ${what} nothing is asked for at all`, async ({ page, account }) => {
      const asked: string[] = [];
      page.on("request", (request) => {
        if (request.url().startsWith(account.homeserver)) asked.push(request.url());
      });
      await page.addInitScript((missing) => {
        if (missing === "WebAssembly") Reflect.deleteProperty(globalThis, "WebAssembly");
        else Object.defineProperty(Crypto.prototype, "subtle", { get: () => undefined });
      }, what);
      await page.goto("/");
      await expect(page.getByTestId("error")).toHaveAttribute("data-code", code);
      await expect(page.getByLabel("Password", { exact: true })).toHaveCount(0);
      expect(asked).toEqual([]);
    });
  }
});
