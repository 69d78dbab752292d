import { describe, expect, it } from "vitest";
import type { RecoveryKeyProblem } from "@/domain/recoveryKey";
import { describeRecoveryKeyProblem } from "./describeRecoveryKeyProblem";

const examples: Record<RecoveryKeyProblem["reason"], RecoveryKeyProblem> = {
  empty: { reason: "empty" },
  characters: { reason: "characters", characters: ["0", "l"] },
  length: { reason: "length", length: 47 },
  prefix: { reason: "prefix" },
  parity: { reason: "parity" },
  does_not_match: { reason: "does_not_match", keyId: "k1" },
  other_backup: { reason: "other_backup" },
};

describe("what is wrong with a recovery key", () => {
  it("has a title and a body of its own for every reason", () => {
    const words = Object.values(examples).map(describeRecoveryKeyProblem);
    expect(new Set(words.map(({ title }) => title)).size).toBe(words.length);
    expect(new Set(words.map(({ body }) => body)).size).toBe(words.length);
    for (const { title, body } of words) {
      expect(title).not.toMatch(/[.!]$/);
      expect(body).toMatch(/\.$/);
    }
  });

  it("names the characters that cannot be in a key, at most six", () => {
    expect(describeRecoveryKeyProblem(examples.characters).title).toContain("“0” and “l”");
    const many = describeRecoveryKeyProblem({
      reason: "characters",
      characters: ["-", "_", "!", "?", "0", "O", "I", "l"],
    });
    expect(many.title).toContain("“O” and 2 other characters");
  });

  it("says how long a key is and how long it should be", () => {
    expect(describeRecoveryKeyProblem({ reason: "length", length: 47 }).title).toContain(
      "47 of 48",
    );
    const long = describeRecoveryKeyProblem({ reason: "length", length: 96 });
    expect(long.title).toMatch(/too long: 96 .* 48/);
  });

  it("calls only the key wrong that was checked, and names the one wanted", () => {
    expect(describeRecoveryKeyProblem(examples.does_not_match).body).toContain("k1");
    expect(describeRecoveryKeyProblem(examples.other_backup).title).toContain("is right");
  });
});
