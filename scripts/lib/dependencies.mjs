import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { runCommand, withProgress } from "./runCommand.mjs";
import { SetUpError, failureFromOutput } from "./setUpError.mjs";

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean }} LockEntry
 * @typedef {{ packages: Record<string, LockEntry> }} Lockfile
 */

/**
 * Whether npm's record of what is installed agrees with the lockfile. npm writes the record as
 * the last act of an installation, so an interrupted one has none. Optional packages may be
 * missing: most are builds for other machines.
 * @param {Lockfile} lockfile package-lock.json
 * @param {Lockfile | null} installed node_modules/.package-lock.json
 * @returns {boolean}
 */
export function isInstalled(lockfile, installed) {
  if (installed === null) return false;
  for (const [path, wanted] of Object.entries(lockfile.packages)) {
    if (path === "") continue;
    const found = installed.packages[path];
    if (found === undefined) {
      if (wanted.optional !== true) return false;
    } else if (found.version !== wanted.version || found.integrity !== wanted.integrity) {
      return false;
    }
  }
  return true;
}

/**
 * Installs exactly the lockfile's packages when node_modules is missing or differs from it.
 * @param {string} root the project's folder
 * @param {(text: string) => void} say
 * @returns {Promise<void>}
 */
export async function ensureDependencies(root, say) {
  const lockfile = readLockfile(join(root, "package-lock.json"));
  if (lockfile === null) throw new SetUpError("package-lock.json is missing: clone again.");
  const record = join(root, "node_modules", ".package-lock.json");
  if (isInstalled(lockfile, readLockfile(record))) return;
  const { command, args } = npmCommand(process.env);
  const result = await withProgress(
    "Installing packages (about half a minute the first time)",
    (signal) =>
      runCommand(
        command,
        [...args, "ci", "--include=dev", "--include=optional", "--loglevel=error"],
        { cwd: root, env: withoutLocalBin(process.env, root), signal },
      ),
    say,
  );
  if (result.code === 127) {
    throw new SetUpError("npm was not found: install Node.js 20 or newer, which brings npm along.");
  }
  if (result.code !== 0) throw failureFromOutput("installing the packages", result.output);
}

/**
 * How to call npm: by the path a surrounding `npm run` gives, else by name.
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ command: string, args: string[] }}
 */
export function npmCommand(env) {
  const cli = env["npm_execpath"];
  if (cli !== undefined && /npm-cli\.c?js$/.test(cli)) {
    return { command: env["npm_node_execpath"] ?? process.execPath, args: [cli] };
  }
  return { command: process.platform === "win32" ? "npm.cmd" : "npm", args: [] };
}

/**
 * PATH without node_modules/.bin: `npm ci` deletes that folder and must not run on a Node in it.
 * @param {NodeJS.ProcessEnv} env
 * @param {string} root
 * @returns {NodeJS.ProcessEnv}
 */
function withoutLocalBin(env, root) {
  const local = join(root, "node_modules", ".bin");
  const path = (env["PATH"] ?? "").split(":").filter((folder) => folder !== local);
  return { ...env, PATH: path.join(":") };
}

/**
 * @param {string} path
 * @returns {Lockfile | null} null when the file is missing or cut short
 */
function readLockfile(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}
