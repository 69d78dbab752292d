import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import { onParentGone } from "./parentWatch.mjs";
import { endingSignals } from "./runCommand.mjs";
import { SetUpError } from "./setUpError.mjs";

/** @typedef {{ path: string, flags: string[] }} NodeChoice */

/** @param {string} version as in "v24.21.0" or "24.21.0" @returns {[number, number]} */
function majorMinor(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  return [major, minor];
}

/** @param {string} version @param {number} major @param {number} minor */
function isAtLeast(version, major, minor) {
  const [foundMajor, foundMinor] = majorMinor(version);
  return foundMajor > major || (foundMajor === major && foundMinor >= minor);
}

/**
 * @param {string} version the running Node
 * @throws {SetUpError} below Node 20, on which the set-up itself would not run
 */
export function requireNode20(version) {
  if (isAtLeast(version, 20, 0)) return;
  throw new SetUpError(`Node.js 20 or newer is needed; this is ${version}.`);
}

/**
 * The Node that runs the TypeScript scripts: the pinned one from npm, else the running one when
 * it is new enough to strip types (22.12 needs a flag for it, 22.18 and 23.6 do not).
 * @param {string} root the project's folder
 * @param {{ version: string, execPath: string, platform: string, arch: string }} running
 * @returns {NodeChoice}
 * @throws {SetUpError} when neither will do
 */
export function chooseNode(root, running) {
  const pinned = join(
    root,
    "node_modules",
    `node-${running.platform}-${running.arch}`,
    "bin",
    "node",
  );
  if (existsSync(pinned)) return { path: pinned, flags: [] };
  if (!isAtLeast(running.version, 22, 12)) {
    throw new SetUpError(
      `There is no pinned Node.js for ${running.platform}-${running.arch}, so Node.js 22.12 or newer must be installed; this is ${running.version}.`,
    );
  }
  const [major] = majorMinor(running.version);
  const stripsByItself =
    major === 22 ? isAtLeast(running.version, 22, 18) : isAtLeast(running.version, 23, 6);
  const flags = stripsByItself
    ? []
    : ["--experimental-strip-types", "--disable-warning=ExperimentalWarning"];
  return { path: running.execPath, flags };
}

/**
 * Continues in another Node process with the same terminal, and passes on the signals that ask
 * this one to end.
 * @param {NodeChoice} node
 * @param {{ root: string, script: string, args: readonly string[], env?: NodeJS.ProcessEnv }} job
 * @returns {Promise<number>} the exit code; 128 + signal number when a signal ended it
 */
export function continueIn(node, { root, script, args, env = {} }) {
  const bin = join(root, "node_modules", ".bin");
  const child = spawn(node.path, [...node.flags, join(root, "scripts", script), ...args], {
    cwd: root,
    stdio: "inherit",
    env: {
      ...process.env,
      ...env,
      PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}`,
    },
  });
  /** @param {NodeJS.Signals} signal */
  const passOn = (signal) => child.kill(signal);
  for (const signal of endingSignals) process.on(signal, passOn);
  // Only below npm: a start from a shell may well be meant to outlive that shell.
  const below = process.env["npm_lifecycle_event"] !== undefined;
  const stopWatching = below ? onParentGone(() => passOn("SIGTERM")) : () => {};
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      stopWatching();
      for (const name of endingSignals) process.off(name, passOn);
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
