import { spawn } from "node:child_process";
import { constants } from "node:os";
import process from "node:process";

/** What asks a process to end. @type {readonly NodeJS.Signals[]} */
export const endingSignals = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * @typedef {object} CommandResult
 * @property {number} code exit code; 127 when the program does not exist, 1 when a signal ended it
 * @property {string} output standard output and standard error, mixed as they came
 */

/**
 * Runs a program with its output kept instead of shown; standard input is closed.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, signal?: AbortSignal }} [options]
 * @returns {Promise<CommandResult>}
 */
export function runCommand(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    /** @type {string[]} */
    const chunks = [];
    child.stdout.setEncoding("utf8").on("data", (chunk) => chunks.push(chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk) => chunks.push(chunk));
    child.once("error", (error) => resolve({ code: 127, output: error.message }));
    child.once("close", (code) => resolve({ code: code ?? 1, output: chunks.join("") }));
  });
}

/**
 * One progress line for a step of the set-up that may take long, and one more every 20 s so that
 * a silent download does not look like a hang. A request to end ends the step's program as well.
 * @template T
 * @param {string} text
 * @param {(signal: AbortSignal) => Promise<T>} step hands the signal on to runCommand
 * @param {(text: string) => void} say
 * @returns {Promise<T>}
 */
export async function withProgress(text, step, say) {
  say(`${text} …`);
  const start = Date.now();
  const timer = setInterval(
    () => say(`  still at it (${Math.round((Date.now() - start) / 1000)} s)`),
    20_000,
  );
  const ending = new AbortController();
  /** @param {NodeJS.Signals} signal */
  const end = (signal) => {
    ending.abort();
    process.exit(128 + constants.signals[signal]);
  };
  for (const signal of endingSignals) process.on(signal, end);
  try {
    return await step(ending.signal);
  } finally {
    clearInterval(timer);
    for (const signal of endingSignals) process.off(signal, end);
  }
}
