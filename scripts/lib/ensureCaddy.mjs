import process from "node:process";
import { findProgram } from "./findProgram.mjs";
import { aptInstall, canUseApt } from "./systemPackages.mjs";

/**
 * The Caddy to test the deployment with: $CADDY_PATH, else the first on PATH.
 * @returns {string | null} an absolute path, or null when none is installed
 */
export function findCaddy() {
  const configured = process.env["CADDY_PATH"];
  return configured ? configured : findProgram("caddy");
}

/**
 * Installs Debian's Caddy when there is none. Not every system has one to install: without it
 * docs/deploy/Caddyfile is compared as text alone, and `say` is told.
 * @param {(text: string) => void} say
 * @returns {Promise<void>}
 */
export async function ensureCaddy(say) {
  if (findCaddy() !== null) return;
  if (await canUseApt()) await aptInstall(["caddy"], say);
  if (findCaddy() === null)
    say("There is no Caddy and none could be installed: docs/deploy/Caddyfile is not run.");
}
