import { spawn, type StdioOptions } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Check } from "./checkList.mjs";
import { countExit, countPlaywright, countQuestion, countVitest } from "./testCounts.ts";
import type { Counts, PlaywrightReport, VitestReport } from "./testCounts.ts";

export interface CheckResult extends Counts {
  readonly name: string;
  readonly seconds: number;
}

/**
 * Runs one check and counts. Its output is streamed, or handed over as a whole where `hold` is
 * given. The check gets a process group of its own, so that nothing it started outlives it: not
 * after a hang, not after ctrl-C.
 */
export async function runCheck(
  check: Check,
  root: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  hold?: (output: string) => void,
): Promise<CheckResult> {
  const folder = mkdtempSync(join(tmpdir(), "check-"));
  const reportPath = join(folder, "report.json");
  const outputPath = join(folder, "output");
  const output = hold === undefined ? "inherit" : openSync(outputPath, "a");
  const start = performance.now();
  try {
    const report = reporting(check, reportPath);
    const { exitCode, timedOut } = await run(
      [...check.command, ...report.args],
      { cwd: root, env: { ...env, ...report.env }, stdio: ["ignore", output, output] },
      check.minutes * 60_000,
      signal,
    );
    const counts = count(check, reportPath, exitCode);
    return {
      name: check.name,
      seconds: (performance.now() - start) / 1000,
      passed: counts.passed,
      failed: timedOut ? Math.max(1, counts.failed) : counts.failed,
      remarks: timedOut
        ? [`ended after ${check.minutes} minutes`, ...counts.remarks]
        : counts.remarks,
    };
  } finally {
    if (output !== "inherit") {
      closeSync(output);
      hold?.(readFileSync(outputPath, "utf8"));
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How to make a test runner write its JSON report beside its usual output. */
function reporting(check: Check, path: string): { args: string[]; env: NodeJS.ProcessEnv } {
  if (check.counted === "vitest") {
    const args = ["--reporter=default", "--reporter=json", `--outputFile.json=${path}`];
    return { args, env: {} };
  }
  if (check.counted === "playwright") {
    return { args: ["--reporter=list,json"], env: { PLAYWRIGHT_JSON_OUTPUT_FILE: path } };
  }
  return { args: [], env: {} };
}

function count(check: Check, reportPath: string, exitCode: number): Counts {
  if (check.counted === "vitest") {
    return countVitest(readReport(reportPath) as VitestReport | null, exitCode);
  }
  if (check.counted === "playwright") {
    return countPlaywright(readReport(reportPath) as PlaywrightReport | null, exitCode);
  }
  return check.counted === "question" ? countQuestion(exitCode) : countExit(exitCode);
}

function readReport(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}

function run(
  [program = "", ...args]: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv; stdio: StdioOptions },
  timeoutMs: number,
  signal: AbortSignal,
): Promise<{ exitCode: number; timedOut: boolean }> {
  const child = spawn(program, args, {
    ...options,
    detached: true,
  });
  const endGroup = () => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // The group is gone already.
    }
  };
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    endGroup();
  }, timeoutMs);
  signal.addEventListener("abort", endGroup);
  return new Promise((resolve) => {
    const done = (exitCode: number) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", endGroup);
      endGroup();
      resolve({ exitCode, timedOut });
    };
    child.once("error", (error) => {
      console.error(error.message);
      done(127);
    });
    child.once("exit", (code) => done(code ?? 1));
  });
}
