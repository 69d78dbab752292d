import { expect, test } from "../fixtures/index.ts";
import { MatrixApi, MatrixApiError } from "../support/MatrixApi.ts";

test.use({ synapseConfig: { experimental_features: { msc3814_enabled: true } } });

/** The id of the account's dehydrated device, or null when the server says that there is none. */
async function dehydratedDevice(api: MatrixApi): Promise<string | null> {
  const target = "/unstable/org.matrix.msc3814.v1/dehydrated_device";
  try {
    return (await api.request<{ device_id: string }>("GET", target)).device_id;
  } catch (error) {
    if (error instanceof MatrixApiError && error.status === 404) return null;
    throw error;
  }
}

test("a dehydrated device helps nobody, keeps nothing, and goes with the key storage", async ({
  account,
  otherDevice,
  dashboard: { page, signIn, overview, restore, manage, verify },
}) => {
  test.setTimeout(180_000);
  const other = await otherDevice();
  const { recoveryKey, version } = await other.setUpBackup();
  const room = await other.createEncryptedRoom("Family");
  await other.sendWithOwnKeys(room, ["one"]);
  await other.waitForBackupCount(1);
  await other.crypto.startDehydration();
  const standIn = await dehydratedDevice(other.api);
  expect(standIn).not.toBeNull();
  await signIn.signIn(account);
  await other.signOut();

  await overview.checkAgain();
  await verify.press("Verify with another device");
  await expect(page.getByTestId("no-helper")).toContainText("not signed in on any other device");
  await expect(page.getByTestId("own-device")).toHaveCount(0);

  await page.goto("/#/");
  await restore.openUnlock();
  await restore.enterKey(recoveryKey);
  await restore.startRestore();
  expect(await restore.summary()).toMatchObject({ imported: 1, missing: 0 });
  await page.goto("/#/");
  await overview.expectHeadline("ok");
  const api = await MatrixApi.signIn(account.homeserver, account.username, account.password);
  expect(await dehydratedDevice(api), "nothing has removed it so far").toBe(standIn);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByTestId("last-device")).toHaveAttribute("data-kind", "none");
  await page.getByRole("button", { name: "Stay signed in" }).click();

  await manage.open();
  await manage.press("Delete key storage");
  await manage.confirm(version, "Delete key storage");
  await expect(manage.dialog).toContainText("Your key storage is deleted");
  expect(await dehydratedDevice(api)).toBeNull();
  expect(await api.backupVersion()).toBeNull();
});
