import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runCheck } from "./runCheck.ts";

/** @type {string} */
let root;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "run-check-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** @param {string} program @param {{ minutes?: number, counted?: "exit" | "vitest" | "playwright", signal?: AbortSignal }} [options] */
function check(program, { minutes = 1, counted = "exit", signal } = {}) {
  const script = join(root, "program.cjs");
  writeFileSync(script, program);
  const command = [process.execPath, script];
  const { signal: never } = new AbortController();
  return runCheck({ name: "it", command, counted, minutes }, root, process.env, signal ?? never);
}

/** Writes a report to where the arguments of the test runner say. @param {object} report */
function reportingProgram(report) {
  return `
    const path = process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ??
      process.argv.find((text) => text.startsWith("--outputFile.json=")).split("=")[1];
    require("fs").writeFileSync(path, ${JSON.stringify(JSON.stringify(report))});`;
}

/** Whether anything listens there. @param {number} port @returns {Promise<boolean>} */
function connects(port) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("error", () => resolve(false));
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });
}

describe("runCheck", () => {
  it("counts a good and a bad end", async () => {
    expect(await check("")).toMatchObject({ name: "it", passed: 1, failed: 0, remarks: [] });
    expect(await check("process.exit(3)")).toMatchObject({ passed: 0, failed: 1 });
  });

  it("closes standard input, so nothing can wait for an answer", async () => {
    const program = `process.stdin.on("data", () => {}).on("end", () => process.exit(0))`;
    expect(await check(program)).toMatchObject({ passed: 1 });
  });

  it("hands the output over as a whole where it is held", async () => {
    const script = join(root, "speaks.cjs");
    writeFileSync(script, `console.log("out"); console.error("err"); process.exit(1)`);
    const speaking = { name: "it", command: [process.execPath, script], minutes: 1 };
    /** @type {string[]} */
    const held = [];
    const { signal } = new AbortController();
    const result = await runCheck(
      { ...speaking, counted: "exit" },
      root,
      process.env,
      signal,
      (output) => held.push(output),
    );
    expect(result).toMatchObject({ failed: 1 });
    expect(held).toEqual(["out\nerr\n"]);
  });

  it("reads Playwright's report", async () => {
    const stats = { expected: 7, unexpected: 0, flaky: 0, skipped: 0 };
    const program = reportingProgram({ stats, errors: [] });
    expect(await check(program, { counted: "playwright" })).toMatchObject({ passed: 7, failed: 0 });
  });

  it("reads vitest's report", async () => {
    const report = {
      numPassedTests: 4,
      numFailedTests: 1,
      numPendingTests: 0,
      numTodoTests: 0,
      testResults: [],
    };
    const program = `${reportingProgram(report)} process.exit(1)`;
    expect(await check(program, { counted: "vitest" })).toMatchObject({ passed: 4, failed: 1 });
  });

  it("takes a run without a report for a failure", async () => {
    expect(await check("", { counted: "playwright" })).toMatchObject({ passed: 0, failed: 1 });
  });

  it("ends a check that hangs", async () => {
    const result = await check("setInterval(() => {}, 1000)", { minutes: 0.005 });
    expect(result).toMatchObject({ passed: 0, failed: 1, remarks: ["ended after 0.005 minutes"] });
  });

  it("when told to, ends the check with everything it started", async () => {
    const portFile = join(root, "port");
    const grandchild = `const server = require("net").createServer().listen(0, "127.0.0.1", () =>
      require("fs").writeFileSync(${JSON.stringify(portFile)}, String(server.address().port)))`;
    const program = `require("child_process").spawn(process.execPath,
      ["-e", ${JSON.stringify(grandchild)}], { stdio: "ignore" }); setInterval(() => {}, 1000)`;
    const ending = new AbortController();
    const running = check(program, { signal: ending.signal });
    const port = await vi.waitFor(() => {
      const text = readFileSync(portFile, "utf8");
      expect(text).not.toBe("");
      return Number(text);
    }, 10_000);
    await expect(connects(port)).resolves.toBe(true);
    ending.abort();
    expect(await running).toMatchObject({ failed: 1 });
    await vi.waitFor(async () => expect(await connects(port)).toBe(false), 5_000);
  });

  it("says when there is no such program", async () => {
    const spoken = vi.spyOn(console, "error").mockImplementation(() => {});
    const { signal } = new AbortController();
    const missing = { name: "it", command: ["/nowhere/program"], counted: "exit", minutes: 1 };
    // @ts-expect-error "exit" is widened to string here
    expect(await runCheck(missing, root, process.env, signal)).toMatchObject({ failed: 1 });
    expect(spoken).toHaveBeenCalledWith(expect.stringContaining("ENOENT"));
  });
});
