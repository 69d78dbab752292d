import { describe, expect, it } from "vitest";
import {
  CHANGE_KEY_STEPS,
  describeChangeKeyProof,
  describeChangeKeyStep,
  describeInterruptedChangeKey,
  describeOldKeyCopies,
  describeWithoutOldKey,
} from "./describeChangeKey";

describe("changing the recovery key in words", () => {
  it("has words of their own for every step, and says which key opens everything", () => {
    expect(new Set(CHANGE_KEY_STEPS.map(describeChangeKeyStep)).size).toBe(CHANGE_KEY_STEPS.length);
    expect(describeInterruptedChangeKey("encrypt")).toMatch(/^Your old recovery key opens/);
    expect(describeInterruptedChangeKey("proof")).toMatch(/^Both keys open everything/);
  });

  it("says what stays locked with a lost key", () => {
    const plan = { kind: "ready", secrets: 4, canWithoutOldKey: true } as const;
    expect(describeWithoutOldKey({ ...plan, others: 0 })).not.toMatch(/other secret/);
    expect(describeWithoutOldKey({ ...plan, others: 1 })).toMatch(/1 other secret .* stays so/);
    expect(describeWithoutOldKey({ ...plan, others: 2 })).toMatch(/2 other secrets .* stay so/);
  });

  it("lets the old key go only when nothing needs it any more", () => {
    expect(describeOldKeyCopies({ left: 0 })).toMatch(/^Throw the copies of the old key away/);
    expect(describeOldKeyCopies({ left: 1 })).toMatch(/^Keep the old key.* that one needs it/);
    expect(describeOldKeyCopies({ left: 2 })).toMatch(/^Keep the old key.* those need it/);
  });

  it("does not hide what was left", () => {
    expect(describeChangeKeyProof({ secrets: 5, left: 0, keyId: "new" })).not.toMatch(/could not/);
    expect(describeChangeKeyProof({ secrets: 4, left: 1, keyId: "new" })).toMatch(
      /1 other one could not be copied and was left as it is/,
    );
    expect(describeChangeKeyProof({ secrets: 4, left: 2, keyId: "new" })).toMatch(
      /2 other ones could not be copied and were left/,
    );
  });
});
