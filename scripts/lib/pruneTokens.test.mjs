import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pruneTokens, tokensNamedIn } from "./pruneTokens.ts";

/**
 * A sheet of declarations that can be walked as PostCSS's can.
 * @param {readonly [string, string][]} declarations
 */
function sheetOf(declarations) {
  const rows = new Set(declarations.map(([prop, value]) => ({ prop, value })));
  return {
    left: () => [...rows].map(({ prop }) => prop),
    /** @param {RegExp} prop @param {(found: import("./pruneTokens.ts").Declaration) => void} visit */
    walkDecls(prop, visit) {
      for (const row of rows) {
        if (prop.test(row.prop)) visit({ ...row, remove: () => rows.delete(row) });
      }
    },
  };
}

describe("pruneTokens", () => {
  it("keeps what is named and what is behind it, in every theme", () => {
    const sheet = sheetOf([
      ["--cpd-color-text", "var(--cpd-color-gray-1)"],
      ["--cpd-color-gray-1", "#111"],
      ["--cpd-color-text", "var(--cpd-color-gray-9)"],
      ["--cpd-color-gray-9", "#999"],
      ["--cpd-color-unused", "var(--cpd-color-red-1)"],
      ["--cpd-color-red-1", "#f00"],
    ]);
    pruneTokens(sheet, new Set(["--cpd-color-text"]));
    expect(sheet.left()).toEqual([
      "--cpd-color-text",
      "--cpd-color-gray-1",
      "--cpd-color-text",
      "--cpd-color-gray-9",
    ]);
  });

  it("touches nothing but tokens, and ends when they refer to each other", () => {
    const sheet = sheetOf([
      ["color", "var(--cpd-a)"],
      ["--own", "1"],
      ["--cpd-a", "var(--cpd-b)"],
      ["--cpd-b", "var(--cpd-a)"],
    ]);
    pruneTokens(sheet, new Set(["--cpd-a"]));
    expect(sheet.left()).toEqual(["color", "--own", "--cpd-a", "--cpd-b"]);
  });
});

describe("tokensNamedIn", () => {
  /** @type {string} */
  let folder;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tokens-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("reads styles and components at any depth, and nothing else", () => {
    mkdirSync(join(folder, "deep/er"), { recursive: true });
    writeFileSync(join(folder, "a.css"), "a { gap: var(--cpd-space-1x) var(--cpd-space-2x); }");
    writeFileSync(join(folder, "deep/er/b.tsx"), 'style={{ color: "var(--cpd-color-x)" }}');
    writeFileSync(join(folder, "c.md"), "--cpd-not-code");
    expect([...tokensNamedIn(folder)].toSorted()).toEqual([
      "--cpd-color-x",
      "--cpd-space-1x",
      "--cpd-space-2x",
    ]);
  });
});
