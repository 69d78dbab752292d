import { describe, expect, it } from "vitest";
import { failedReading, known, stale } from "@/testing/facts";
import { type AccountDevice, otherHolders } from "./accountDevices";
import { UNREAD } from "./reading";

const device = (standing: AccountDevice["standing"]): AccountDevice => ({
  deviceId: standing,
  name: null,
  lastSeenAt: null,
  standing,
});

describe("who else can hold the history", () => {
  it.each([
    [[], { kind: "none" }],
    [["no_encryption", "dehydrated"], { kind: "none" }],
    [["unverified", "no_encryption"], { kind: "others", count: 1 }],
    [["unverified", "verified", "verified", "dehydrated"], { kind: "verified", count: 2 }],
  ] as const)("%j", (standings, expected) => {
    expect(otherHolders(known(standings.map(device)))).toEqual(expected);
  });

  it("is not known by a list that could not be read now", () => {
    expect(otherHolders(UNREAD)).toEqual({ kind: "checking" });
    expect(otherHolders(failedReading)).toEqual({ kind: "unknown" });
    expect(otherHolders(stale([]))).toEqual({ kind: "unknown" });
  });
});
