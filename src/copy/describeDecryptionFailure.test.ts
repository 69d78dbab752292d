import { DecryptionFailureCode } from "matrix-js-sdk/lib/crypto-api";
import { describe, expect, it } from "vitest";
import { describeDecryptionFailure, describeUnreadable } from "./describeDecryptionFailure";

describe("why a message cannot be read", () => {
  it("has words for every code the SDK knows", () => {
    const unknown = describeDecryptionFailure("SOMETHING_NEW");
    expect(unknown).toContain("SOMETHING_NEW");
    const words = Object.values(DecryptionFailureCode).map((code) =>
      describeDecryptionFailure(code),
    );
    expect(words.filter((text) => /[A-Z]+_[A-Z]+/.test(text))).toEqual([]);
    expect(new Set(words).size).toBe(words.length);
  });

  it("speaks of several messages in the plural", () => {
    for (const code of [null, "SOMETHING_NEW", ...Object.values(DecryptionFailureCode)]) {
      const many = describeUnreadable(code, 3);
      expect(many).toMatch(/^3 messages cannot be read\. /);
      expect(many).not.toMatch(/this message|its key/i);
    }
    expect(describeUnreadable("MEGOLM_UNKNOWN_INBOUND_SESSION_ID", 1)).toBe(
      "Cannot be read. The key for this message is not on this device.",
    );
  });

  it("says something without a code", () => {
    expect(describeDecryptionFailure(null)).toBe("This message could not be decrypted.");
  });
});
