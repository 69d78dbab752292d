import { existsSync } from "node:fs";
import process from "node:process";
import { findProgram, systemFolders } from "./findProgram.mjs";
import { runCommand } from "./runCommand.mjs";
import { SetUpError } from "./setUpError.mjs";
import { aptInstall, canUseApt } from "./systemPackages.mjs";

/** With it Debian's nginx can send files that were compressed with brotli before. */
export const BROTLI_MODULE = "/usr/lib/nginx/modules/ngx_http_brotli_static_module.so";

/** Debian's nginx and that module. */
const PACKAGES = ["nginx-light", "libnginx-mod-http-brotli-static"];

/**
 * The nginx to test the deployment with: $NGINX_PATH, else the first on PATH or among the system's
 * programs.
 * @param {readonly string[]} [folders] looked in after PATH
 * @returns {string | null} an absolute path, or null when none is installed
 */
export function findNginx(folders = systemFolders) {
  const configured = process.env["NGINX_PATH"];
  return configured ? configured : findProgram("nginx", folders);
}

/**
 * An nginx that runs and can send files that were compressed before; Debian's is installed, with its
 * module for brotli, when there is none or when that module is missing. Without the module it is
 * tested with gzip alone, and `say` is told.
 * @param {(text: string) => void} say
 * @param {readonly string[]} [folders] looked in after PATH
 * @param {string} [brotliModule] where that module is
 * @returns {Promise<string>} an absolute path
 * @throws {SetUpError} naming NGINX_PATH: without an nginx its configuration is not checked
 */
export async function ensureNginx(say, folders = systemFolders, brotliModule = BROTLI_MODULE) {
  const configured = process.env["NGINX_PATH"];
  if (configured) {
    if (await suits(configured)) return configured;
    throw new SetUpError(
      `NGINX_PATH is ${configured}, which is no nginx with gzip_static: correct or unset it.`,
    );
  }
  const isThere = async () => {
    const found = findNginx(folders);
    return found !== null && (await suits(found)) ? found : null;
  };
  let nginx = await isThere();
  if ((nginx === null || !existsSync(brotliModule)) && (await canUseApt())) {
    await aptInstall(PACKAGES, say);
    nginx = await isThere();
  }
  if (nginx === null) {
    throw new SetUpError(
      "The check of docs/deploy/nginx.conf needs nginx, which was not found and could not be installed: install it (Debian: nginx-light) and, if it is not on PATH, set NGINX_PATH to it.",
    );
  }
  if (!existsSync(brotliModule)) say("nginx has no module for brotli here: that is not checked.");
  return nginx;
}

/** @param {string} path */
async function suits(path) {
  const { code, output } = await runCommand(path, ["-V"]);
  return code === 0 && output.includes("--with-http_gzip_static_module");
}
