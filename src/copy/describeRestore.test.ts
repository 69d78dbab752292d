import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyTally, missingCount, settledCount, type RestoreTally } from "@/domain/restore";
import { backupVersion } from "@/testing/facts";
import {
  describeLastRestore,
  describePace,
  describeRestoreDifference,
  describeRestoreEstimate,
  describeRestoreFailure,
  describeRestoreResult,
  describeRestoreStage,
  describeRestoreSum,
  describeTimeLeft,
  progressMax,
} from "./describeRestore";

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

describe("the line above the bar", () => {
  const downloading = (changes: Partial<RestoreTally>) =>
    tally({ stage: "downloading", expected: 5_000, ...changes });

  it("says that a resumed restore skips what is here, before the first number", () => {
    expect(describeRestoreStage(tally({}), true)).toMatch(/^Resuming: .* are skipped/);
    expect(describeRestoreStage(tally({}), false)).not.toContain("Resuming");
  });

  it("counts what is here already until the first new key comes", () => {
    expect(describeRestoreStage(downloading({ already: 1_200 }), true)).toBe(
      "Going through what is already here: 1,200 keys…",
    );
    const beyond = describeRestoreStage(downloading({ already: 1_200, imported: 1 }), true);
    expect(beyond).not.toContain("already here");
    expect(describeRestoreStage(downloading({}), false)).not.toContain("already here");
  });
});

describe("the last restore", () => {
  const last = {
    version: backupVersion("4"),
    at: 0,
    imported: 90,
    already: 10,
    failed: 0,
    missing: 0,
  };

  it("was of all keys only when none failed, none was missing and none was added since", () => {
    expect(describeLastRestore(last, 100)).toMatch(
      /^All keys of backup version 4 were restored on .*19(70|69)/,
    );
    expect(describeLastRestore(last, 101)).toMatch(/It held 100 room keys then\.$/);
    for (const short of [
      { ...last, imported: 89, failed: 1 },
      { ...last, imported: 89, missing: 1 },
    ]) {
      expect(describeLastRestore(short, 99)).toMatch(
        /: 99 of 100 room keys came to this device\.$/,
      );
    }
  });
});

describe("pace, time and estimate", () => {
  it("are rounded so that they do not flicker", () => {
    expect(describePace(1)).toBe("1 key per second");
    expect(describePace(43.4)).toBe("43 keys per second");
    expect(describePace(1_649)).toBe("1,600 keys per second");
    expect(describeTimeLeft(130)).toBe("About 2 minutes");
    expect(describeTimeLeft(1)).toBe("Less than 5 seconds");
  });

  it("warn of the time a large backup takes, and only of that", () => {
    expect(describeRestoreEstimate(10_000)).toBeNull();
    expect(describeRestoreEstimate(100_000)).toContain("2 minutes");
  });

  it("give the bar an end that is never behind what came", () => {
    expect(progressMax(tally({ expected: 10, received: 12 }))).toBe(12);
    expect(progressMax(tally({ expected: 10, received: 2 }))).toBe(10);
  });
});

describe("reasons of failure", () => {
  it("each have words of their own", () => {
    const reasons = [
      "malformed",
      "bad_room_id",
      "undecryptable",
      "wrong_algorithm",
      "too_large",
      "rejected",
    ] as const;
    expect(Object.keys(emptyTally(0).failed).toSorted()).toEqual(reasons.toSorted());
    const words = reasons.map(describeRestoreFailure);
    expect(new Set(words.map(({ title }) => title)).size).toBe(reasons.length);
  });
});
