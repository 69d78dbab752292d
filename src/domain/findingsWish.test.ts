import { describe, expect, it } from "vitest";
import {
  aBackup,
  failedReading,
  healthyInputs,
  known,
  noIdentity,
  noSecretStorage,
  readySecretStorage,
  stale,
  trustedBackup,
} from "@/testing/facts";
import { deriveBackupState } from "./backupState";
import type { DeviceStateInputs } from "./deviceState";
import { listFindings } from "./findings";
import { UNREAD } from "./reading";

const none = { backup: known(null), trust: UNREAD, activeVersion: known(null) } as const;
const nothing = {
  ...none,
  crossSigning: known(noIdentity),
  secretStorage: known(noSecretStorage),
};
const broken = known({ ...readySecretStorage, defaultKey: "broken" as const });
const waiting = known({ total: 103, backedUp: 100 });

type Row = [name: string, changes: Partial<DeviceStateInputs>, states: string[], backup: string];

const table: Row[] = [
  // States 12, 13 and 14: none, none because it was turned off, none because it was deleted.
  ["none, never set up", { ...nothing, backupWish: known("unsaid") }, ["set_up_recovery"], "none"],
  ["none, turned off", { ...nothing, backupWish: known("off") }, ["backup_turned_off"], "none"],
  [
    "none, turned off, with a recovery key",
    { ...none, backupWish: known("off") },
    ["backup_turned_off"],
    "none",
  ],
  [
    "none, turned off, and nobody is pressed about a broken secret storage",
    { ...none, backupWish: known("off"), secretStorage: broken },
    ["backup_turned_off"],
    "none",
  ],
  ["none, though one is wanted", none, ["turn_on_key_storage"], "none"],
  [
    "none, and the account does not say",
    { ...none, backupWish: known("unsaid") },
    ["turn_on_key_storage"],
    "none",
  ],
  ["none, the wish is not read yet", { ...none, backupWish: UNREAD }, ["checking"], "none"],
  [
    "none, the wish could never be read",
    { ...none, backupWish: failedReading },
    ["turn_on_key_storage"],
    "none",
  ],
  [
    "none, turned off, read before",
    { ...none, backupWish: stale("off") },
    ["backup_turned_off"],
    "none",
  ],

  // The word alone makes nothing of a backup that is there, or that could not be read.
  ["there, though the account says off", { backupWish: known("off") }, ["ok"], "enabled"],
  [
    "not read now, and the account says off",
    { backup: failedReading, trust: UNREAD, backupWish: known("off") },
    ["unknown"],
    "unknown",
  ],
  [
    "read before as none, and the account says off",
    { backup: stale(null), trust: UNREAD, backupWish: known("off") },
    ["unknown"],
    "unknown",
  ],
  ["there, the wish is not read", { backupWish: UNREAD }, ["ok"], "enabled"],
  ["there, the wish could not be read", { backupWish: failedReading }, ["ok"], "enabled"],

  // Off on this device.
  ["off here, in order", { uploadOff: true }, ["turned_off_here"], "off"],
  [
    "off here, keys wait, stalled, refused before",
    {
      uploadOff: true,
      roomKeys: waiting,
      uploadStalled: true,
      uploadError: { code: "M_UNKNOWN", at: 1 },
    },
    ["turned_off_here"],
    "off",
  ],
  [
    "off here, the SDK uploads nowhere",
    { uploadOff: true, activeVersion: known(null) },
    ["turned_off_here"],
    "off",
  ],
  [
    "off here, and history can be restored",
    { uploadOff: true, backup: known(aBackup({ count: 2000 })) },
    ["restore_available", "turned_off_here"],
    "off",
  ],
  [
    "off here, and the key is not here",
    { uploadOff: true, trust: known({ signature: "trusted", key: "absent" }) },
    ["needs_recovery_key", "turned_off_here"],
    "needs-key",
  ],
  [
    "off here, and the backup is not trusted: nothing would be uploaded anyway",
    { uploadOff: true, trust: known({ signature: "untrusted", key: "mismatch" }) },
    ["backup_untrusted"],
    "untrusted",
  ],
  ["off here, and no backup", { ...none, uploadOff: true }, ["turn_on_key_storage"], "none"],
  [
    "off here, trust read before",
    { uploadOff: true, trust: stale(trustedBackup) },
    ["unknown", "turned_off_here"],
    "unknown",
  ],
];

describe("what the person wants", () => {
  it.each(table)("%s", (_name, changes, states, backup) => {
    const inputs = healthyInputs(changes);
    expect(listFindings(inputs).map(({ state }) => state)).toEqual(states);
    expect(deriveBackupState(inputs)).toBe(backup);
  });

  it("never says that an upload fails which is turned off here", () => {
    for (const [, changes] of table) {
      const states = listFindings(healthyInputs({ ...changes, uploadOff: true }));
      expect(states.map(({ state }) => state)).not.toContain("upload_failing");
    }
  });
});
