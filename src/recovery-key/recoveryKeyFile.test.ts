import { describe, expect, it } from "vitest";
import { recoveryKeyFileName, recoveryKeyFileText } from "./recoveryKeyFile";

const kit = {
  userId: "@alice:example.test",
  homeserverUrl: "https://matrix.example.test",
  madeAt: new Date(2026, 10, 3, 12).getTime(),
};

describe("the file of a recovery key", () => {
  it("is named after the account and the day", () => {
    expect(recoveryKeyFileName(kit)).toBe("key-backup-recovery-key-alice-2026-11-03.txt");
  });

  it.each([
    ["@a/../b:example.test", "key-backup-recovery-key-a_.._b-2026-11-03.txt"],
    ["@Üñí:example.test", "key-backup-recovery-key-_-2026-11-03.txt"],
    ["@:example.test", "key-backup-recovery-key-account-2026-11-03.txt"],
  ])("has a harmless name for %j", (userId, name) => {
    expect(recoveryKeyFileName({ ...kit, userId })).toBe(name);
  });

  it("says whose key it is, where, since when, what for, and what not for", () => {
    const text = recoveryKeyFileText("EsTx aaaa bbbb", kit);
    expect(text).toContain("@alice:example.test");
    expect(text).toContain("https://matrix.example.test");
    expect(text).toContain("2026-11-03");
    expect(text).toContain("\n    EsTx aaaa bbbb\n");
    expect(text).toMatch(/not your password/);
    expect(text).toMatch(/not a file of exported room keys/);
  });
});
