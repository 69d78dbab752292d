import { expect, test } from "../fixtures/index.ts";

test("a person without a backup sets one up, and another device can open it with the key", async ({
  account,
  api,
  otherDevice,
  dashboard: { page, signIn, setUp, overview },
}) => {
  await signIn.signIn(account);
  await overview.expectBackup("none");
  await overview.expectHeadline("set_up_recovery");

  const writes: string[] = [];
  page.on("request", (request) => {
    const path = new URL(request.url()).pathname;
    if (["PUT", "POST", "DELETE"].includes(request.method()))
      if (/room_keys|account_data|device_signing/.test(path)) writes.push(path);
  });
  const key = await setUp.showAndSaveKey();
  expect(writes, "nothing on the server changes before the key is confirmed").toEqual([]);

  await setUp.confirm(key.replaceAll(" ", "").replace(/(.{6})/g, "$1\n"));
  await expect(page.getByRole("heading", { name: /backup is (on|set up)|done/i })).toBeVisible({
    timeout: 60_000,
  });

  const backup = await api.backupVersion();
  expect(backup).not.toBeNull();
  const signatures: unknown = backup?.auth_data["signatures"];
  const signers = Object.keys((signatures as Record<string, object>)[account.userId] ?? {});
  expect(signers, "signed by the device and by the master key").toHaveLength(2);
  expect(await api.accountData("m.secret_storage.default_key")).toHaveProperty("key");
  expect(await api.accountData("m.megolm_backup.v1")).toHaveProperty("encrypted");

  const other = await otherDevice();
  await other.unlock(key);
  const status = await other.status();
  expect(status).toMatchObject({
    verified: true,
    holdsDecryptionKey: true,
    activeVersion: backup?.version,
    trust: { trusted: true, matchesDecryptionKey: true },
  });

  await page.goto("/#/");
  await overview.expectBackup("enabled", { version: backup?.version ?? "" });
  await overview.expectTrust("trusted", "match");
  await overview.expectHeadline("ok");
  // There is no key yet, neither here nor there: nothing is called backed up.
  await expect(overview.headline).toContainText("Backup is ready");
});

test("a mistyped confirmation is named and sends nothing", async ({
  account,
  api,
  dashboard: { page, signIn, setUp },
}) => {
  await signIn.signIn(account);
  const key = await setUp.showAndSaveKey();
  await setUp.confirm(`${key.slice(0, -1)}${key.endsWith("2") ? "3" : "2"}`);
  await expect(setUp.confirmField).toHaveAttribute("aria-invalid", "true");
  expect(await api.backupVersion()).toBeNull();
  expect(await api.accountData("m.secret_storage.default_key")).toBeNull();
  await setUp.confirm(key);
  await expect(page.getByRole("heading", { name: /backup is (on|set up)|done/i })).toBeVisible({
    timeout: 60_000,
  });
});

const steps = [
  { name: "the identity", method: "POST", path: "**/keys/device_signing/upload" },
  { name: "secret storage", method: "PUT", path: "**/account_data/m.secret_storage.key.*" },
  { name: "the default key", method: "PUT", path: "**/account_data/m.secret_storage.default_key" },
  { name: "the backup's secret", method: "PUT", path: "**/account_data/m.megolm_backup.v1" },
  { name: "the backup", method: "POST", path: "**/room_keys/version" },
] as const;

for (const step of steps) {
  test(`a server that fails at ${step.name} loses nothing, and the same key works on retry`, async ({
    account,
    api,
    otherDevice,
    dashboard: { page, signIn, setUp },
  }) => {
    await signIn.signIn(account);
    const deletions: string[] = [];
    page.on("request", (request) => {
      if (request.method() === "DELETE") deletions.push(request.url());
    });
    let failing = true;
    await page.route(step.path, (route) =>
      failing && route.request().method() === step.method
        ? route.fulfill({
            status: 500,
            json: { errcode: "M_UNKNOWN", error: "Internal server error" },
            headers: { "access-control-allow-origin": "*" },
          })
        : route.continue(),
    );
    const key = await setUp.showAndSaveKey();
    await setUp.confirm(key);
    await expect(page.getByTestId("error")).toBeVisible({ timeout: 60_000 });
    await expect(page.getByRole("heading", { name: /backup is (on|set up)/i })).toBeHidden();

    failing = false;
    await page.getByRole("button", { name: "Retry" }).click();
    await expect(page.getByRole("heading", { name: /backup is (on|set up)|done/i })).toBeVisible({
      timeout: 60_000,
    });
    expect(deletions).toEqual([]);
    expect((await api.backupVersion())?.version).toBe("1");
    const other = await otherDevice();
    await other.unlock(key);
    expect((await other.status()).trust).toEqual({ trusted: true, matchesDecryptionKey: true });
  });
}

test("a backup that exists is used, not replaced", async ({
  account,
  otherDevice,
  dashboard: { page, signIn, overview },
}) => {
  const other = await otherDevice();
  const made = await other.setUpBackup();
  await signIn.signIn(account);
  await overview.expectBackup("untrusted", { version: made.version });
  await expect(page.getByRole("button", { name: "Set up backup" })).toHaveCount(0);
  await page.goto("/#/set-up");
  await expect(page.getByTestId("recovery-key")).toHaveCount(0);
  expect((await other.api.backupVersion())?.version).toBe(made.version);
});
