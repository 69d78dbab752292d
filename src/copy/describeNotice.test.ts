import { describe, expect, it } from "vitest";
import type { BackupNotice } from "@/domain/backupNotice";
import { backupVersion } from "@/testing/facts";
import { describeNotice, describeNotMe, describeThatWasMe } from "./describeNotice";

const before = {
  version: backupVersion("4"),
  publicKey: "one",
  count: 5,
  at: 0,
  earlier: [],
};
const now = { version: backupVersion("7"), publicKey: "two", count: 0 };
const notices: readonly BackupNotice[] = [
  { kind: "disappeared", before },
  { kind: "replaced", before, now, signed: false },
  { kind: "rolled_back", before, now, signed: false },
  { kind: "key_swapped", before, now: { ...now, version: before.version }, signed: false },
];

describe("notices", () => {
  it("are four, name the versions and claim no attack", () => {
    const words = notices.map(describeNotice);
    expect(new Set(words.map(({ title }) => title)).size).toBe(4);
    for (const { title, body } of words) {
      expect(title).toContain("version 4");
      expect(body).toContain("The keys on this device are untouched");
      expect(title + body).not.toMatch(/attack|danger|stolen|hack/i);
    }
    expect(words[1]?.title).toContain("version 7");
    expect(words[2]?.title).toContain("older version 7");
  });

  it("say that nothing is uploaded only where nothing is", () => {
    for (const notice of notices) {
      if (notice.kind === "disappeared") continue;
      const unsigned = describeNotice(notice).body + describeNotMe(notice).safe.join(" ");
      expect(unsigned).toContain("Nothing is uploaded to it");
      expect(unsigned).toContain("uploads nothing");
      const signed = { ...notice, signed: true };
      const words = describeNotice(signed).body + describeNotMe(signed).safe.join(" ");
      expect(words).toContain("new keys are uploaded to it");
      expect(words).toContain("one of your verified devices changed it");
      expect(words).not.toMatch(/nothing is uploaded|uploads nothing/i);
    }
  });

  it("say of a backup that is open here that it is, and nothing of its key being another", () => {
    const opened = { kind: "rolled_back", before, now, signed: true, opened: true } as const;
    const words = `${describeNotice(opened).body} ${describeNotMe(opened).safe.join(" ")}`;
    expect(words).toContain("This device holds its key");
    expect(words).not.toMatch(/another key|uploads nothing/);
    expect(describeThatWasMe(opened)).toContain("nothing else to do");
  });

  it("lead on to the recovery key only where there is something to open", () => {
    expect(notices.map((notice) => describeThatWasMe(notice).includes("recovery key"))).toEqual([
      false,
      true,
      true,
      true,
    ]);
  });

  it("tell somebody else what is safe and what to do, without doing any of it", () => {
    for (const notice of notices) {
      const { safe, steps } = describeNotMe(notice);
      expect(safe.join(" ")).toContain("still here");
      expect(steps[0]).toContain("Keep this device signed in");
      expect(steps.join(" ")).toMatch(/devices.*password/s);
    }
  });
});
