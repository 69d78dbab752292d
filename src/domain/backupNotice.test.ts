import { describe, expect, it } from "vitest";
import { aBackup, backupVersion } from "@/testing/facts";
import { acceptBackup, type BackupSeen, compareBackups } from "./backupNotice";

const [one, two, three] = [backupVersion("1"), backupVersion("2"), backupVersion("3")];
const seen: BackupSeen = { version: two, publicKey: "two", count: 7, at: 0, earlier: [] };
const same = aBackup({ version: two, publicKey: "two" });
const newer = aBackup({ version: three, publicKey: "three", count: 0 });
const older = aBackup({ version: one, publicKey: "one", count: 3 });

describe("compareBackups", () => {
  it("has nothing to say the first time, nor when nothing changed", () => {
    expect(compareBackups(null, newer, false)).toBeNull();
    expect(compareBackups(null, null, false)).toBeNull();
    expect(compareBackups(seen, same, false)).toBeNull();
  });

  it("is not alarmed by another count or etag: other devices upload, too", () => {
    expect(compareBackups(seen, { ...same, count: 5, etag: "9" }, false)).toBeNull();
    expect(compareBackups(seen, { ...same, count: 500, etag: "10" }, false)).toBeNull();
  });

  it("tells of a backup that is gone", () => {
    expect(compareBackups(seen, null, false)).toEqual({ kind: "disappeared", before: seen });
  });

  it("tells of another version with another key, with the facts of both", () => {
    expect(compareBackups(seen, newer, false)).toEqual({
      kind: "replaced",
      before: seen,
      now: { version: "3", publicKey: "three", count: 0 },
    });
  });

  it("tells of an older version that is back, by its number or because it was seen before", () => {
    expect(compareBackups(seen, older, false)).toMatchObject({ kind: "rolled_back" });
    const [first, second] = [backupVersion("qx"), backupVersion("ab")];
    const opaque = { ...seen, version: second, earlier: [first] };
    expect(compareBackups(opaque, { ...older, version: first }, false)).toMatchObject({
      kind: "rolled_back",
    });
    // Without plain numbers, and never seen, there is no order to speak of.
    expect(compareBackups(opaque, { ...older, version: backupVersion("aa") }, false)).toMatchObject(
      { kind: "replaced" },
    );
  });

  it("is not alarmed by another version with the same key, older or newer", () => {
    expect(compareBackups(seen, { ...newer, publicKey: "two" }, false)).toBeNull();
    expect(compareBackups(seen, { ...older, publicKey: "two" }, false)).toBeNull();
  });

  it("tells of another key under the same version", () => {
    for (const publicKey of ["three", null]) {
      expect(compareBackups(seen, { ...same, publicKey }, false)).toMatchObject({
        kind: "key_swapped",
        before: { publicKey: "two" },
        now: { version: "2", publicKey },
      });
    }
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
    expect(compareBackups(seen, older, true)).toBeNull();
  });
});

describe("accepting what is there", () => {
  it("remembers the versions before it, each once, and the newest ten", () => {
    let memory: BackupSeen | null = null;
    for (let number = 1; number <= 13; number += 1) {
      memory = acceptBackup(memory, { ...same, version: backupVersion(String(number)) }, number);
    }
    expect(memory).toMatchObject({ version: "13", at: 13 });
    expect(memory?.earlier).toEqual(["3", "4", "5", "6", "7", "8", "9", "10", "11", "12"]);
    const back = acceptBackup(memory, { ...same, version: backupVersion("12") }, 14);
    expect(back?.earlier.slice(-2)).toEqual(["11", "13"]);
  });

  it("forgets all when no backup is what is accepted", () => {
    expect(acceptBackup(seen, null, 1)).toBeNull();
  });
});
