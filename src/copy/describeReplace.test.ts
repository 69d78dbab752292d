import { describe, expect, it } from "vitest";
import type { BackupVersion } from "@/domain/backup";
import type { OldBackupReport, ReplaceOffer } from "@/domain/changes";
import {
  describeDeleteOld,
  describeInterruptedReplace,
  describeOnlyInBackup,
  describeReplaceQuestion,
  describeReplaceStep,
  describeUpload,
  REPLACE_STEPS,
} from "./describeReplace";

const v = (version: string) => version as BackupVersion;
const offer = (onlyInBackup: number | null): ReplaceOffer => ({
  kind: "ready",
  version: v("3"),
  count: 2_000,
  held: 1,
  onlyInBackup,
  oldKey: "here",
});
const report = (unreadable: number): OldBackupReport => ({
  old: { version: v("3"), count: 1, etag: "e", publicKey: "pk" },
  current: { version: v("4"), count: 2_000 },
  unreadable,
});

describe("replacing in words", () => {
  it("has words of their own for every step, and says what is safe at each", () => {
    expect(new Set(REPLACE_STEPS.map(describeReplaceStep)).size).toBe(REPLACE_STEPS.length);
    for (const step of REPLACE_STEPS) {
      expect(describeInterruptedReplace(step)).toMatch(/not touched|Nothing was deleted/);
    }
  });

  it("names what is only in the backup, and tells unknown from none", () => {
    expect(describeOnlyInBackup(offer(0))).toBeNull();
    expect(describeOnlyInBackup(offer(1))?.title).toMatch(/^1 key is in the backup/);
    expect(describeOnlyInBackup(offer(2_000))?.title).toMatch(/^2,000 keys are in the backup/);
    expect(describeOnlyInBackup(offer(1))?.body).toContain(
      "only from a later message on is counted",
    );
    expect(describeOnlyInBackup(offer(null))?.title).toMatch(/could not be found out/);
  });

  it("asks with version and number, and says what is lost only where something is", () => {
    expect(describeReplaceQuestion(offer(0)).title).toBe(
      "Replace backup version 3 with 2,000 keys?",
    );
    expect(describeDeleteOld(report(0))).toMatchObject({
      title: "Delete backup version 3 with 1 key?",
      lost: null,
    });
    expect(describeDeleteOld(report(0)).body).toContain("version 4, which holds 2,000 keys");
    expect(describeDeleteOld(report(1)).lost).toMatch(/^1 entry is damaged/);
    expect(describeDeleteOld(report(2)).lost).toMatch(/^2 entries are damaged/);
    expect(describeUpload(600, 1_150)).toBe("600 of 1,150 keys");
    expect(describeUpload(0, 0)).toBe("0 of 0 keys");
    expect(describeUpload(0, 275)).toBe("Waiting for the server to take the first of 275 keys…");
  });
});
