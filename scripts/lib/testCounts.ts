/** How many tests of one check passed and failed; a check that is no test run counts as one. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** Why something counts as failed that its own report does not call so. */
  readonly remarks: readonly string[];
}

/** The parts of vitest's JSON report that are counted. */
export interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/** The parts of Playwright's JSON report that are counted. */
export interface PlaywrightReport {
  readonly stats: {
    readonly expected: number;
    readonly unexpected: number;
    readonly flaky: number;
    readonly skipped: number;
  };
  readonly errors: readonly unknown[];
}

/** Counts of a check that either works or does not. */
export function countExit(exitCode: number): Counts {
  return { passed: exitCode === 0 ? 1 : 0, failed: exitCode === 0 ? 0 : 1, remarks: [] };
}

/**
 * Counts of a check that asks somebody else. Exit code 2 says that nobody answered: then it has
 * neither passed nor failed.
 */
export function countQuestion(exitCode: number): Counts {
  return exitCode === 2
    ? { passed: 0, failed: 0, remarks: ["not asked: nobody answered, so nothing is known"] }
    : countExit(exitCode);
}

/** Counts of a vitest run from its JSON report; null stands for a report that was not written. */
export function countVitest(report: VitestReport | null, exitCode: number): Counts {
  if (report === null) return missingReport;
  const brokenFiles = report.testResults.filter(
    (file) =>
      file.status === "failed" && !file.assertionResults.some(({ status }) => status === "failed"),
  ).length;
  return strictCounts({
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    extra: [
      [brokenFiles, "test files did not load"],
      [report.numPendingTests + report.numTodoTests, "tests were skipped"],
    ],
    exitCode,
  });
}

/** Counts of a Playwright run from its JSON report; null stands for a report not written. */
export function countPlaywright(report: PlaywrightReport | null, exitCode: number): Counts {
  if (report === null) return missingReport;
  const { expected, unexpected, flaky, skipped } = report.stats;
  return strictCounts({
    passed: expected,
    failed: unexpected,
    extra: [
      [report.errors.length, "errors outside tests"],
      [flaky, "tests passed only when repeated"],
      [skipped, "tests were skipped or did not run"],
    ],
    exitCode,
  });
}

const missingReport: Counts = { passed: 0, failed: 1, remarks: ["the run left no report"] };

/** Adds what no report calls a failure: what did not run, nothing at all, a bad exit code. */
function strictCounts(run: {
  readonly passed: number;
  readonly failed: number;
  readonly extra: readonly (readonly [number, string])[];
  readonly exitCode: number;
}): Counts {
  const found = run.extra.filter(([count]) => count > 0);
  const failed = found.reduce((sum, [count]) => sum + count, run.failed);
  const remarks = found.map(([count, text]) => `${count} ${text}`);
  if (failed > 0) return { passed: run.passed, failed, remarks };
  if (run.passed === 0) return { passed: 0, failed: 1, remarks: ["there were no tests"] };
  if (run.exitCode !== 0) {
    const remark = `every test passed, yet the run ended with exit code ${run.exitCode}`;
    return { passed: run.passed, failed: 1, remarks: [remark] };
  }
  return { passed: run.passed, failed: 0, remarks: [] };
}
