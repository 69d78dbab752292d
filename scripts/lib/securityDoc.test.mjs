import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "./bootstrap.mjs";

/** A code span with a path of a test, and the names in single quotes that follow it. */
const reference = /`([\w./-]+\.(?:test|spec)\.\w+)`((?:: |; )'[^']*'(?:; '[^']*')*)?/g;

/** The tests that a table names. @param {string} text @returns {[path: string, name: string][]} */
function namedTests(text) {
  return [...text.matchAll(reference)].flatMap(([, path = "", names]) =>
    names === undefined
      ? [/** @type {[string, string]} */ ([path, ""])]
      : [...names.matchAll(/'([^']*)'/g)].map(
          ([, name = ""]) => /** @type {[string, string]} */ ([path, name]),
        ),
  );
}

const tests = namedTests(readFileSync(join(root, "docs/security.md"), "utf8"));

it("names tests by file and name", () => {
  expect(
    namedTests("| x | `a/b.test.ts`: 'one'; 'two'; `c.spec.ts`: 'three' | `d.test.mjs` |"),
  ).toEqual([
    ["a/b.test.ts", "one"],
    ["a/b.test.ts", "two"],
    ["c.spec.ts", "three"],
    ["d.test.mjs", ""],
  ]);
  expect(tests.length).toBeGreaterThan(50);
});

it.each(tests)("docs/security.md: %s has '%s'", (path, name) => {
  expect(existsSync(join(root, path)), path).toBe(true);
  const text = readFileSync(join(root, path), "utf8");
  // Where a test is one of many, its name is put together from a table: then the parts are there.
  expect(
    text.includes(name) || text.includes(name.replaceAll('"', '\\"')),
    `${path}: ${name}`,
  ).toBe(true);
});
