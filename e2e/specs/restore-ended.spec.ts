import { expect, faulty, KEYS } from "../fixtures/faulty.ts";
import { keysHere, restoreHalf } from "../support/halfRestore.ts";

faulty(
  "a device removed during its restore keeps what came in, and the next device goes on from there",
  async ({ account, api, network, recoveryKey, dashboard: { page, signIn, restore } }) => {
    faulty.setTimeout(240_000);
    await signIn.signIn({ ...account, homeserver: network.url });
    await restoreHalf({ page, network, restore, recoveryKey });
    const own = (await api.devices()).find(({ display_name: name }) =>
      name?.startsWith("Key Backup"),
    );
    await api.deleteDevice(own?.device_id ?? "", account.password);
    await expect(page.getByRole("heading", { name: "This session was ended" })).toBeVisible({
      timeout: 60_000,
    });
    await expect(
      page.getByText("Any room keys of this session are still in this browser."),
    ).toBeVisible();
    network.release();

    await signIn.password.fill(account.password);
    await signIn.submit();
    await page.getByRole("button", { name: "Sign out" }).waitFor({ timeout: 60_000 });
    await expect.poll(() => keysHere(page), { timeout: 60_000 }).toBeGreaterThanOrEqual(KEYS / 2);
    const carried = await keysHere(page);
    expect(carried).toBeLessThan(KEYS);

    await page.goto("/#/");
    await restore.openUnlock();
    await restore.enterKey(recoveryKey);
    await expect(page.getByText("Your recovery key is right")).toBeVisible();
    await restore.startRestore();
    const { already, imported, ...rest } = await restore.summary();
    expect(rest).toEqual({ total: KEYS, failed: 0, missing: 0 });
    expect(already).toBeGreaterThanOrEqual(carried);
    expect(imported).toBe(KEYS - already);
    await expect.poll(() => keysHere(page)).toBe(KEYS);
  },
);
