import { DecryptionFailureCode } from "matrix-js-sdk/lib/crypto-api";
import { describe, expect, it } from "vitest";
import { describeDecryptionFailure } from "./describeDecryptionFailure";

describe("why a message cannot be read", () => {
  it("has words for every code the SDK knows", () => {
    const unknown = describeDecryptionFailure("SOMETHING_NEW");
    expect(unknown).toContain("SOMETHING_NEW");
    const words = Object.values(DecryptionFailureCode).map(describeDecryptionFailure);
    expect(words.filter((text) => /[A-Z]+_[A-Z]+/.test(text))).toEqual([]);
    expect(new Set(words).size).toBe(words.length);
  });

  it("says something without a code", () => {
    expect(describeDecryptionFailure(null)).toBe("This message could not be decrypted.");
  });
});
