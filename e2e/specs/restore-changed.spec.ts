import type { Page } from "@playwright/test";
import { expect, faulty, KEYS } from "../fixtures/faulty.ts";
import type { MatrixApi } from "../support/MatrixApi.ts";
import type { SetUpPage } from "../pages/SetUpPage.ts";
import { keysHere, restoreHalf, rowOf } from "../support/halfRestore.ts";

async function countOf(api: MatrixApi, version: string): Promise<number | undefined> {
  return (await api.backupVersion(version))?.count;
}

/** Makes a new backup with the recovery key that the account has. */
async function setUpAgain(
  { page, setUp }: { readonly page: Page; readonly setUp: SetUpPage },
  recoveryKey: string,
): Promise<void> {
  await setUp.start();
  await page.getByRole("button", { name: "Enter recovery key" }).click();
  await setUp.confirm(recoveryKey);
  await expect(page.getByText("Your backup is set up")).toBeVisible({ timeout: 60_000 });
}

faulty(
  "a backup deleted while its keys arrive is named, what came in stays, and goes into the next backup",
  async ({ account, api, network, seeded, recoveryKey, dashboard }) => {
    faulty.setTimeout(240_000);
    const { page, signIn, restore, overview } = dashboard;
    await signIn.signIn({ ...account, homeserver: network.url });
    await restoreHalf({ page, network, restore, recoveryKey });
    await api.deleteBackupVersion(seeded.version);
    network.cutHeld();
    await expect(page.getByTestId("error")).toHaveAttribute("data-code", "no_backup");

    const kept = await rowOf(page, "Newly stored");
    expect(kept).toBeGreaterThanOrEqual(KEYS / 2);
    expect(kept).toBeLessThan(KEYS);
    expect(await rowOf(page, "Already here")).toBe(0);
    expect(await rowOf(page, "Failed")).toBe(0);
    expect(await rowOf(page, "Keys processed")).toBe(kept);
    expect(await rowOf(page, "Not downloaded yet")).toBe(KEYS - kept);
    await expect(page.getByText(`${kept} keys of the backup are on this device`)).toBeVisible();
    expect(network.keyChanges, "nothing was made or deleted by itself").toEqual([]);
    expect(await keysHere(page)).toBe(kept);

    await page.goto("/#/");
    await overview.expectBackup("none", { pending: String(kept) });
    await expect(page.getByTestId("backup-notice")).toHaveAttribute("data-kind", "disappeared");
    await setUpAgain(dashboard, recoveryKey);
    await expect
      .poll(async () => (await api.backupVersion())?.count, { timeout: 60_000 })
      .toBe(kept);
  },
);

faulty(
  "a restore that ends after its backup was deleted has every key, and they go into the next backup",
  async ({ account, api, network, seeded, recoveryKey, dashboard }) => {
    faulty.setTimeout(240_000);
    const { page, signIn, restore, overview } = dashboard;
    await signIn.signIn({ ...account, homeserver: network.url });
    await restoreHalf({ page, network, restore, recoveryKey });
    await api.deleteBackupVersion(seeded.version);
    await page.goto("/#/");
    await overview.checkAgain();
    await overview.expectBackup("none");
    // The SDK has noticed as well; the rest of the keys comes in after that.
    await expect(page.getByTestId("backup-notice")).toHaveAttribute("data-kind", "disappeared");
    network.release();
    await page.goto("/#/restore");
    expect(await restore.summary()).toEqual({
      total: KEYS,
      imported: KEYS,
      already: 0,
      failed: 0,
      missing: 0,
    });
    await expect.poll(() => keysHere(page)).toBe(KEYS);

    await page.goto("/#/");
    await overview.expectBackup("none", { pending: String(KEYS) });
    await setUpAgain(dashboard, recoveryKey);
    await expect
      .poll(async () => (await api.backupVersion())?.count, { timeout: 60_000 })
      .toBe(KEYS);
  },
);

faulty(
  "a backup replaced while its keys arrive is named with both versions, and what came in goes into the new one",
  async ({ account, api, network, seeded, dashboard }) => {
    faulty.setTimeout(240_000);
    const { page, signIn, restore, overview } = dashboard;
    await signIn.signIn({ ...account, homeserver: network.url });
    await restoreHalf({ page, network, restore, recoveryKey: seeded.recoveryKey });
    const next = await seeded.other.resetBackup();
    network.cutHeld();
    await expect(page.getByTestId("error")).toHaveAttribute("data-code", "backup_changed");
    await expect(page.getByTestId("error")).toContainText(`version ${seeded.version}`);
    await expect(page.getByTestId("error")).toContainText(`version ${next}`);
    const kept = await rowOf(page, "Newly stored");
    expect(await rowOf(page, "Keys processed")).toBe(kept);
    expect(await rowOf(page, "Not downloaded yet")).toBe(KEYS - kept);
    expect(await keysHere(page)).toBe(kept);

    // Signed by the identity, so keys go up to it.
    await page.goto("/#/");
    await overview.expectBackup("enabled", { version: next });
    await expect.poll(() => countOf(api, next), { timeout: 60_000 }).toBe(kept);
    seeded.other.stop();
  },
);

faulty(
  "a restore that ends after its backup was replaced has every key, and they go into the new one",
  async ({ account, api, network, seeded, dashboard }) => {
    faulty.setTimeout(240_000);
    const { page, signIn, restore, overview } = dashboard;
    await signIn.signIn({ ...account, homeserver: network.url });
    await restoreHalf({ page, network, restore, recoveryKey: seeded.recoveryKey });
    const next = await seeded.other.resetBackup();
    await page.goto("/#/");
    await overview.checkAgain();
    await expect(overview.backup).toHaveAttribute("data-version", next);
    // What came in before is uploaded at once; the rest comes in after that.
    await expect.poll(() => countOf(api, next), { timeout: 60_000 }).toBeGreaterThan(0);
    network.release();
    await page.goto("/#/restore");
    expect(await restore.summary()).toMatchObject({ total: KEYS, imported: KEYS, missing: 0 });
    await expect(page.getByText(`Result for backup version ${seeded.version}`)).toBeVisible();
    await expect.poll(() => keysHere(page)).toBe(KEYS);
    await expect.poll(() => countOf(api, next), { timeout: 60_000 }).toBe(KEYS);
    seeded.other.stop();
  },
);

faulty(
  "keys that a closed page had in a backup go into the one that replaced it meanwhile",
  async ({ account, api, seeded, dashboard }) => {
    faulty.setTimeout(240_000);
    const { page, signIn, restore, overview } = dashboard;
    await signIn.signIn(account);
    await restore.openUnlock();
    await restore.enterKey(seeded.recoveryKey);
    await expect(page.getByText("Your recovery key is right")).toBeVisible();
    await restore.startRestore();
    expect(await restore.summary()).toMatchObject({ imported: KEYS });
    await page.goto("about:blank");
    const next = await seeded.other.resetBackup();
    seeded.other.stop();
    await page.goto("/");
    await expect(overview.backup).toHaveAttribute("data-version", next);
    await expect.poll(() => countOf(api, next), { timeout: 60_000 }).toBe(KEYS);
  },
);
