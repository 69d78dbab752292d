import { describe, expect, it } from "vitest";
import type { EntryLook } from "@/domain/keyEntry";
import type { RecoveryKeyProblem } from "@/domain/recoveryKey";
import { backupVersion } from "@/testing/facts";
import { describeRecoveryKeyProblem } from "./describeRecoveryKeyProblem";

const examples: Record<RecoveryKeyProblem["reason"], RecoveryKeyProblem> = {
  empty: { reason: "empty" },
  characters: { reason: "characters", characters: ["0", "l"] },
  length: { reason: "length", length: 47 },
  prefix: { reason: "prefix" },
  parity: { reason: "parity" },
  format: { reason: "format" },
  does_not_match: { reason: "does_not_match", keyId: "k1" },
  other_backup: { reason: "other_backup" },
  older_backup: { reason: "older_backup", version: backupVersion("3"), of: "entry" },
  former_key: { reason: "former_key", name: "Mine" },
  not_this_backup: { reason: "not_this_backup", version: backupVersion("4") },
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
    expect(describeRecoveryKeyProblem(examples.characters).title).toContain("“0” or “l”");
    const many = describeRecoveryKeyProblem({
      reason: "characters",
      characters: ["-", "_", "!", "?", "0", "O", "I", "l"],
    });
    expect(many.title).toContain("“O” or 2 other characters");
  });

  it("says how long a key is and how long it should be", () => {
    expect(describeRecoveryKeyProblem({ reason: "length", length: 47 }).title).toContain(
      "47 of 48",
    );
    const long = describeRecoveryKeyProblem({ reason: "length", length: 96 });
    expect(long.title).toMatch(/too long: 96 .* 48/);
  });

  const hint = (reason: "characters" | "length" | "parity", look: EntryLook, takes: boolean) =>
    describeRecoveryKeyProblem(examples[reason], { look, takesPassphrase: takes }).body;

  it.each(["characters", "length"] as const)(
    "%s: tells who typed a password or a passphrase what to do with it, each in other words",
    (reason) => {
      expect(hint(reason, "phrase", true)).toMatch(/looks like a passphrase: choose “Use a pass/);
      expect(hint(reason, "phrase", false)).toMatch(/this account uses none: .* begins with “Es”/);
      expect(hint(reason, "password", true)).toMatch(/“Use a passphrase” below\. The account pass/);
      expect(hint(reason, "password", false)).toMatch(/account password opens nothing here/);
      for (const look of ["recovery_key", "nothing"] as const) {
        expect(hint(reason, look, true)).not.toMatch(/passphrase|password/);
      }
    },
  );

  it("says nothing of passwords where the text is a key", () => {
    expect(hint("parity", "password", true)).not.toMatch(/passphrase|account password/);
  });

  it("names dashes and quotation marks, and says that they can go", () => {
    const { title, body } = describeRecoveryKeyProblem({
      reason: "characters",
      characters: ["-", "–", "“"],
    });
    expect(title).toContain("“-” (dash), “–” (dash), or ““” (quotation mark)");
    expect(body).toMatch(/Take out the dashes and quotation marks/);
    const mixed = describeRecoveryKeyProblem({ reason: "characters", characters: ["-", "0"] });
    expect(mixed.body).toMatch(/The digit 0/);
  });

  it("tells the key of an older backup from a recovery key that leads to one", () => {
    const version = backupVersion("3");
    const [entry, secret] = (["entry", "secret"] as const).map((of) =>
      describeRecoveryKeyProblem({ reason: "older_backup", version, of }),
    );
    expect(entry?.title).toMatch(/key of an older backup: version 3/);
    expect(secret?.title).toMatch(/recovery key is right, .* version 3/);
  });

  it("calls only the key wrong that was checked, and shows no id nobody can look up", () => {
    expect(describeRecoveryKeyProblem(examples.does_not_match).body).not.toContain("k1");
    expect(describeRecoveryKeyProblem(examples.other_backup).title).toContain("is right");
  });
});
