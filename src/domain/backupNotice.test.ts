import { describe, expect, it } from "vitest";
import { aBackup, backupVersion } from "@/testing/facts";
import { compareBackups } from "./backupNotice";

const seen = { version: backupVersion("1"), publicKey: "one", at: 0 };
const same = aBackup({ version: backupVersion("1"), publicKey: "one" });
const newer = aBackup({ version: backupVersion("2"), publicKey: "two" });

describe("compareBackups", () => {
  it("has nothing to say the first time, nor when nothing changed", () => {
    expect(compareBackups(null, newer, false)).toBeNull();
    expect(compareBackups(null, null, false)).toBeNull();
    expect(compareBackups(seen, same, false)).toBeNull();
    expect(compareBackups(seen, { ...same, count: 5, etag: "9" }, false)).toBeNull();
  });

  it("tells of a backup that is gone", () => {
    expect(compareBackups(seen, null, false)).toEqual({ kind: "disappeared", version: "1" });
  });

  it("tells of another version with another key", () => {
    expect(compareBackups(seen, newer, false)).toEqual({ kind: "replaced", from: "1", to: "2" });
  });

  it("is not alarmed by another version with the same key", () => {
    expect(compareBackups(seen, { ...newer, publicKey: "one" }, false)).toBeNull();
  });

  it("tells of another key under the same version", () => {
    expect(compareBackups(seen, { ...same, publicKey: "two" }, false)).toEqual({
      kind: "key_swapped",
      version: "1",
    });
    expect(compareBackups(seen, { ...same, publicKey: null }, false)).toEqual({
      kind: "key_swapped",
      version: "1",
    });
  });

  it("does not call another kind of backup another key", () => {
    const other = { ...same, publicKey: null, algorithm: "org.example.other" };
    expect(compareBackups(seen, other, false)).toBeNull();
  });

  it("does not take two unreadable keys for the same key", () => {
    const unreadable = { ...seen, publicKey: null };
    expect(compareBackups(unreadable, { ...newer, publicKey: null }, false)).toMatchObject({
      kind: "replaced",
    });
    expect(compareBackups(unreadable, { ...same, publicKey: null }, false)).toBeNull();
  });

  it("is not alarmed when the key held here opens the new backup", () => {
    expect(compareBackups(seen, newer, true)).toBeNull();
  });
});
