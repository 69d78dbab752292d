import { describe, expect, it } from "vitest";
import { countExit, countPlaywright, countQuestion, countVitest } from "./testCounts.ts";

describe("countExit", () => {
  it("counts one", () => {
    expect(countExit(0)).toMatchObject({ passed: 1, failed: 0 });
    expect(countExit(2)).toMatchObject({ passed: 0, failed: 1 });
  });
});

describe("countQuestion", () => {
  it("counts an answer, and does not take silence for one", () => {
    expect(countQuestion(0)).toMatchObject({ passed: 1, failed: 0 });
    expect(countQuestion(1)).toMatchObject({ passed: 0, failed: 1 });
    expect(countQuestion(2)).toEqual({
      passed: 0,
      failed: 0,
      remarks: [expect.stringContaining("not asked")],
    });
  });
});

/** @param {Partial<Parameters<typeof countVitest>[0]>} changes */
function vitest(changes = {}) {
  return {
    numPassedTests: 10,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [{ status: "passed", assertionResults: [{ status: "passed" }] }],
    ...changes,
  };
}

describe("countVitest", () => {
  it("takes over the report's numbers", () => {
    expect(countVitest(vitest(), 0)).toEqual({ passed: 10, failed: 0, remarks: [] });
    const failing = { status: "failed", assertionResults: [{ status: "failed" }] };
    expect(countVitest(vitest({ numFailedTests: 3, testResults: [failing] }), 1)).toEqual({
      passed: 10,
      failed: 3,
      remarks: [],
    });
  });

  it.each([
    ["no report", null, 0, "the run left no report"],
    ["no tests", vitest({ numPassedTests: 0, testResults: [] }), 0, "there were no tests"],
    [
      "a file that does not load",
      vitest({ testResults: [{ status: "failed", assertionResults: [] }] }),
      1,
      "1 test files did not load",
    ],
    ["a skipped test", vitest({ numPendingTests: 1 }), 0, "1 tests were skipped"],
    ["a test to be written", vitest({ numTodoTests: 1 }), 0, "1 tests were skipped"],
    [
      "an error outside tests",
      vitest(),
      1,
      "every test passed, yet the run ended with exit code 1",
    ],
  ])("counts %s as a failure", (_, report, exitCode, remark) => {
    expect(countVitest(report, exitCode)).toMatchObject({ failed: 1, remarks: [remark] });
  });
});

/** @param {object} stats @param {unknown[]} errors */
function playwright(stats = {}, errors = []) {
  return { stats: { expected: 5, unexpected: 0, flaky: 0, skipped: 0, ...stats }, errors };
}

describe("countPlaywright", () => {
  it("takes over the report's numbers", () => {
    expect(countPlaywright(playwright(), 0)).toEqual({ passed: 5, failed: 0, remarks: [] });
    expect(countPlaywright(playwright({ unexpected: 2 }), 1)).toMatchObject({
      passed: 5,
      failed: 2,
    });
  });

  it.each([
    ["no report", null, 1, "the run left no report"],
    ["no tests", playwright({ expected: 0 }), 0, "there were no tests"],
    ["a skipped test", playwright({ skipped: 1 }), 0, "1 tests were skipped or did not run"],
    ["a flaky test", playwright({ flaky: 1 }), 0, "1 tests passed only when repeated"],
    ["a bad exit", playwright(), 3, "every test passed, yet the run ended with exit code 3"],
    [
      "a web server that did not start",
      playwright({ expected: 0 }, [{ message: "webServer" }]),
      1,
      "1 errors outside tests",
    ],
  ])("counts %s as a failure", (_, report, exitCode, remark) => {
    expect(countPlaywright(report, exitCode)).toMatchObject({ failed: 1, remarks: [remark] });
  });
});
