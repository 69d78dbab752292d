import { dashboardOn, expect, test } from "../fixtures/index.ts";
import { crashPage } from "../support/crashPage.ts";
import { FaultProxy } from "../support/FaultProxy.ts";

/** The changes that a set-up makes, in their order. */
const CHANGES = [
  { name: "the identity", of: /POST .*device_signing\/upload/ },
  { name: "the recovery key's description", of: /PUT .*m\.secret_storage\.key\./ },
  { name: "the default key", of: /PUT .*m\.secret_storage\.default_key/ },
  { name: "the identity's secret", of: /PUT .*m\.cross_signing\.master/ },
  { name: "the backup's secret", of: /PUT .*m\.megolm_backup\.v1/ },
  { name: "the version", of: /POST .*room_keys\/version/ },
  { name: "the word that backup is on", of: /PUT .*m\.key_backup/ },
];

for (const change of CHANGES) {
  for (const reaches of [true, false]) {
    test(`a set-up killed at ${change.name}, ${reaches ? "done" : "not done"} by the server, is ended by the next one`, async ({
      account,
      api,
      otherDevice,
      context,
      dashboard,
    }) => {
      const network = await FaultProxy.start(account.homeserver);
      await dashboard.signIn.signIn({ ...account, homeserver: network.url });
      const shown = await dashboard.setUp.showAndSaveKey();
      const happened = network.freezeAtChange({ of: change.of, nth: 1, reaches });
      await dashboard.setUp.confirm(shown);
      await happened;
      await crashPage(dashboard.page, context);
      network.thaw();
      // Whatever there is by now opens with the key that was saved.
      const pointer = await api.accountData("m.secret_storage.default_key");
      const before = await api.backupVersion();

      const { page, setUp, restore } = dashboardOn(await context.newPage(), context);
      await page.goto("/#/");
      await expect(page.getByTestId("device-state")).not.toHaveAttribute("data-state", "checking");
      let key = shown;
      // At the last change all that matters is done: then there is nothing left to do.
      const isDone = change.of.source.includes("key_backup");
      if (isDone) {
        await expect(page.getByTestId("device-state")).toHaveAttribute("data-state", "ok");
      } else if (before !== null) {
        await restore.openUnlock();
        await restore.enterKey(shown);
        await expect(page.getByText("Your recovery key is right")).toBeVisible();
      } else {
        if (pointer === null) key = await setUp.showAndSaveKey();
        else {
          await setUp.start();
          await page.getByRole("button", { name: "Enter recovery key" }).click();
        }
        await setUp.confirmField.waitFor();
        await setUp.confirmField.fill(key);
        await setUp.confirmField.press("Enter");
        await expect(page.getByRole("heading", { name: "Your backup is set up" })).toBeVisible();
      }

      const device = await otherDevice();
      await device.unlock(key);
      expect(await device.status()).toMatchObject({
        verified: true,
        holdsDecryptionKey: true,
        trust: { trusted: true, matchesDecryptionKey: true },
      });
      const after = await api.backupVersion();
      // One version: the one that was made before the crash, if any.
      expect(after?.version).toBe(before?.version ?? "1");
      await network.stop();
    });
  }
}
