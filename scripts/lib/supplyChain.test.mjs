import { describe, expect, it } from "vitest";
import { findSupplyProblems, isAtLeast } from "./supplyChain.mjs";

const integrity = `sha512-${"A".repeat(86)}==`;
const sound = {
  lockfile: {
    packages: {
      "": {},
      "node_modules/@matrix-org/matrix-sdk-crypto-wasm": { version: "18.9.0", integrity },
      "node_modules/matrix-js-sdk": { version: "43.0.0", integrity },
      "node_modules/valibot": { version: "1.5.0", integrity },
      "node_modules/a/node_modules/b": { version: "1.0.0-rc.1", integrity },
    },
  },
  manifest: { dependencies: { a: "1.2.3" }, devDependencies: { b: "1.0.0-rc.1" } },
  npmrc: "ignore-scripts=true\nsave-exact=true\nomit-lockfile-registry-resolved=true\n",
};

/** @param {Record<string, object>} entries @returns {readonly string[]} */
const withEntries = (entries) =>
  findSupplyProblems(
    { packages: { ...sound.lockfile.packages, ...entries } },
    sound.manifest,
    sound.npmrc,
  );

describe("findSupplyProblems", () => {
  it("finds none where all is pinned by hash", () => {
    expect(findSupplyProblems(sound.lockfile, sound.manifest, sound.npmrc)).toEqual([]);
    const resolved = "https://registry.npmjs.org/c/-/c-1.0.0.tgz";
    expect(withEntries({ "node_modules/c": { version: "1.0.0", integrity, resolved } })).toEqual(
      [],
    );
  });

  it.each([
    ["no hash", { version: "1.0.0" }, /without a SHA-512/],
    ["a weak hash", { version: "1.0.0", integrity: "sha1-abc=" }, /without a SHA-512/],
    [
      "another host",
      { version: "1.0.0", integrity, resolved: "https://example.org/c.tgz" },
      /from elsewhere: https:\/\/example\.org/,
    ],
    [
      "a look-alike host",
      { version: "1.0.0", integrity, resolved: "https://registry.npmjs.org.example/c.tgz" },
      /from elsewhere/,
    ],
    [
      "git",
      { version: "1.0.0", integrity, resolved: "git+ssh://git@github.com/c/c.git#abc" },
      /from elsewhere/,
    ],
    ["a link", { integrity, link: true }, /not a version of a registry/],
    ["a file", { version: "file:../c", integrity }, /not a version of a registry/],
    [
      "an install script",
      { version: "1.0.0", integrity, hasInstallScript: true },
      /install script/,
    ],
  ])("names a package with %s", (_, entry, problem) => {
    expect(withEntries({ "node_modules/c": entry })).toEqual([expect.stringMatching(problem)]);
  });

  it("holds a package to the version that mended its last hole, wherever it lies", () => {
    const name = "@matrix-org/matrix-sdk-crypto-wasm";
    expect(
      withEntries({ [`node_modules/x/node_modules/${name}`]: { version: "18.3.0", integrity } }),
    ).toEqual([`${name} 18.3.0: has known holes, mended in 18.3.1`]);
    expect(findSupplyProblems({ packages: {} }, {}, sound.npmrc)).toHaveLength(3);
  });

  it.each(["^1.2.3", "~1.2.3", "1.x", "latest", "*", "git+https://example.org/c.git", "npm:c@1"])(
    "wants one version in package.json, not %s",
    (version) => {
      expect(
        findSupplyProblems(sound.lockfile, { dependencies: { c: version } }, sound.npmrc),
      ).toEqual([`package.json: c is "${version}", not one exact version`]);
    },
  );

  it("wants install scripts off, exact versions, and no other registry", () => {
    expect(findSupplyProblems(sound.lockfile, {}, "save-exact=true\n")).toEqual([
      ".npmrc: ignore-scripts=true is missing",
    ]);
    const other = `${sound.npmrc}registry=https://npm.example.org/\n`;
    expect(findSupplyProblems(sound.lockfile, {}, other)).toEqual([
      ".npmrc: another registry: registry=https://npm.example.org/",
    ]);
  });
});

describe("isAtLeast", () => {
  it.each([
    ["18.3.1", "18.3.1", true],
    ["18.10.0", "18.9.9", true],
    ["19.0.0", "18.3.1", true],
    ["18.3.0", "18.3.1", false],
    ["17.99.99", "18.3.1", false],
    ["18.3.1-rc.0", "18.3.1", false],
  ])("%s, %s: %s", (version, floor, expected) => {
    expect(isAtLeast(version, floor)).toBe(expected);
  });
});
