import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checks, selectChecks } from "./checkList.mjs";

describe("selectChecks", () => {
  it("takes all without names", () => {
    expect(selectChecks([])).toBe(checks);
  });

  it("takes the named ones in the order they run", () => {
    const names = selectChecks(["e2e", "build", "lint"]).map(({ name }) => name);
    expect(names).toEqual(["lint", "build", "e2e"]);
  });

  it("answers another name with the ones there are", () => {
    expect(() => selectChecks(["lint", "tpyes"])).toThrow(
      /^There is no check "tpyes"; there are format, lint, types, .*e2e\.$/,
    );
  });
});

describe("the checks", () => {
  it("are these, by name: one that is taken out is missed", () => {
    expect(checks.map(({ name }) => name)).toEqual([
      "format",
      "lint",
      "types",
      "dead-code",
      "unit",
      "browser",
      "integration",
      "build",
      "budget",
      "licences",
      "supply-chain",
      "audit",
      "firefox",
      "e2e",
    ]);
  });

  it("build before they test the build", () => {
    const names = checks.map(({ name }) => name);
    expect(names.indexOf("build")).toBeLessThan(names.indexOf("firefox"));
    expect(names.indexOf("build")).toBeLessThan(names.indexOf("e2e"));
  });

  it("are the same commands as the npm scripts of their names", () => {
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));
    for (const { name, command } of checks) {
      expect(scripts[name === "format" ? "format:check" : name]).toBe(command.join(" "));
    }
  });
});
