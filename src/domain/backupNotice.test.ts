import { describe, expect, it } from "vitest";
import { aBackup, backupVersion, trustedBackup } from "@/testing/facts";
import { acceptBackup, type BackupSeen, compareBackups, needsKeyNext } from "./backupNotice";

const [one, two, three] = [backupVersion("1"), backupVersion("2"), backupVersion("3")];
const seen: BackupSeen = { version: two, publicKey: "two", count: 7, at: 0, earlier: [] };
const same = aBackup({ version: two, publicKey: "two" });
const newer = aBackup({ version: three, publicKey: "three", count: 0 });
const older = aBackup({ version: one, publicKey: "one", count: 3 });

describe("compareBackups", () => {
  it("has nothing to say the first time, nor when nothing changed", () => {
    expect(compareBackups(null, newer, null)).toBeNull();
    expect(compareBackups(null, null, null)).toBeNull();
    expect(compareBackups(seen, same, null)).toBeNull();
  });

  it("is not alarmed by another count or etag: other devices upload, too", () => {
    expect(compareBackups(seen, { ...same, count: 5, etag: "9" }, null)).toBeNull();
    expect(compareBackups(seen, { ...same, count: 500, etag: "10" }, null)).toBeNull();
  });

  it("tells of a backup that is gone", () => {
    expect(compareBackups(seen, null, null)).toEqual({ kind: "disappeared", before: seen });
  });

  it("tells of another version with another key, with the facts of both", () => {
    expect(compareBackups(seen, newer, null)).toEqual({
      kind: "replaced",
      before: seen,
      now: { version: "3", publicKey: "three", count: 0 },
      signed: false,
    });
    const signed = { signature: "trusted", key: "mismatch" } as const;
    expect(compareBackups(seen, newer, signed)).toMatchObject({ kind: "replaced", signed: true });
  });

  it("tells of an older version that is back, by its number or because it was seen before", () => {
    expect(compareBackups(seen, older, null)).toMatchObject({ kind: "rolled_back" });
    const [first, second] = [backupVersion("qx"), backupVersion("ab")];
    const opaque = { ...seen, version: second, earlier: [first] };
    expect(compareBackups(opaque, { ...older, version: first }, null)).toMatchObject({
      kind: "rolled_back",
    });
    // Without plain numbers, and never seen, there is no order to speak of.
    expect(compareBackups(opaque, { ...older, version: backupVersion("aa") }, null)).toMatchObject({
      kind: "replaced",
    });
  });

  it("is not alarmed by another version with the same key, older or newer", () => {
    expect(compareBackups(seen, { ...newer, publicKey: "two" }, null)).toBeNull();
    expect(compareBackups(seen, { ...older, publicKey: "two" }, null)).toBeNull();
  });

  it("tells of another key under the same version", () => {
    for (const publicKey of ["three", null]) {
      expect(compareBackups(seen, { ...same, publicKey }, null)).toMatchObject({
        kind: "key_swapped",
        before: { publicKey: "two" },
        now: { version: "2", publicKey },
      });
    }
  });

  it("does not call another kind of backup another key", () => {
    const other = { ...same, publicKey: null, algorithm: "org.example.other" };
    expect(compareBackups(seen, other, null)).toBeNull();
  });

  it("does not take two unreadable keys for the same key", () => {
    const unreadable = { ...seen, publicKey: null };
    expect(compareBackups(unreadable, { ...newer, publicKey: null }, null)).toMatchObject({
      kind: "replaced",
    });
    expect(compareBackups(unreadable, { ...same, publicKey: null }, null)).toBeNull();
  });

  it("is not alarmed when the key held here opens the new backup", () => {
    expect(compareBackups(seen, newer, trustedBackup)).toBeNull();
  });

  it("tells of a deletion by which an older backup is back, also when the key held here opens it", () => {
    expect(compareBackups(seen, older, trustedBackup)).toMatchObject({
      kind: "rolled_back",
      opened: true,
    });
  });

  it("tells of a backup that was gone, also when another one with a known key is there again", () => {
    const gone = { ...seen, wasGone: true } as const;
    expect(compareBackups(gone, newer, trustedBackup)).toMatchObject({
      kind: "replaced",
      opened: true,
    });
    expect(compareBackups(gone, { ...newer, publicKey: "two" }, null)).toMatchObject({
      kind: "replaced",
    });
    expect(compareBackups(gone, { ...older, publicKey: "two" }, null)).toMatchObject({
      kind: "rolled_back",
    });
    // The same one is back: the server had a bad moment.
    expect(compareBackups(gone, same, null)).toBeNull();
    expect(acceptBackup(gone, same, 1)).not.toHaveProperty("wasGone");
  });

  it("leads on to the recovery key only where the backup is there and not open", () => {
    const notices = [
      compareBackups(seen, null, null),
      compareBackups(seen, older, trustedBackup),
      compareBackups(seen, newer, null),
    ];
    expect(notices.map((one) => one !== null && needsKeyNext(one))).toEqual([false, false, true]);
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
