import type { BenchPage } from "../browser/openPage.ts";
import type { Bench } from "../lib/Bench.ts";
import { restore, wishOf } from "../lib/measureRun.ts";
import { usualPlan } from "../lib/plan.ts";
import { row, type Row, type Target } from "../lib/rows.ts";
import { median, spread } from "../lib/statistics.ts";
import type { RestoreWish } from "../page/benchApi.ts";
import { keys } from "./figure.ts";

const redoneTarget: Target = { of: "value", better: "less", atLeast: 5, aim: 0 };

interface Resumed {
  readonly storedBefore: number;
  /** Shares of the keys stored before the crash, in per cent. */
  readonly decryptedAgain: number;
  readonly importedAgain: number;
  readonly seconds: number;
}

/**
 * Kills the page's process at half way, opens the same session again and restores the rest. In two
 * sizes, because what is redone is what was in flight: a number of keys, not a share.
 */
export async function measureCrash(bench: Bench): Promise<readonly Row[]> {
  const { small, large } = bench.options.sizes;
  const rows: Row[] = [];
  for (const count of new Set([small, large])) rows.push(...(await measureCrashes(bench, count)));
  return rows;
}

async function measureCrashes(bench: Bench, count: number): Promise<readonly Row[]> {
  const resumed: Resumed[] = [];
  for (let round = 1; round <= bench.options.rounds; round++) {
    const run = await crashAndResume(bench, count);
    resumed.push(run);
    bench.say(
      `  crash at ${run.storedBefore} keys, the rest in ${run.seconds.toFixed(2)} s (round ${round})`,
    );
  }
  const ofAll = (read: (run: Resumed) => number) => {
    const values = resumed.map(read);
    return { value: median(values), spread: spread(values) };
  };
  const redone = ofAll((run) => Math.max(run.decryptedAgain, run.importedAgain));
  return [
    row(`work done again after a crash, ${keys(count)}`, "%", redone, redoneTarget),
    row(
      `the rest after the crash, ${keys(count)}`,
      "s",
      ofAll((run) => run.seconds),
    ),
  ];
}

async function crashAndResume(bench: Bench, count: number): Promise<Resumed> {
  const backend = await bench.backend(count);
  const session = await backend.newSession({ encryptedStore: true });
  const wish = wishOf(backend, usualPlan("ours", count));
  return bench.withBrowser(async (browser) => {
    await crashHalfWay(await browser.openPage(session), wish);

    const page = await browser.openPage(session);
    const storedBefore = await page.page.evaluate(() => window.bench.countStored());
    const run = await restore(page, wish);
    const stored = await page.page.evaluate(() => window.bench.countStored());
    if (stored !== count || storedBefore === 0 || storedBefore === count) {
      throw new Error(
        `${storedBefore} keys were stored before the crash, ${stored} after the rest`,
      );
    }
    // What was missing had to be done; what was done beyond that was done before.
    const again = (done: number | null): number =>
      (Math.max(0, (done ?? 0) - (count - storedBefore)) / storedBefore) * 100;
    return {
      storedBefore,
      decryptedAgain: again(run.decrypted),
      importedAgain: again(run.handedIn),
      seconds: run.ms / 1_000,
    };
  });
}

async function crashHalfWay({ page, session }: BenchPage, wish: RestoreWish): Promise<void> {
  const crashed = page.waitForEvent("crash", { timeout: 0 });
  // Neither the restore nor the command that ends it is ever answered.
  page.evaluate((given) => window.bench.restore(given), wish).catch(() => undefined);
  await page.waitForFunction((half) => window.bench.progress() >= half, wish.expected / 2, {
    polling: 20,
    timeout: 0,
  });
  session.send("Page.crash").catch(() => undefined);
  await crashed;
  await page.close();
}
