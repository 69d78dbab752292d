import process from "node:process";
import { findFirefox } from "./firefox.mjs";
import { runCommand } from "./runCommand.mjs";
import { SetUpError } from "./setUpError.mjs";
import { aptInstall, canUseApt } from "./systemPackages.mjs";

/**
 * A Firefox that runs: $FIREFOX_PATH or one on PATH, else Debian's ESR (as root).
 * @param {(text: string) => void} say
 * @returns {Promise<string>} an absolute path
 * @throws {SetUpError} naming FIREFOX_PATH
 */
export async function ensureFirefox(say) {
  const configured = process.env["FIREFOX_PATH"];
  const found = findFirefox();
  if (found !== null && (await runs(found))) return found;
  if (configured !== undefined && configured !== "") {
    throw new SetUpError(
      `FIREFOX_PATH is ${configured}, which does not start as a Firefox: correct or unset it.`,
    );
  }
  if (await canUseApt()) {
    await aptInstall(["firefox-esr"], say);
    const installed = findFirefox();
    if (installed !== null && (await runs(installed))) return installed;
  }
  throw new SetUpError(
    "The tests in a second browser need Firefox, which was not found and could not be installed: install it and, if it is not on PATH, set FIREFOX_PATH to it.",
  );
}

/** @param {string} path */
async function runs(path) {
  return (await runCommand(path, ["--version"])).code === 0;
}
