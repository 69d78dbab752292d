import { describe, expect, it } from "vitest";
import { emptyTally } from "@/domain/restore";
import { describeRestoreFailure } from "./describeRestoreFailure";

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
