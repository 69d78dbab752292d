import { DecryptionFailureCode } from "matrix-js-sdk/lib/crypto-api";
import { describe, expect, it } from "vitest";
import {
  describeDecryptionFailure,
  describeUnreadable,
  isFromBefore,
} from "./describeDecryptionFailure";

describe("why a message cannot be read", () => {
  it("has words for every code the SDK knows", () => {
    const unknown = describeDecryptionFailure("SOMETHING_NEW");
    expect(unknown).toContain("SOMETHING_NEW");
    const codes = Object.values(DecryptionFailureCode);
    const words = codes.map((code) => describeDecryptionFailure(code));
    expect(words.filter((text) => /[A-Z]+_[A-Z]+/.test(text))).toEqual([]);
    // Three of them tell of the backup as it was: what holds now is said of all three.
    expect(codes.filter(isFromBefore)).toHaveLength(3);
    expect(new Set(words).size).toBe(words.length - 2);
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

  it.each([
    ["no_backup", "there is no backup to take its key from"],
    ["locked", "is not open on this device"],
    ["restore", "not restored from the backup yet"],
    ["all_here", "not in the backup, or could not be restored"],
    ["unknown", "its key is not on this device"],
  ] as const)("says what holds now, not what the SDK saw when it tried: %s", (oldKeys, words) => {
    const said = Object.values(DecryptionFailureCode)
      .filter(isFromBefore)
      .map((code) => describeDecryptionFailure(code, 1, oldKeys));
    expect(new Set(said).size).toBe(1);
    expect(said[0]).toContain(words);
  });

  it("says something without a code", () => {
    expect(describeDecryptionFailure(null)).toBe("This message could not be decrypted.");
  });
});
