import { describe, expect, it } from "vitest";
import { emptyTally, type RestoreTally } from "@/domain/restore";
import { backupVersion } from "@/testing/facts";
import {
  describeDownload,
  describeLastRestore,
  describePace,
  describeRestoreEstimate,
  describeRestoreStage,
  describeTimeLeft,
  progressMax,
} from "./describeRestore";

function tally(changes: Partial<RestoreTally>): RestoreTally {
  return { ...emptyTally(0), ...changes };
}

function downloading(changes: Partial<RestoreTally>): RestoreTally {
  return tally({ stage: "downloading", expected: 5_000, ...changes });
}

describe("the line above the bar", () => {
  it("says that a resumed restore skips what is here, before the first number", () => {
    expect(describeRestoreStage(tally({}), true)).toMatch(/^Resuming: .* are skipped/);
    expect(describeRestoreStage(tally({}), false)).not.toContain("Resuming");
  });

  it("has words of its own for every stage", () => {
    const stages = ["opening", "first_rooms", "downloading", "finishing"] as const;
    const words = stages.map((stage) => describeRestoreStage(tally({ stage }), false));
    expect(new Set(words).size).toBe(stages.length);
    for (const text of words) expect(text).toMatch(/…$/);
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
    keysPerSecond: null,
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
    expect(describeRestoreEstimate(10_000, null)).toBeNull();
    expect(describeRestoreEstimate(100_000, null)).toMatch(
      /^About 84 MB to download\. This may take 40 seconds or more, by the speed of this device/,
    );
    expect(describeRestoreEstimate(300_000, null)).toContain("2 minutes or more");
  });

  it("go by the last restore on this device where its speed is known", () => {
    expect(describeRestoreEstimate(100_000, 500)).toContain(
      "This may take 3 minutes, by the speed of the last restore on this device.",
    );
  });

  it("tell how much came, of how much, and how fast, as far as that is known", () => {
    const coming = downloading({ bytes: 1_500_000 });
    expect(describeDownload(coming, null)).toBe("1.5 MB");
    expect(describeDownload(coming, 250_400)).toBe("1.5 MB, 250.4 kB per second");
    expect(describeDownload({ ...coming, bytesTotal: 84_200_000 }, 250_400)).toBe(
      "1.5 MB of 84.2 MB, 250.4 kB per second",
    );
    // The server's word was wrong: it is not repeated.
    expect(describeDownload({ ...coming, bytesTotal: 5 }, null)).toBe("1.5 MB");
    // Nothing comes any more, so nothing is said of how fast.
    expect(describeDownload({ ...coming, bytesTotal: 1_500_000 }, 4)).toBe("1.5 MB of 1.5 MB");
    expect(describeDownload({ ...coming, stage: "finishing" }, 4)).toBe("1.5 MB");
  });

  it("give the bar an end that is never behind what came", () => {
    expect(progressMax(tally({ expected: 10, received: 12 }))).toBe(12);
    expect(progressMax(tally({ expected: 10, received: 2 }))).toBe(10);
  });
});
