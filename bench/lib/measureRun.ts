import type { BenchBrowser, BenchPage } from "../browser/openPage.ts";
import { traceTasks } from "../browser/traceTasks.ts";
import { watchUsage } from "../browser/watchUsage.ts";
import type { RestoreRun, RestoreWish } from "../page/benchApi.ts";
import type { Backend } from "./backend.ts";
import type { RunPlan, RunRecord } from "./plan.ts";

/**
 * One restore into an empty store, measured. Fails when a key is missing afterwards: sides that do
 * not do the same work are not compared.
 */
export async function measureRun(
  browser: BenchBrowser,
  backend: Backend,
  plan: RunPlan,
  options: { readonly again: boolean },
): Promise<RunRecord> {
  const session = await backend.newSession({ encryptedStore: plan.encryptedStore });
  const page = await browser.openPage(session);
  const before = await measureMemory(page);
  await page.settle();

  backend.setLink(plan.link);
  const endTrace = plan.trace ? await traceTasks(page.session) : null;
  const endUsage = watchUsage(browser.profile);
  const run = await restore(page, wishOf(backend, plan));
  const usage = endUsage?.() ?? null;
  const tasks = (await endTrace?.()) ?? null;

  const stored = await page.page.evaluate(() => window.bench.countStored());
  requireWhole(run, stored, backend.count);
  const after = await measureMemory(page);
  const again = options.again ? await restore(page, wishOf(backend, plan)) : null;
  if (again !== null && again.already !== backend.count) {
    throw new Error(`the second restore found ${again.already} keys here`);
  }
  backend.setLink(null);
  return { plan, run, usage, tasks, again, heap: { before, after } };
}

/** What the page is asked to do for a plan. */
export function wishOf(backend: Backend, plan: RunPlan): RestoreWish {
  return {
    side: plan.side,
    expected: backend.count,
    firstRoom: backend.lastUsedRoom,
    workers: plan.workers,
    decryptWith: plan.decryptWith,
  };
}

/** Runs a restore in the page. */
export function restore(page: BenchPage, wish: RestoreWish): Promise<RestoreRun> {
  return page.page.evaluate((given) => window.bench.restore(given), wish);
}

function measureMemory(page: BenchPage): Promise<number | null> {
  return page.page.evaluate(() => window.bench.measureMemory());
}

function requireWhole(run: RestoreRun, stored: number, count: number): void {
  if (run.imported !== count || stored !== count || run.failed !== 0) {
    throw new Error(
      `of ${count} keys ${run.imported} were imported, ${run.failed} failed, ${stored} are stored`,
    );
  }
  // The outside counters feed the crash figure; at zero they would call any engine perfect.
  if (run.decrypted !== null && run.decrypted < count) {
    throw new Error(`${run.decrypted} of ${count} decryptions were seen: adapt page/wiring.ts`);
  }
}
