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
    const words = Object.values(examples).map((problem) => describeRecoveryKeyProblem(problem));
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

  it("tells who typed a password what a recovery key looks like, and nobody else", () => {
    const words = /password or a phrase: the recovery key is 48 characters and begins with “Es”\.$/;
    const reasons = Object.values(examples).filter(
      (problem) =>
        words.test(describeRecoveryKeyProblem(problem, { beginsWithEs: false }).body) &&
        !words.test(describeRecoveryKeyProblem(problem, { beginsWithEs: true }).body),
    );
    expect(reasons.map(({ reason }) => reason)).toEqual(["characters", "length"]);
  });

  it("calls only the key wrong that was checked, and shows no id nobody can look up", () => {
    expect(describeRecoveryKeyProblem(examples.does_not_match).body).not.toContain("k1");
    expect(describeRecoveryKeyProblem(examples.other_backup).title).toContain("is right");
  });
});
