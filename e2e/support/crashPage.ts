import type { BrowserContext, Page } from "@playwright/test";

/** Kills the page's process, as a crash of the tab does; nothing in it runs on. */
export async function crashPage(context: BrowserContext, page: Page): Promise<void> {
  const crashed = page.waitForEvent("crash");
  const devtools = await context.newCDPSession(page);
  // The command that ends the page is never answered.
  devtools.send("Page.crash").catch(() => undefined);
  await crashed;
  await page.close();
}
