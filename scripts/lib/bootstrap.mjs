import process from "node:process";
import { fileURLToPath } from "node:url";
import { ensureDependencies } from "./dependencies.mjs";
import { chooseNode, requireNode20 } from "./pinnedNode.mjs";
import { describeFailure } from "./setUpError.mjs";

/** The project's folder. */
export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/[/\\]$/, "");

/** One quiet progress line. @param {string} text */
export function say(text) {
  process.stdout.write(`${text}\n`);
}

/**
 * What every script needs first: the packages of the lockfile and a Node that runs TypeScript.
 * @returns {Promise<import("./pinnedNode.mjs").NodeChoice>}
 */
export async function bootstrap() {
  requireNode20(process.version);
  await ensureDependencies(root, say);
  return chooseNode(root, process);
}

/**
 * Runs a script's body, prints an expected failure as its one sentence, and sets the exit code.
 * @param {() => Promise<number>} body returns the exit code
 * @param {(code: number) => void} [onFailure] called after a failure was printed
 * @returns {Promise<void>}
 */
export async function runScript(body, onFailure = () => {}) {
  try {
    process.exitCode = await body();
  } catch (error) {
    process.stderr.write(`${describeFailure(error)}\n`);
    process.exitCode = 1;
    onFailure(1);
  }
}
