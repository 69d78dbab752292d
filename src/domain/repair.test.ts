import { describe, expect, it } from "vitest";
import {
  aBackup,
  allKeysBackedUp,
  noSecretStorage,
  readySecretStorage,
  trustedBackup,
} from "@/testing/facts";
import { listFaults, type RepairFacts } from "./repair";

const identity = { exists: true, deviceVerified: true, privateKeysHere: true };
const broken = { ...noSecretStorage, defaultKey: "broken" } as const;
const healthy: RepairFacts = {
  backup: aBackup(),
  trust: trustedBackup,
  identity,
  storage: readySecretStorage,
  otherKeys: 0,
  storedBackupKey: null,
  roomKeys: allKeysBackedUp,
};
const mismatch = { signature: "trusted", key: "mismatch" } as const;
const absent = { signature: "trusted", key: "absent" } as const;
const unsigned = { signature: "untrusted", key: "match" } as const;

describe("what is wrong, and what helps", () => {
  it.each([
    ["nothing", {}, []],
    ["nothing, with the recovery key", { storedBackupKey: "match" }, []],
    ["nothing without a backup", { backup: null, trust: null }, []],
    [
      "a malformed public key",
      { backup: aBackup({ publicKey: null }), trust: null },
      ["backup_unusable export_and_replace"],
    ],
    [
      "an unknown algorithm",
      { backup: aBackup({ algorithm: "org.example" }), trust: null },
      ["backup_unusable export_and_replace"],
    ],
    ["no secret storage", { storage: noSecretStorage }, ["no_secret_storage set_up"]],
    [
      "no key is named, and one is there with secrets under it",
      { storage: noSecretStorage, otherKeys: 1 },
      ["default_key_lost recovery_key"],
    ],
    [
      "no secret storage, and nothing of what belongs there is here",
      {
        storage: noSecretStorage,
        trust: absent,
        identity: { ...identity, deviceVerified: false, privateKeysHere: false },
      },
      [
        "no_secret_storage other_device",
        "decryption_key_absent other_device",
        "device_not_verified other_device",
      ],
    ],
    [
      "a broken default key, and another key there",
      { storage: broken, otherKeys: 1 },
      ["default_key_broken recovery_key"],
    ],
    ["a broken default key, everything here", { storage: broken }, ["default_key_broken set_up"]],
    [
      "a broken default key, everything here and no backup",
      { storage: broken, backup: null, trust: null },
      ["default_key_broken set_up"],
    ],
    [
      "a broken default key, no identity at all",
      { storage: broken, identity: { ...identity, exists: false } },
      ["default_key_broken set_up", "no_identity set_up"],
    ],
    [
      "a broken default key, the identity's keys not here",
      { storage: broken, identity: { ...identity, privateKeysHere: false } },
      ["default_key_broken other_device", "cross_signing_keys_not_here other_device"],
    ],
    [
      "a broken default key, the backup's key not here",
      { storage: broken, trust: absent },
      ["default_key_broken other_device", "decryption_key_absent other_device"],
    ],
    [
      "a key for another backup here",
      { trust: mismatch },
      ["decryption_key_mismatch recovery_key"],
    ],
    ["no key here", { trust: absent }, ["decryption_key_absent recovery_key"]],
    [
      "no key here and none stored",
      { trust: absent, storage: { ...readySecretStorage, backupKeyStored: false } },
      ["decryption_key_absent other_device", "backup_key_not_stored other_device"],
    ],
    [
      "the backup's key not stored",
      { storage: { ...readySecretStorage, backupKeyStored: false } },
      ["backup_key_not_stored recovery_key"],
    ],
    [
      "identity keys not here",
      { identity: { ...identity, privateKeysHere: false } },
      ["cross_signing_keys_not_here recovery_key"],
    ],
    [
      "identity keys nowhere",
      {
        identity: { ...identity, privateKeysHere: false },
        storage: { ...readySecretStorage, crossSigningKeysStored: false },
      },
      ["cross_signing_keys_not_here other_device", "cross_signing_keys_not_stored other_device"],
    ],
    [
      "identity keys not stored",
      { storage: { ...readySecretStorage, crossSigningKeysStored: false } },
      ["cross_signing_keys_not_stored recovery_key"],
    ],
    [
      "this device not verified",
      { identity: { ...identity, deviceVerified: false } },
      ["device_not_verified recovery_key"],
    ],
    [
      "another key stored",
      { storedBackupKey: "other" },
      ["stored_backup_key_differs recovery_key"],
    ],
    [
      "no key stored in its place",
      { storedBackupKey: "damaged" },
      ["stored_backup_key_damaged recovery_key"],
    ],
    [
      "another key stored, the right one not here",
      { storedBackupKey: "other", trust: mismatch },
      ["decryption_key_mismatch recovery_key", "stored_backup_key_differs other_device"],
    ],
    [
      "something stored that the key does not open",
      { storedBackupKey: "unreadable" },
      ["stored_backup_key_unreadable nothing"],
    ],
    ["no signature, the key fits", { trust: unsigned }, ["backup_unsigned automatic"]],
    [
      "no signature that this unverified device could trust",
      { trust: unsigned, identity: { ...identity, deviceVerified: false } },
      ["device_not_verified recovery_key"],
    ],
    [
      "a server that lost keys",
      { backup: aBackup({ count: 99 }) },
      ["keys_missing_on_server export_and_replace"],
    ],
    [
      "keys that are only on their way",
      { backup: aBackup({ count: 99 }), roomKeys: { total: 100, backedUp: 99 } },
      [],
    ],
  ] satisfies [string, Partial<RepairFacts>, string[]][])("%s", (_, facts, expected) => {
    const faults = listFaults({ ...healthy, ...facts });
    expect(faults.map(({ kind, remedy }) => `${kind} ${remedy}`)).toEqual(expected);
  });
});
