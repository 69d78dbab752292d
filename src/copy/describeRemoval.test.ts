import { describe, expect, it, test } from "vitest";
import { backupVersion } from "@/testing/facts";
import { aSurvey } from "@/testing/FakeRemoval";
import {
  describeBackupDeletion,
  describeCoverage,
  describeIdentityReset,
  describeKeyStorageDeletion,
  describeOlderKept,
  describeStoppedDeletion,
  endingWithTab,
  nameBackup,
  nameDeletion,
} from "./describeRemoval";

const coverage = (onServer: number, notedHere: number) =>
  aSurvey({ coverage: { onServer, notedHere, onlyInBackup: onServer - notedHere } });

const BY_NOTES =
  "The notes say what it put there or restored; the keys were not compared one by one.";

describe("what a deletion takes away, in numbers", () => {
  test.each([
    [
      1204,
      1190,
      `1,204 room keys are deleted from the server. By this device’s own notes 1,190 of them are also on this device; 14 exist nowhere else that this device knows of. ${BY_NOTES}`,
    ],
    [
      100,
      100,
      `100 room keys are deleted from the server. By this device’s own notes all of them are also on this device. ${BY_NOTES}`,
    ],
    [
      1,
      1,
      `1 room key is deleted from the server. By this device’s own notes it is also on this device. ${BY_NOTES}`,
    ],
    [
      2,
      1,
      `2 room keys are deleted from the server. By this device’s own notes 1 of them is also on this device; 1 exists nowhere else that this device knows of. ${BY_NOTES}`,
    ],
    [
      50,
      0,
      "50 room keys are deleted from the server. This device has no notes about them, so all 50 may exist nowhere else. It holds 1,300 room keys; a restore compares the two.",
    ],
    [0, 0, "The backup is empty: there are no room keys in it."],
  ])("%i in the backup, %i of them here", (onServer, notedHere, words) => {
    expect(describeCoverage(coverage(onServer, notedHere))).toBe(words);
  });

  it("names version and count", () => {
    expect(nameBackup(coverage(1204, 0))).toBe("version 7 with 1,204 room keys");
  });
});

describe("the lists", () => {
  it("speak of unreadable messages only where a key may be nowhere else", () => {
    const lost = (onServer: number) =>
      describeBackupDeletion(coverage(onServer, onServer)).lost.join(" ");
    expect(lost(10)).toMatch(/unreadable for good/);
    expect(lost(0)).not.toMatch(/unreadable for good/);
  });

  it("keep nothing on this device beyond the tab of a session in memory", () => {
    const given = describeBackupDeletion(coverage(10, 10));
    const { lost, kept } = endingWithTab(given);
    expect(lost.slice(0, -1)).toEqual(given.lost);
    expect(lost.at(-1)).toMatch(/this tab only.*lost, too, when the tab is closed or reloaded/);
    expect(kept).toEqual(given.kept);
  });

  it("do not call everything lost while an older backup is kept", () => {
    const lost = (others: number) =>
      describeBackupDeletion(coverage(10, 10), { olderKept: others }).lost.join(" ");
    expect(lost(0)).toMatch(/nothing opens your encrypted messages again/);
    expect(lost(1)).not.toMatch(/nothing opens your encrypted messages again/);
    expect(lost(1)).toMatch(/only what the older backup holds can be opened/);
  });

  it("name each older backup that goes, too, and speak of unreadable messages because of it", () => {
    const older = [{ version: backupVersion("3"), count: 5 }];
    const lost = describeBackupDeletion(coverage(0, 0), { olderGone: older }).lost.join(" ");
    expect(lost).toMatch(/Backup version 3 with 5 room keys is deleted, too/);
    expect(lost).toMatch(/unreadable for good/);
    expect(lost).toMatch(/nothing opens your encrypted messages again/);
  });

  it("say that the identity's keys go, where they are nowhere else", () => {
    const storage = {
      backup: null,
      keyId: "K",
      anythingStored: true,
      identityHere: false,
      identityOnlyStored: false,
      backupKeyOnlyStored: false,
    };
    const only = describeKeyStorageDeletion({ ...storage, identityOnlyStored: true });
    const here = describeKeyStorageDeletion({ ...storage, identityHere: true });
    expect(describeKeyStorageDeletion(storage).kept.join(" ")).not.toMatch(/private keys/);
    expect(here.lost.join(" ")).not.toMatch(/no backup/);
    expect(only.lost.join(" ")).toMatch(/private keys of your identity .* are lost/);
    expect(here.lost.join(" ")).not.toMatch(/identity/);
    expect(here.kept.join(" ")).toMatch(/its private keys are on this device/);
  });

  it("say what becomes of the backup when the identity is reset", () => {
    const survey = { published: "k", keysHere: false, keysStored: false };
    const kept = (opensHere: boolean) =>
      describeIdentityReset({ ...survey, backup: aSurvey({ opensHere }) }).kept.join(" ");
    expect(kept(true)).toMatch(/version 7 with 1,204 room keys: it stays as it is/);
    expect(kept(false)).toMatch(/stays on the server. A new backup is made beside it/);
    const lost = (opensHere: boolean) =>
      describeIdentityReset({ ...survey, backup: aSurvey({ opensHere }) }).lost.join(" ");
    expect(lost(true)).not.toMatch(/1,204/);
    expect(lost(false)).toMatch(/The way to the 1,204 room keys in backup version 7/);
    expect(describeIdentityReset({ ...survey, backup: null }).kept).toHaveLength(1);
  });
});

describe("several versions", () => {
  const three = { version: backupVersion("3"), count: 50 };
  const two = { version: backupVersion("2"), count: 1 };

  it("are named in the question, and offered in one step", () => {
    expect(nameDeletion(aSurvey(), [])).toBe("backup version 7 with 1,204 room keys");
    expect(nameDeletion(aSurvey(), [three, two])).toBe(
      "backups version 7 with 1,204 room keys, version 3 with 50 room keys, and version 2 with 1 room key",
    );
    const words = (...old: (typeof three)[]) => describeOlderKept(old, backupVersion("7"));
    expect(words()).toBeNull();
    expect(words(three)?.together).toBe("Delete version 3, too");
    expect(words(three, two)?.together).toBe("Delete version 3 and version 2, too");
  });

  it("are told apart where the deletion has stopped", () => {
    expect(describeStoppedDeletion([]).title).toBe("The deletion has stopped");
    expect(describeStoppedDeletion([three.version]).title).toMatch(/^Version 3 was deleted/);
    expect(describeStoppedDeletion([three.version, two.version]).title).toMatch(
      /^Versions 3 and 2 were deleted/,
    );
  });
});
