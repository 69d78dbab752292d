import { type Browser, launch } from "puppeteer-core";
import { findChromium } from "../../scripts/lib/chromium.mjs";

/**
 * The suite's Chromium with its back/forward cache, driven by puppeteer: neither Playwright nor the
 * browser as that starts it knows such a cache.
 */
export function launchWithHistoryCache(): Promise<Browser> {
  return launch({
    executablePath: findChromium() ?? "chromium",
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
}
