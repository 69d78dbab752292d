import { describe, expect, it } from "vitest";
import { isInstalled, npmCommand } from "./dependencies.mjs";

const lockfile = {
  packages: {
    "": { version: "0.1.0" },
    "node_modules/a": { version: "1.0.0", integrity: "sha512-a" },
    "node_modules/other-machine": { version: "2.0.0", integrity: "sha512-o", optional: true },
  },
};

describe("isInstalled", () => {
  it("accepts what npm recorded, without the builds for other machines", () => {
    const a = lockfile.packages["node_modules/a"];
    expect(isInstalled(lockfile, { packages: { "node_modules/a": a } })).toBe(true);
  });

  it("refuses a folder without npm's record, as after an interrupted installation", () => {
    expect(isInstalled(lockfile, null)).toBe(false);
  });

  it("refuses a missing package", () => {
    expect(isInstalled(lockfile, { packages: {} })).toBe(false);
  });

  it.each([
    { version: "1.0.1", integrity: "sha512-a" },
    { version: "1.0.0", integrity: "other" },
  ])("refuses another version or other contents: %o", (a) => {
    expect(isInstalled(lockfile, { packages: { "node_modules/a": a } })).toBe(false);
  });

  it("refuses an optional package of another version", () => {
    const packages = { ...lockfile.packages, "node_modules/other-machine": { version: "1.9.0" } };
    expect(isInstalled(lockfile, { packages })).toBe(false);
  });
});

describe("npmCommand", () => {
  it("uses the npm that started the script", () => {
    const env = { npm_execpath: "/n/npm-cli.js", npm_node_execpath: "/n/node" };
    expect(npmCommand(env)).toEqual({ command: "/n/node", args: ["/n/npm-cli.js"] });
  });

  it.each([{}, { npm_execpath: "/usr/lib/yarn.js" }])("else calls npm by name: %o", (env) => {
    expect(npmCommand(env)).toEqual({ command: "npm", args: [] });
  });
});
