import type { CDPSession, Page } from "puppeteer-core";
import type { PageWatch } from "../fixtures/watch.ts";

/**
 * Watches a page that puppeteer drives, and its workers, as `watchContext` watches those of
 * Playwright; to be called before it goes anywhere. `ownUrls` are what it may talk to.
 */
export async function watchPuppeteerPage(
  page: Page,
  ownUrls: readonly string[],
): Promise<PageWatch> {
  const watch: PageWatch = { cspViolations: [], foreignRequests: [], pageErrors: [] };
  const hosts = new Set(ownUrls.map((url) => new URL(url).host));
  page.on("request", (request) => {
    const { protocol, host, origin } = new URL(request.url());
    if (/^https?:$/.test(protocol) && !hosts.has(host)) watch.foreignRequests.push(origin);
  });
  const noteError = (error: unknown): void => void watch.pageErrors.push(String(error));
  page.on("pageerror", noteError);
  page.on("workercreated", (worker) => {
    watchLog(worker.client, watch).catch(noteError);
  });
  await watchLog(await page.createCDPSession(), watch);
  return watch;
}

async function watchLog(devtools: CDPSession, watch: PageWatch): Promise<void> {
  devtools.on("Log.entryAdded", ({ entry }) => {
    if (entry.source === "security") watch.cspViolations.push(entry.text);
  });
  await devtools.send("Log.enable");
}
