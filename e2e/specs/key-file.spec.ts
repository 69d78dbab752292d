import { readFile } from "node:fs/promises";
import { OlmMachine } from "@matrix-org/matrix-sdk-crypto-wasm";
import { expectNoAccessibilityViolations } from "../fixtures/axe.ts";
import { expect, test } from "../fixtures/index.ts";
import { FaultProxy } from "../support/FaultProxy.ts";
import type { OtherDevice } from "../support/OtherDevice.ts";

const PASSPHRASE = "a few words for the file";

/** Messages with a key each, sent by a device that is then signed out: the keys are in the file alone. */
async function fileOfGoneDevice(device: OtherDevice, texts: readonly string[]) {
  const room = await device.createEncryptedRoom("Only in the file");
  await device.sendWithOwnKeys(room, texts);
  const json = await device.crypto.exportRoomKeysAsJson();
  await device.signOut();
  const buffer = Buffer.from(OlmMachine.encryptExportedRoomKeys(json, PASSPHRASE, 100_000));
  return { name: "keys.txt", mimeType: "text/plain", buffer };
}

test("an exported file opens in another app, and one of another app is imported and backed up", async ({
  account,
  api,
  otherDevice,
  page,
  dashboard: { signIn, restore },
}, testInfo) => {
  test.setTimeout(240_000);
  const made = await fileOfGoneDevice(await otherDevice(), ["four", "five"]);
  const other = await otherDevice();
  const { recoveryKey, version } = await other.setUpBackup();
  await signIn.signIn(account);
  await restore.openUnlock();
  await restore.enterKey(recoveryKey);
  await expect(page.getByText("Your recovery key is right")).toBeVisible();
  const room = await other.createEncryptedRoom("Exported");
  await other.sendWithOwnKeys(room, ["one", "two", "three"]);
  await page.goto("/#/rooms");
  await expect(page.getByText("three")).toBeVisible();

  await page.goto("/#/key-file");
  await page.getByLabel("Passphrase for the file").fill(PASSPHRASE);
  await page.getByLabel("Passphrase once more").fill(PASSPHRASE);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Export keys" }).click(),
  ]);
  await expect(page.getByTestId("export-keys")).toHaveAttribute("data-count", "3");
  await expectNoAccessibilityViolations(page, "key file");
  await page.screenshot({ path: testInfo.outputPath("key-file.png"), fullPage: true });
  const path = await download.path();
  const text = await readFile(path, "utf8");
  const stranger = await otherDevice();
  await stranger.crypto.importRoomKeysAsJson(OlmMachine.decryptExportedRoomKeys(text, PASSPHRASE));
  const messages = await stranger.readMessages(room);
  expect(messages.map(({ body }) => body)).toEqual(["one", "two", "three"]);

  // The other way round: keys that neither this browser nor the backup ever had.
  await expect.poll(async () => (await api.backupVersion(version))?.count).toBe(3);
  await page.getByLabel("Key file", { exact: true }).setInputFiles(made);
  await page.getByLabel("Passphrase of the file").fill("another one");
  await page.getByRole("button", { name: "Import keys" }).click();
  await expect(page.getByTestId("error")).toHaveAttribute("data-code", "key_file");
  await page.getByLabel("Passphrase of the file").fill(PASSPHRASE);
  await page.getByRole("button", { name: "Import keys" }).click();
  const importing = page.getByTestId("import-keys");
  await expect(importing).toHaveAttribute("data-stage", "imported", { timeout: 60_000 });
  await expect(importing).toHaveAttribute("data-total", "2");
  await expect(importing).toHaveAttribute("data-added", "2");
  await page.screenshot({ path: testInfo.outputPath("imported.png"), fullPage: true });
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 360, height: 720 });
  await expectNoAccessibilityViolations(page, "key file, dark and narrow");
  await page.screenshot({ path: testInfo.outputPath("imported-dark.png"), fullPage: true });
  await expect
    .poll(async () => (await api.backupVersion(version))?.count, { timeout: 60_000 })
    .toBe(5);
});

test("signing out waits for the upload, names what stops it, and warns on the last device", async ({
  account,
  api,
  otherDevice,
  page,
  dashboard: { signIn, overview, setUp },
}, testInfo) => {
  test.setTimeout(240_000);
  const made = await fileOfGoneDevice(await otherDevice(), ["one", "two", "three"]);
  const proxy = await FaultProxy.start(account.homeserver);
  try {
    await signIn.signIn({ ...account, homeserver: proxy.url });
    const key = await setUp.showAndSaveKey();
    await setUp.confirm(key);
    await expect(page.getByRole("heading", { name: /backup is (on|set up)|done/i })).toBeVisible();
    await page.goto("/#/");
    await overview.expectBackup("enabled");
    // The plain API session of the test is a device without keys; nobody else is there.
    const mend = proxy.answerWith({
      matches: (method, path) => method === "PUT" && path.includes("/room_keys/keys"),
      answer: {
        kind: "answer",
        status: 403,
        type: "application/json",
        body: JSON.stringify({ errcode: "M_FORBIDDEN", error: "Not here" }),
      },
    });
    await page.goto("/#/key-file");
    await page.getByLabel("Key file", { exact: true }).setInputFiles(made);
    await page.getByLabel("Passphrase of the file").fill(PASSPHRASE);
    await page.getByRole("button", { name: "Import keys" }).click();
    await expect(page.getByTestId("import-keys")).toHaveAttribute("data-added", "3", {
      timeout: 60_000,
    });
    await page.goto("/#/");
    await overview.expectHeadline("upload_failing");
    await expect(page.getByTestId("upload-queue")).toHaveAttribute("data-state", "stopped");
    await expect(page.getByTestId("upload-queue")).toContainText("403 M_FORBIDDEN");
    await expect(page.getByTestId("upload-queue")).toContainText(/every try fail since \d+:\d\d/);
    await page.screenshot({ path: testInfo.outputPath("upload-stopped.png"), fullPage: true });

    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page.getByTestId("sign-out-risk")).toHaveAttribute("data-risk", "pending");
    await expect(page.getByTestId("sign-out-wait")).toHaveAttribute("data-waiting", "3");
    await expect(page.getByTestId("last-device")).toHaveAttribute("data-kind", "none");
    await expect(page.getByRole("dialog")).toContainText(/Next try|Trying again/);
    await expectNoAccessibilityViolations(page, "signing out while keys wait");
    await page.screenshot({ path: testInfo.outputPath("sign-out-wait.png") });
    await page.emulateMedia({ colorScheme: "dark" });
    await page.setViewportSize({ width: 360, height: 720 });
    await expectNoAccessibilityViolations(page, "signing out while keys wait, dark and narrow");
    await page.screenshot({ path: testInfo.outputPath("sign-out-wait-dark.png"), fullPage: true });
    mend();
    await expect(page.getByTestId("sign-out-risk")).toHaveAttribute("data-risk", "none", {
      timeout: 60_000,
    });
    expect((await api.backupVersion())?.count).toBe(3);
    await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
    await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  } finally {
    await proxy.stop();
  }
});
