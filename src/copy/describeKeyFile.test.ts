import { describe, expect, it } from "vitest";
import type { KeyFileProblem } from "@/domain/keyFile";
import { describeImport, describePassphrase } from "./describeKeyFile";
import { describeKeyFileProblem } from "./describeKeyFileProblem";

describe("key files in words", () => {
  it("tells every problem apart, and says that nothing was changed", () => {
    const problems: readonly KeyFileProblem[] = [
      "not_a_key_file",
      "cut_off",
      "wrong_passphrase",
      "unsupported",
      "too_large",
    ];
    const words = problems.map(describeKeyFileProblem);
    expect(new Set(words.map(({ title }) => title)).size).toBe(problems.length);
    for (const { body } of words) expect(body).toContain("Nothing was changed.");
  });

  it("counts what came of a file", () => {
    const none = { improved: 0, already: 0, failed: 0 };
    expect(describeImport({ total: 2, added: 2, ...none })).toBe(
      "2 room keys in the file: 2 new, 0 already here.",
    );
    expect(describeImport({ total: 10, added: 0, improved: 1, already: 7, failed: 2 })).toBe(
      "10 room keys in the file: 0 new, 1 better than the copy that was here, 7 already here, 2 not usable.",
    );
  });

  it("asks for a passphrase that is long enough and typed twice", () => {
    expect(describePassphrase("short", "short", 8)).toContain("at least 8");
    expect(describePassphrase("long enough", "long enougH", 8)).toContain("not the same");
    expect(describePassphrase("long enough", "long enough", 8)).toBeNull();
  });
});
