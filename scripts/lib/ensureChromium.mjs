import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import process from "node:process";
import { findChromium } from "./chromium.mjs";
import { runCommand, withProgress } from "./runCommand.mjs";
import { SetUpError } from "./setUpError.mjs";
import { aptInstall, canUseApt } from "./systemPackages.mjs";

/**
 * A Chromium that runs: $CHROMIUM_PATH or one on PATH, else Debian's (as root), else the one that
 * Playwright downloads.
 * @param {string} root the project's folder, with its packages installed
 * @param {(text: string) => void} say
 * @returns {Promise<string>} an absolute path
 * @throws {SetUpError} naming CHROMIUM_PATH
 */
export async function ensureChromium(root, say) {
  const configured = process.env["CHROMIUM_PATH"];
  const found = findChromium();
  if (found !== null && (await runs(found))) return found;
  if (configured !== undefined && configured !== "") {
    throw new SetUpError(
      `CHROMIUM_PATH is ${configured}, which does not start as a Chromium: correct or unset it.`,
    );
  }
  if (await canUseApt()) {
    await aptInstall(["chromium"], say);
    const installed = findChromium();
    // On Ubuntu the package is a stub for a snap: it installs and does not run.
    if (installed !== null && (await runs(installed))) return installed;
  }
  const downloaded = await ensurePlaywrightChromium(root, say);
  if (downloaded !== null) return downloaded;
  throw new SetUpError(
    "The browser tests need Chromium, which was not found and could not be downloaded: install it and, if it is not on PATH, set CHROMIUM_PATH to it.",
  );
}

/** @param {string} root @param {(text: string) => void} say */
async function ensurePlaywrightChromium(root, say) {
  const require = createRequire(join(root, "package.json"));
  /** @type {typeof import("playwright")} */
  const { chromium } = require("playwright");
  const path = chromium.executablePath();
  if (existsSync(path) && (await runs(path))) return path;
  const cli = join(dirname(require.resolve("playwright/package.json")), "cli.js");
  await withProgress(
    "Downloading Chromium with Playwright",
    (signal) => runCommand(process.execPath, [cli, "install", "chromium"], { signal }),
    say,
  );
  return existsSync(path) && (await runs(path)) ? path : null;
}

/** @param {string} path */
async function runs(path) {
  return (await runCommand(path, ["--version", "--no-sandbox"])).code === 0;
}
