import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { runCommand } from "./runCommand.mjs";
import { SetUpError } from "./setUpError.mjs";
import { aptInstall, canUseApt } from "./systemPackages.mjs";

/** Where system programs are that are not for every user; seldom on PATH. */
const systemFolders = ["/usr/sbin", "/usr/local/sbin", "/sbin"];

/**
 * The nginx to test the deployment with: $NGINX_PATH, else the first on PATH or among the system's
 * programs.
 * @param {readonly string[]} [folders] looked in after PATH
 * @returns {string | null} an absolute path, or null when none is installed
 */
export function findNginx(folders = systemFolders) {
  const configured = process.env["NGINX_PATH"];
  if (configured) return configured;
  const onPath = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const candidates = [...onPath, ...folders].map((folder) => join(folder, "nginx"));
  return candidates.find((candidate) => existsSync(candidate)) ?? null;
}

/**
 * An nginx that runs and can send files that were compressed before; Debian's is installed when
 * there is none.
 * @param {(text: string) => void} say
 * @param {readonly string[]} [folders] looked in after PATH
 * @returns {Promise<string>} an absolute path
 * @throws {SetUpError} naming NGINX_PATH: without an nginx its configuration is not checked
 */
export async function ensureNginx(say, folders = systemFolders) {
  const configured = process.env["NGINX_PATH"];
  const found = findNginx(folders);
  if (found !== null && (await suits(found))) return found;
  if (configured !== undefined && configured !== "") {
    throw new SetUpError(
      `NGINX_PATH is ${configured}, which is no nginx with gzip_static: correct or unset it.`,
    );
  }
  if (await canUseApt()) {
    await aptInstall(["nginx-light"], say);
    const installed = findNginx(folders);
    if (installed !== null && (await suits(installed))) return installed;
  }
  throw new SetUpError(
    "The check of docs/deploy/nginx.conf needs nginx, which was not found and could not be installed: install it (Debian: nginx-light) and, if it is not on PATH, set NGINX_PATH to it.",
  );
}

/** @param {string} path */
async function suits(path) {
  const { code, output } = await runCommand(path, ["-V"]);
  return code === 0 && output.includes("--with-http_gzip_static_module");
}
