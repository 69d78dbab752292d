import * as fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { backupVersion } from "@/testing/facts";
import { confirmsByTyping, coverageOf } from "./removal";

const v1 = backupVersion("1");
const v2 = backupVersion("2");

describe("coverageOf", () => {
  test.each([
    ["all of it is here", 100, 100, 100, v1, { notedHere: 100, onlyInBackup: 0 }],
    ["most of it is here", 1204, 1300, 1190, v1, { notedHere: 1190, onlyInBackup: 14 }],
    ["nothing was restored", 50, 0, 0, v1, { notedHere: 0, onlyInBackup: 50 }],
    ["an empty backup", 0, 10, 0, v1, { notedHere: 0, onlyInBackup: 0 }],
    [
      "keys here that were never uploaded do not count",
      50,
      80,
      30,
      v1,
      { notedHere: 30, onlyInBackup: 20 },
    ],
    ["a server that lost some", 40, 50, 50, v1, { notedHere: 40, onlyInBackup: 0 }],
    ["the marks are of another version", 50, 50, 50, v2, { notedHere: 0, onlyInBackup: 50 }],
    ["this device uploads nowhere", 50, 50, 50, null, { notedHere: 0, onlyInBackup: 50 }],
    ["marks that cannot be", 50, 10, 40, v1, { notedHere: 10, onlyInBackup: 40 }],
  ])("%s", (_name, count, total, backedUp, marksAreOf, expected) => {
    const coverage = coverageOf({ version: v1, count }, { total, backedUp }, marksAreOf);
    expect(coverage).toEqual({ onServer: count, ...expected });
  });

  it("never promises more than is marked here, and its parts make up the whole", () => {
    const number = fc.nat({ max: 2000 });
    fc.assert(
      fc.property(
        number,
        number,
        number,
        fc.constantFrom(v1, v2, null),
        (count, total, marked, of) => {
          const { onServer, notedHere, onlyInBackup } = coverageOf(
            { version: v1, count },
            { total, backedUp: marked },
            of,
          );
          expect(notedHere + onlyInBackup).toBe(onServer);
          expect(notedHere).toBeLessThanOrEqual(Math.min(total, marked, count));
          expect(onlyInBackup).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });
});

test.each([
  ["delete", true],
  [" DELETE ", true],
  ["7", true],
  ["", false],
  ["del", false],
  ["8", false],
])("%j confirms the deletion of version 7: %j", (typed, expected) => {
  expect(confirmsByTyping(typed, "delete", "7")).toBe(expected);
});

test("without a version only the word confirms", () => {
  expect(confirmsByTyping("", "reset", null)).toBe(false);
  expect(confirmsByTyping("reset", "reset", null)).toBe(true);
});
