import { expect, test } from "../fixtures/index.ts";
import { signInUnlocked } from "../support/signInUnlocked.ts";

test("a server that fails is shown as unknown, never as no backup", async ({
  account,
  page,
  dashboard: { signIn, overview },
}) => {
  const faults = [
    { status: 500, json: { errcode: "M_UNKNOWN", error: "Internal server error" } },
    { status: 502, contentType: "text/html", body: "<h1>Bad gateway</h1>" },
    { status: 404, json: { errcode: "M_UNRECOGNIZED", error: "Unrecognized request" } },
    { status: 404, contentType: "text/html", body: "<h1>Not found</h1>" },
    { status: 200, contentType: "text/html", body: "<h1>Welcome to our wifi</h1>" },
    null,
  ];
  let fault: (typeof faults)[number] | undefined = faults[0];
  await page.route("**/room_keys/version", (route) => {
    if (fault === undefined || route.request().method() !== "GET") return route.continue();
    if (fault === null) return route.abort("connectionrefused");
    return route.fulfill({ ...fault, headers: { "access-control-allow-origin": "*" } });
  });
  await signIn.signIn(account);
  for (const next of faults) {
    fault = next;
    const asked = page.waitForRequest("**/room_keys/version");
    await overview.checkAgain();
    await asked;
    await overview.expectBackup("unknown");
    await overview.expectHeadline("unknown");
    await expect(page.getByRole("button", { name: "Set up backup" })).toHaveCount(0);
  }
  fault = undefined;
  await overview.checkAgain();
  await overview.expectBackup("none");
  await overview.expectHeadline("set_up_recovery");
});

test("a backup made, replaced and deleted by another device shows by itself", async ({
  account,
  otherDevice,
  page,
  dashboard: { signIn, overview },
}) => {
  await page.clock.install();
  await signIn.signIn(account);
  await overview.expectBackup("none");

  const other = await otherDevice();
  await other.setUpBackup();
  await page.clock.fastForward(60_000);
  await overview.expectBackup("untrusted", { version: "1" });

  const second = await other.resetBackup();
  await page.clock.fastForward(60_000);
  await overview.expectBackup("untrusted", { version: second });

  await other.deleteBackup();
  await page.clock.fastForward(60_000);
  await overview.expectBackup("none");
});

test("a deletion elsewhere stops the upload, is said in words, and creates nothing", async ({
  account,
  otherDevice,
  page,
  dashboard: { signIn, overview, restore },
}) => {
  const other = await otherDevice();
  const { recoveryKey, version } = await other.setUpBackup();
  await signInUnlocked({ page, signIn, restore }, account, recoveryKey);
  await page.goto("/#/");
  await overview.expectBackup("enabled", { version });

  const writes: string[] = [];
  page.on("request", (request) => {
    if (request.method() !== "GET" && /room_keys\/version/.test(request.url()))
      writes.push(`${request.method()} ${request.url()}`);
  });
  await other.deleteBackup();
  await overview.checkAgain();
  await overview.expectBackup("none");
  await expect(page.getByText(/backup version 1/i).first()).toBeVisible();
  expect(writes).toEqual([]);
});

test("the crypto events of the SDK reach the page as they happen", async ({
  account,
  otherDevice,
  page,
  dashboard: { signIn, overview, restore },
}) => {
  test.setTimeout(180_000);
  const other = await otherDevice();
  const { recoveryKey, version } = await other.setUpBackup();
  const room = await other.createEncryptedRoom("Live");
  await other.sendWithOwnKeys(room, ["before"]);
  const first = await other.waitForBackupCount(1);
  await signInUnlocked({ page, signIn, restore }, account, recoveryKey);

  // KeyBackupDecryptionKeyCached and KeyBackupStatus(true): the key fits and upload is on.
  await page.goto("/#/");
  await overview.expectTrust("trusted", "match");
  await overview.expectBackup("enabled", { version, count: String(first.count) });

  // KeyBackupSessionsRemaining: a key that arrives by sync is waiting, then uploaded.
  await other.sendWithOwnKeys(room, ["after"]);
  await overview.expectBackup("enabled", { pending: "0" });

  // KeyBackupFailed: the server refuses the upload; the page stops claiming that all is well.
  await page.route("**/room_keys/keys?*", (route) =>
    route.request().method() === "PUT"
      ? route.fulfill({
          status: 403,
          json: { errcode: "M_WRONG_ROOM_KEYS_VERSION", current_version: "9" },
          headers: { "access-control-allow-origin": "*" },
        })
      : route.continue(),
  );
  await other.sendWithOwnKeys(room, ["not saved yet"]);
  // The SDK waits up to ten seconds before it uploads.
  await expect(overview.headline).toHaveAttribute("data-state", "upload_failing", {
    timeout: 60_000,
  });
  await expect(page.getByRole("main")).toContainText("M_WRONG_ROOM_KEYS_VERSION");
  await expect(overview.backup).not.toHaveAttribute("data-pending", "0");

  await page.unroute("**/room_keys/keys?*");
  // What is left to do is the key from before this device, which was never restored here.
  await expect(overview.headline).toHaveAttribute("data-state", "restore_available", {
    timeout: 60_000,
  });
  await overview.expectBackup("enabled", { pending: "0" });
});
