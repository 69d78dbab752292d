import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type BrowserContext, type CDPSession, type Page } from "playwright";
import type { SessionWish } from "../page/benchApi.ts";

/** A browser of its own with an empty profile on disk, so that IndexedDB is a person's. */
export interface BenchBrowser {
  readonly profile: string;
  readonly version: string;
  /** A page with the benchmark loaded and the session open. */
  openPage(wish: SessionWish): Promise<BenchPage>;
  close(): Promise<void>;
}

export interface BenchPage {
  readonly page: Page;
  readonly session: CDPSession;
  /** Collects garbage and lets the page come to rest. */
  settle(): Promise<void>;
}

/** Lets `measureUserAgentSpecificMemory` answer at once instead of at some next collection. */
const memoryArgs = ["--enable-blink-features=ForceEagerMeasureMemory"];

/**
 * Starts a browser. Not a mere context of a running one: the contexts of Playwright are private
 * windows, whose IndexedDB lies in memory.
 */
export async function openBrowser(options: {
  readonly pageUrl: string;
  readonly chromiumPath: string;
}): Promise<BenchBrowser> {
  const profile = await mkdtemp(join(tmpdir(), "key-backup-bench-"));
  const remove = (): Promise<void> =>
    rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  let context: BrowserContext;
  try {
    context = await chromium.launchPersistentContext(profile, {
      executablePath: options.chromiumPath,
      args: [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), ...memoryArgs],
      // Who started the benchmark ends it: then the profile is removed too.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    profile,
    version: context.browser()?.version() ?? "unknown",
    async openPage(wish) {
      const page = await context.newPage();
      await page.goto(options.pageUrl);
      await page.waitForFunction(() => window.bench !== undefined && crossOriginIsolated);
      await page.evaluate((given) => window.bench.open(given), wish);
      const session = await context.newCDPSession(page);
      return {
        page,
        session,
        async settle() {
          await session.send("HeapProfiler.collectGarbage");
          // A collection ends in other threads, and nothing tells when: no measure waits on this.
          await page.waitForTimeout(500);
        },
      };
    },
    async close() {
      await context.close();
      await remove();
    },
  };
}
