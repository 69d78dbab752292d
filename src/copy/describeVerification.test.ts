import { describe, expect, it } from "vitest";
import type { OwnDevice, VerificationEnding } from "@/domain/verification";
import {
  describeEnding,
  describeNoHelper,
  describeStanding,
  deviceLabel,
} from "./describeVerification";

const device: OwnDevice = { deviceId: "ABC", name: null, lastSeenAt: null, standing: "verified" };
const ENDINGS: readonly VerificationEnding[] = [
  { reason: "cancelled_here" },
  { reason: "cancelled_there" },
  { reason: "timed_out" },
  { reason: "mismatch" },
  { reason: "accepted_elsewhere" },
  { reason: "unsupported" },
  { reason: "crossed" },
  { reason: "failed", code: "m.invalid_message", error: null },
];

describe("describeEnding", () => {
  it("has words of its own for every end, whole sentences", () => {
    const texts = ENDINGS.map((ending) => describeEnding(ending, null));
    expect(new Set(texts.map(({ title }) => title)).size).toBe(ENDINGS.length);
    for (const { title, body } of texts) {
      expect(title).toMatch(/^\S.*[^.\s]$/);
      expect(body).toMatch(/^\S.*\.$/);
    }
  });

  it("is alarmed by a mismatch alone", () => {
    const alarmed = ENDINGS.filter((ending) => describeEnding(ending, null).tone === "critical");
    expect(alarmed).toEqual([{ reason: "mismatch" }]);
  });

  it("says for all others that nothing was changed, and for a mismatch that no key was sent", () => {
    for (const ending of ENDINGS) {
      const { body } = describeEnding(ending, null);
      if (ending.reason === "accepted_elsewhere") continue;
      expect(body).toMatch(
        ending.reason === "mismatch" ? /no key was sent/ : /Nothing was changed/,
      );
    }
  });

  it("cuts the other side's code", () => {
    const { body } = describeEnding(
      { reason: "failed", code: "x".repeat(9_000), error: null },
      null,
    );
    expect(body.length).toBeLessThan(250);
  });
});

describe("devices", () => {
  it("are called by name, else by id, and never at any length", () => {
    expect(deviceLabel(device)).toBe("ABC");
    expect(deviceLabel({ ...device, name: "Phone" })).toBe("Phone");
    expect(deviceLabel({ ...device, name: "🎉".repeat(500) }).length).toBeLessThan(120);
  });

  it("have a reason for each standing that cannot help", () => {
    expect(describeStanding("verified")).toBeNull();
    const reasons = (["unverified", "no_encryption", "dehydrated"] as const).map(describeStanding);
    expect(new Set(reasons).size).toBe(3);
  });

  it("count a dehydrated one as nobody", () => {
    const alone = describeNoHelper([], true);
    expect(describeNoHelper([{ ...device, standing: "dehydrated" }], true)).toEqual(alone);
    expect(describeNoHelper([{ ...device, standing: "unverified" }], true)).not.toEqual(alone);
    for (const others of [[], [{ ...device, standing: "unverified" as const }]]) {
      expect(describeNoHelper(others, true).body).toMatch(
        /Your recovery key|Use your recovery key/,
      );
      expect(describeNoHelper(others, false).body).toContain("no recovery key");
    }
  });
});
