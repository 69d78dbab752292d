import { expect, type Page } from "@playwright/test";
import { KEYS } from "../fixtures/faulty.ts";
import type { RestorePage } from "../pages/RestorePage.ts";
import type { FaultProxy } from "./FaultProxy.ts";

interface Restoring {
  readonly page: Page;
  readonly network: FaultProxy;
  readonly restore: RestorePage;
  readonly recoveryKey: string;
}

/**
 * From the unlock to a restore whose bytes stand still after some keys are in. So do those of as many
 * `downloads`: after twenty seconds without a byte the next one is begun.
 */
export async function restoreHalf(
  { page, network, restore, recoveryKey }: Restoring,
  downloads = 1,
): Promise<void> {
  await restore.openUnlock();
  await restore.enterKey(recoveryKey);
  await expect(page.getByText("Your recovery key is right")).toBeVisible();
  network.failWith(
    ...Array.from({ length: downloads }, () => ({ kind: "hold", share: 0.3 }) as const),
  );
  await restore.startRestore();
  const done = async () => Number(await restore.progress.getAttribute("data-done"));
  await expect.poll(done, { timeout: 60_000 }).toBeGreaterThanOrEqual(KEYS / 2);
}

/** The number beside a name in the table of a restore that stopped. */
export async function rowOf(page: Page, name: string): Promise<number> {
  const text = await page.getByRole("row", { name }).getByRole("cell").innerText();
  return Number(text.replaceAll(/\D/g, ""));
}

/** Keys in this device's store, as it counts them itself by room. */
export async function keysHere(page: Page): Promise<number> {
  await page.goto("/#/rooms");
  const rooms = page.getByTestId("room");
  await expect(rooms.nth(1)).toHaveAttribute("data-keys", /\d/);
  const counts = await rooms.evaluateAll((all) => all.map((one) => Number(one.dataset["keys"])));
  return counts.reduce((sum, count) => sum + count, 0);
}
