import { expect, test } from "../fixtures/index.ts";
import { FaultProxy } from "../support/FaultProxy.ts";
import { seedBackup } from "../support/seedBackup.ts";

test("the room used last is readable while the rest is still on its way, and any other can be asked for", async ({
  account,
  otherDevice,
  api,
  dashboard: { page, signIn, restore },
}) => {
  const other = await otherDevice();
  const { recoveryKey, version, backupPublicKey } = await other.setUpBackup();
  const rooms = await Promise.all(["Old", "Older"].map((name) => api.createRoom({ name })));
  const club = await other.createEncryptedRoom("Book club");
  await other.sendWithOwnKeys(club, ["club one", "club two"]);
  const family = await other.createEncryptedRoom("Family");
  await other.sendWithOwnKeys(family, ["family one", "family two"]);
  await other.waitForBackupCount(4);
  other.stop();
  // More than the two rooms, so that only the first comes by itself.
  const { count } = await seedBackup({ api, version, backupPublicKey, rooms, count: 60 });

  const proxy = await FaultProxy.start(account.homeserver);
  proxy.failWith({ kind: "hold", share: 0 });
  await signIn.signIn({ ...account, homeserver: proxy.url });
  await restore.openUnlock();
  await restore.enterKey(recoveryKey);
  await restore.startRestore();
  await expect(restore.progress).toHaveAttribute("data-done", "2");

  await page.getByRole("link", { name: "Rooms" }).click();
  const room = (name: string) => page.getByTestId("room").filter({ hasText: name });
  await expect(room("Family").getByText("family two")).toBeVisible();
  await expect(room("Family").getByText("Keys restored")).toBeVisible();
  await expect(room("Book club").getByText("club two")).toHaveCount(0);
  await expect(page).toHaveTitle(/%/);

  await page.getByRole("button", { name: "Restore this room first Book club" }).click();
  await expect(room("Book club").getByText("club two")).toBeVisible();
  await expect(room("Book club").getByText("Keys restored")).toBeVisible();

  proxy.release();
  await page.goto("/#/restore");
  expect(await restore.summary()).toEqual({
    total: count,
    imported: count,
    already: 0,
    failed: 0,
    missing: 0,
  });
  await proxy.stop();
});
