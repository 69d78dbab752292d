import { expect, faulty, KEYS } from "../fixtures/faulty.ts";
import { keysHere, restoreHalf } from "../support/halfRestore.ts";

// Tokens end while the bytes of a restore stand still, and not before it has begun.
faulty.use({ synapseConfig: { session_lifetime: "45s" } });

faulty(
  "a restore whose token expires goes on, on the same device, once the password is given",
  async ({ account, network, recoveryKey, dashboard: { page, signIn, restore } }) => {
    faulty.setTimeout(240_000);
    await signIn.signIn({ ...account, homeserver: network.url });
    await restoreHalf({ page, network, restore, recoveryKey }, 3);
    await expect(
      page.getByText("Nothing is lost: your keys are still in this browser."),
    ).toBeVisible({ timeout: 90_000 });
    network.release();

    await signIn.password.fill(account.password);
    await signIn.submit();
    await page.getByRole("button", { name: "Sign out" }).waitFor({ timeout: 60_000 });
    await page.getByRole("button", { name: "Resume" }).click();
    const { already, imported, ...rest } = await restore.summary();
    expect(rest).toEqual({ total: KEYS, failed: 0, missing: 0 });
    expect(already).toBeGreaterThanOrEqual(KEYS / 2);
    expect(already).toBeLessThan(KEYS);
    expect(imported).toBe(KEYS - already);
    await expect.poll(() => keysHere(page)).toBe(KEYS);
  },
);
