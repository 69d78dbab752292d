import { expect, test } from "../fixtures/index.ts";
import { watchContext } from "../fixtures/watch.ts";
import { launchWithHistoryCache } from "../support/historyCacheBrowser.ts";
import { decryptWorkerPath, startWorker } from "../support/plantedWorker.ts";
import { watchPuppeteerPage } from "../support/watchPuppeteerPage.ts";

// The proof that every other spec would see it: what must not happen is made to happen.

/** Runs inside a page or worker: what the policy keeps back, an error, and a third party. */
function misbehave(name: string): void {
  void fetch(`http://kept-back-in-${name}.example/`).catch(() => undefined);
  void fetch(`https://asked-in-${name}.example/`).catch(() => undefined);
  setTimeout(() => {
    throw new Error(`thrown in ${name}`);
  });
}

test("violations, third parties and errors are seen in pages and in their workers, from the first script on", async ({
  browser,
  baseURL,
}) => {
  const context = await browser.newContext({ baseURL: baseURL ?? "" });
  const isOwnHost = (host: string) => host === new URL(baseURL ?? "").host;
  const watch = await watchContext(context, isOwnHost, baseURL);
  const page = await context.newPage();
  const path = await decryptWorkerPath();
  await page.route(`**${path}`, async (route) => {
    const response = await route.fetch();
    const body = `try { new Function("1")(); } catch {}\n${await response.text()}`;
    await route.fulfill({ response, body });
  });
  await page.goto("/");
  await page.evaluate(misbehave, "page");
  // By its event and by the console, each of which says what the other does not.
  for (const told of ["connect-src http://kept-back-in-page", "to 'http://kept-back-in-page"])
    await expect.poll(() => watch.cspViolations.join()).toContain(told);
  expect(watch.cspViolations.join()).not.toContain("in a worker");
  await expect.poll(() => watch.pageErrors).toEqual(["thrown in page"]);
  await expect.poll(() => watch.foreignRequests).toEqual(["https://asked-in-page.example"]);

  const started = page.waitForEvent("worker");
  await page.evaluate(startWorker, path);
  const worker = await started;
  await expect.poll(() => watch.cspViolations.join()).toMatch(/in a worker: .*TrustedScript/);
  await worker.evaluate(misbehave, "worker");
  await expect.poll(() => watch.cspViolations.join()).toMatch(/in a worker: .*kept-back-in-worker/);
  await expect.poll(() => watch.pageErrors).toContain("thrown in worker");
  await expect.poll(() => watch.foreignRequests).toContain("https://asked-in-worker.example");
  await context.close();
});

test("the browser with a back/forward cache is watched as the others are", async ({ baseURL }) => {
  const browser = await launchWithHistoryCache();
  try {
    const page = await browser.newPage();
    const watch = await watchPuppeteerPage(page, [baseURL ?? ""]);
    await page.goto(baseURL ?? "");
    await page.evaluate(misbehave, "page");
    const started = new Promise<void>((resolve, reject) => {
      page.once("workercreated", (worker) => {
        worker.evaluate(misbehave, "worker").then(resolve, reject);
      });
    });
    await page.evaluate(startWorker, await decryptWorkerPath());
    await started;
    for (const where of ["page", "worker"]) {
      await expect.poll(() => watch.cspViolations.join()).toContain(`kept-back-in-${where}`);
      await expect.poll(() => watch.pageErrors.join()).toContain(`thrown in ${where}`);
      await expect.poll(() => watch.foreignRequests).toContain(`https://asked-in-${where}.example`);
    }
  } finally {
    await browser.close();
  }
});
