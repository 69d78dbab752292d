import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyTally, missingCount, type RestoreTally, settledCount } from "@/domain/restore";
import {
  describeRestoreDifference,
  describeRestoreParts,
  describeRestoreResult,
  describeRestoreSum,
  describeUnchanged,
  isUnchanged,
} from "./describeRestoreResult";

function tally(changes: Partial<RestoreTally>): RestoreTally {
  return { ...emptyTally(0), ...changes };
}

/** Any tally at the end of a restore: what was received is settled. */
const anyEnd = fc
  .record({
    expected: fc.nat(5_000),
    imported: fc.nat(3_000),
    already: fc.nat(3_000),
    undecryptable: fc.nat(50),
    malformed: fc.nat(50),
  })
  .map(({ undecryptable, malformed, ...counts }) => {
    const failed = { ...emptyTally(0).failed, undecryptable, malformed };
    const received = counts.imported + counts.already + undecryptable + malformed;
    return tally({ ...counts, failed, received });
  });

const numbersIn = (text: string) =>
  [...text.matchAll(/\d[\d,]*/g)].map(([number]) => Number(number.replaceAll(",", "")));

describe("the sum in words", () => {
  it("adds up, whatever the numbers", () => {
    fc.assert(
      fc.property(anyEnd, (end) => {
        const [total, ...parts] = numbersIn(describeRestoreSum(end));
        expect(total).toBe(settledCount(end));
        expect(parts.reduce((sum, part) => sum + part, 0)).toBe(total);
      }),
    );
  });

  it("explains every difference to the server's count, and only a difference", () => {
    fc.assert(
      fc.property(anyEnd, (end) => {
        const words = describeRestoreDifference(end);
        expect(words === null).toBe(end.received === end.expected);
        if (words !== null) {
          expect(numbersIn(words)).toContain(Math.abs(end.received - end.expected));
        }
      }),
    );
  });
});

describe("the headline of a finished restore", () => {
  it("is a success only when nothing failed and nothing is missing", () => {
    fc.assert(
      fc.property(anyEnd, (end) => {
        const failed = end.failed.undecryptable + end.failed.malformed;
        const { tone } = describeRestoreResult(end);
        if (failed + missingCount(end) > 0) expect(tone).toBe("warning");
        else expect(tone).toBe(end.received === 0 ? "info" : "success");
      }),
    );
  });

  it("speaks of one key in the singular", () => {
    const one = tally({ expected: 1, received: 1, imported: 1 });
    expect(describeRestoreResult(one).title).toBe("The 1 room key of the backup is on this device");
    expect(describeRestoreResult({ ...one, imported: 0, already: 1 }).title).toContain(
      "was here already",
    );
  });

  it("never calls a restored key verified", () => {
    fc.assert(
      fc.property(anyEnd, (end) => {
        expect(describeRestoreResult(end).title).not.toMatch(/verified/i);
      }),
    );
  });

  it("is friendly about an empty backup", () => {
    const { tone, title } = describeRestoreResult(tally({}));
    expect(tone).toBe("info");
    expect(title).toContain("nothing to restore");
  });
});

describe("what is behind the sum", () => {
  it("is said only where there is something to say", () => {
    expect(describeRestoreParts(tally({ imported: 5, already: 5 }))).toEqual([]);
    expect(
      describeRestoreParts(tally({ imported: 5, improved: 2, already: 1_300, recalled: 1_200 })),
    ).toEqual([
      "Of the newly stored keys, 2 replace copies that opened fewer messages.",
      "Of the keys already here, an earlier restore had dealt with 1,200; they have not changed on the server since.",
    ]);
    expect(describeRestoreParts(tally({ imported: 1, improved: 1 }))[0]).toContain("1 replaces a");
    expect(describeRestoreParts(tally({ imported: 3, relabelled: 1 }))).toEqual([
      "1 entry of the backup stood under a wrong session id. Its key is stored under the right one, and counted like the others.",
    ]);
    expect(describeRestoreParts(tally({ imported: 3, again: 2 }))).toEqual([
      "Of the newly stored keys, 2 came under names that the server had sent before with something else in them.",
    ]);
  });
});

describe("a restore of what the last one had brought", () => {
  const unchanged = tally({ expected: 2_000, received: 2_000, already: 2_000, recalled: 2_000 });

  it("says that nothing has changed, and that nothing was downloaded", () => {
    expect(describeRestoreResult(unchanged)).toEqual({
      tone: "success",
      title: "Nothing has changed since the last restore",
    });
    expect(describeUnchanged(unchanged)).toBe(
      "All 2,000 room keys of the backup were here already, so nothing was downloaded.",
    );
  });

  it.each<[string, Partial<RestoreTally>]>([
    ["something was downloaded", { bytes: 1 }],
    ["a key was decrypted", { recalled: 1_999 }],
    ["a key is missing", { expected: 2_001 }],
    ["it was empty", { expected: 0, received: 0, already: 0, recalled: 0 }],
  ])("is not said when %s", (_, changes) => {
    expect(isUnchanged({ ...unchanged, ...changes })).toBe(false);
    expect(describeUnchanged({ ...unchanged, ...changes })).toBeNull();
  });
});
