import type { BrowserContext, Page } from "@playwright/test";

/** Kills the page's process, as a crash of the browser would. Nothing of the page runs after it. */
export async function crashPage(page: Page, context: BrowserContext): Promise<void> {
  const crashed = page.waitForEvent("crash");
  const devtools = await context.newCDPSession(page);
  // The command that ends the page is never answered.
  devtools.send("Page.crash").catch(() => undefined);
  await crashed;
  await page.close();
}
