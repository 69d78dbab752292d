import { describe, expect, it } from "vitest";
import type { RestoreJob } from "@/domain/restoreJob";
import { aReport, aRunningRestore, aTally, backupVersion, offline } from "@/testing/facts";
import { describeRestoreNews, describeRestoreTitle } from "./describeRestoreNews";

const version = backupVersion("1");
const report = aReport({ received: 40, imported: 30, already: 10 });
const whole = aReport({ received: 100, imported: 90, already: 10 });
const jobs: [RestoreJob, string | null, string][] = [
  [{ kind: "idle" }, null, ""],
  [{ kind: "interrupted", version }, null, ""],
  [aRunningRestore(), "0 % restored", "Restore started"],
  [aRunningRestore({ resumed: true }), "0 % restored", "Restore resumed"],
  [aRunningRestore({ share: 0.429 }), "42 % restored", "40 percent of the keys processed"],
  [aRunningRestore({ share: 1 }), "100 % restored", "100 percent of the keys processed"],
  [
    { kind: "paused", version, report },
    "Restore paused",
    "The restore is paused: 40 of 100 room keys.",
  ],
  [
    { kind: "failed", version, report, error: offline },
    "Restore interrupted",
    "The restore was interrupted: 40 of 100 room keys. The homeserver cannot be reached.",
  ],
  [
    { kind: "finished", version, report: whole },
    "Restore done",
    "Restore done. All 100 room keys of the backup are on this device. 100 keys processed = 90 newly stored + 10 already here + 0 failed.",
  ],
];

describe("news of a restore", () => {
  it.each(jobs)("%# has a short form for the title and a spoken one", (job, title, spoken) => {
    expect(describeRestoreTitle(job)).toBe(title);
    expect(describeRestoreNews(job)).toBe(spoken);
  });

  it("tells once of a wait, whatever is left of it", () => {
    const waiting = { error: { kind: "rate_limited", retryAfterMs: 9_000 }, ms: 9_000 } as const;
    const at = (waitLeftMs: number) =>
      describeRestoreNews(aRunningRestore({ tally: aTally({ waiting }), waitLeftMs }));
    expect(at(9_000)).toBe("The server asked to wait: trying again in 9 seconds");
    expect(at(2_000)).toBe(at(9_000));
  });
});
