// @ts-check
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const table = readFileSync(join(root, "docs/coverage.md"), "utf8");

/**
 * The tests that a row cites: a file in back quotes and a colon, then names in quotes, each of which
 * belongs to the file before it. An apostrophe inside a name is followed by a letter.
 *
 * @param {string} row
 * @returns {{ file: string, name: string }[]}
 */
function citationsIn(row) {
  const found = [];
  let file = "";
  const cell = row.split(" | ").at(-1) ?? "";
  for (const [, path, name] of cell.matchAll(/`([^`]+)`:|'((?:[^']|'(?=[a-z]))*)'/g)) {
    if (path !== undefined) file = path;
    else if (name !== undefined) found.push({ file, name });
  }
  return found;
}

/**
 * Whether a test or group of that name stands in the source: as it is, or as a template with
 * something in between. The parts of a name that was put together are looked for one by one.
 *
 * @param {string} source
 * @param {string} name
 */
function names(source, name) {
  const templates = [...source.matchAll(/`([^`\n]*\$\{[^`\n]*)`/g)].map(([, text = ""]) => {
    const parts = text
      .split(/\$\{[^}]*\}/)
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${parts.join(".+")}$`);
  });
  return name
    .split(" > ")
    .every((part) => source.includes(part) || templates.some((template) => template.test(part)));
}

describe("docs/coverage.md", () => {
  const rows = table.split("\n").filter((line) => /^\| (K|F)?\d+a? \|/.test(line));

  it("has a row for every state, finding and fault", () => {
    const numbers = rows.map((row) => row.split(" | ")[0]?.slice(2) ?? "");
    const upTo = (/** @type {string} */ letter, /** @type {number} */ last) =>
      Array.from({ length: last }, (_, index) => `${letter}${index + 1}`);
    expect(numbers).toEqual(
      expect.arrayContaining([...upTo("", 62), ...upTo("K", 12), ...upTo("F", 67)]),
    );
  });

  it.each(rows.map((row) => [row.split(" | ").slice(0, 2).join(" "), row]))(
    "%s cites tests that exist",
    (_, row) => {
      const citations = citationsIn(row);
      expect(citations.length).toBeGreaterThan(0);
      const missing = citations.filter(
        ({ file, name }) =>
          !existsSync(join(root, file)) || !names(readFileSync(join(root, file), "utf8"), name),
      );
      expect(missing).toEqual([]);
    },
  );

  it("would notice a name that is gone", () => {
    expect(names('test("a thing works")', "a thing works")).toBe(true);
    expect(names("test(`a ${what} works, ${how}`)", "a thing works, well")).toBe(true);
    expect(names('test("a thing works")', "another thing works")).toBe(false);
    expect(
      citationsIn("| 1 | S | does | `a.ts`: 'the one's name'; 'two'; `b.ts`: 'three' |"),
    ).toEqual([
      { file: "a.ts", name: "the one's name" },
      { file: "a.ts", name: "two" },
      { file: "b.ts", name: "three" },
    ]);
  });
});
