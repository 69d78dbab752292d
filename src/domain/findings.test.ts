import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  aBackup,
  backupVersion,
  failedReading,
  healthyInputs,
  known,
  noIdentity,
  noSecretStorage,
  offline,
  readyIdentity,
  readySecretStorage,
  stale,
  trustedBackup,
} from "@/testing/facts";
import { BACKUP_ALGORITHM } from "./backup";
import { deriveBackupState } from "./backupState";
import type { DeviceStateInputs } from "./deviceState";
import { deriveDeviceState, listFindings } from "./findings";
import { type Reading, UNREAD } from "./reading";

const v1 = backupVersion("1");
const v2 = backupVersion("2");
const newDevice = {
  ...readyIdentity,
  privateKeysHere: false,
  deviceVerified: false,
};
const keysLost = { ...newDevice, privateKeysInSecretStorage: false };
const withoutCrossSigning = { ...readySecretStorage, crossSigningKeysStored: false };
/** The pointer was blanked; description and secrets are still there. */
const lostPointer = { ...noSecretStorage, underOtherKey: true };
const brokenStorage = { ...readySecretStorage, defaultKey: "broken" } as const;
const lastRestore = {
  version: v1,
  at: 0,
  imported: 90,
  already: 0,
  failed: 10,
  missing: 0,
  keysPerSecond: null,
};

type Row = [string, Partial<DeviceStateInputs>, string, string];

const table: Row[] = [
  ["everything in order", {}, "ok", "enabled"],
  ["signed out", { signedIn: false }, "signed_out", "unknown"],
  ["before the first sync", { syncedOnce: false, sync: "starting" }, "checking", "unknown"],
  [
    "before the first sync, the backup could not be read",
    { syncedOnce: false, sync: "starting", backup: failedReading },
    "unknown",
    "unknown",
  ],
  ["the first sync fails", { syncedOnce: false, sync: "offline" }, "unknown", "unknown"],
  ["sync lost later, reads still fine", { sync: "offline" }, "ok", "enabled"],

  // This device and the identity.
  [
    "a set-up broken off after the identity was published",
    {
      crossSigning: known({
        ...readyIdentity,
        deviceVerified: false,
        privateKeysInSecretStorage: false,
      }),
      secretStorage: known(noSecretStorage),
      backup: known(null),
      trust: UNREAD,
      activeVersion: known(null),
    },
    "set_up_recovery",
    "none",
  ],
  [
    "the same keys here, but secret storage could not be read",
    {
      crossSigning: known({
        ...readyIdentity,
        deviceVerified: false,
        privateKeysInSecretStorage: false,
      }),
      secretStorage: failedReading,
    },
    "verify_this_device",
    "enabled",
  ],
  [
    "a new device, nothing unlocked",
    { crossSigning: known(newDevice), trust: known({ signature: "untrusted", key: "absent" }) },
    "verify_this_device",
    "untrusted",
  ],
  [
    "a new device, and no backup",
    { crossSigning: known(newDevice), backup: known(null), trust: UNREAD },
    "verify_this_device",
    "none",
  ],
  [
    "unverified, though the private keys are here",
    { crossSigning: known({ ...readyIdentity, deviceVerified: false }) },
    "verify_this_device",
    "enabled",
  ],
  [
    "unverified, keys said to be nowhere by both reads",
    { crossSigning: known(keysLost), secretStorage: known(withoutCrossSigning) },
    "identity_needs_reset",
    "enabled",
  ],
  [
    "unverified, keys nowhere, no secret storage",
    { crossSigning: known(keysLost), secretStorage: known(noSecretStorage) },
    "identity_needs_reset",
    "enabled",
  ],
  [
    "unverified, the two reads disagree",
    { crossSigning: known(keysLost) },
    "verify_this_device",
    "enabled",
  ],
  [
    "unverified, keys nowhere, storage not read yet",
    { crossSigning: known(keysLost), secretStorage: UNREAD },
    "checking",
    "enabled",
  ],
  [
    "unverified, keys nowhere, storage unreadable",
    { crossSigning: known(keysLost), secretStorage: failedReading },
    "verify_this_device",
    "enabled",
  ],
  [
    "unverified, keys nowhere, storage stale",
    { crossSigning: known(keysLost), secretStorage: stale(withoutCrossSigning) },
    "verify_this_device",
    "enabled",
  ],
  [
    "a new device, and the account does not name the recovery key",
    {
      crossSigning: known(keysLost),
      secretStorage: known(lostPointer),
      trust: known({ signature: "untrusted", key: "absent" }),
    },
    "default_key_lost",
    "untrusted",
  ],
  [
    "a new device, and the named recovery key is no usable one, another is",
    {
      crossSigning: known(keysLost),
      secretStorage: known({ ...lostPointer, defaultKey: "broken" }),
    },
    "default_key_lost",
    "enabled",
  ],
  [
    "all is here, and the account does not name the recovery key",
    { secretStorage: known(lostPointer) },
    "default_key_lost",
    "enabled",
  ],
  [
    "all is here, and only the backup's key is left under the old recovery key, as after a reset",
    { secretStorage: known({ ...lostPointer, identityUnderOtherKey: false }) },
    "set_up_recovery",
    "enabled",
  ],
  [
    "the same without a backup",
    { secretStorage: known(lostPointer), backup: known(null), trust: UNREAD },
    "default_key_lost",
    "none",
  ],
  [
    "the identity was reset elsewhere, and its keys are on that device alone",
    {
      crossSigning: known({ ...keysLost, identityReplaced: true }),
      secretStorage: known(withoutCrossSigning),
    },
    "verify_this_device",
    "enabled",
  ],
  ["identity not read yet", { crossSigning: UNREAD }, "checking", "enabled"],
  ["identity unreadable", { crossSigning: failedReading }, "unknown", "enabled"],
  ["identity stale", { crossSigning: stale(readyIdentity) }, "unknown", "enabled"],

  // No backup.
  [
    "a brand-new account",
    {
      crossSigning: known(noIdentity),
      secretStorage: known(noSecretStorage),
      backup: known(null),
      trust: UNREAD,
      activeVersion: known(null),
    },
    "set_up_recovery",
    "none",
  ],
  [
    "no identity and no backup, but secret storage",
    { crossSigning: known(noIdentity), backup: known(null) },
    "set_up_recovery",
    "none",
  ],
  [
    "identity and secret storage, no backup",
    { backup: known(null), trust: UNREAD },
    "turn_on_key_storage",
    "none",
  ],
  [
    "identity, no secret storage, no backup",
    { backup: known(null), secretStorage: known(noSecretStorage) },
    "set_up_recovery",
    "none",
  ],
  [
    "identity, broken secret storage, no backup",
    { backup: known(null), secretStorage: known(brokenStorage) },
    "set_up_recovery",
    "none",
  ],
  [
    "no backup, identity not read",
    { backup: known(null), crossSigning: UNREAD },
    "checking",
    "none",
  ],
  [
    "no backup, secret storage not read",
    { backup: known(null), secretStorage: UNREAD },
    "checking",
    "none",
  ],
  [
    "no backup, secret storage unreadable",
    { backup: known(null), secretStorage: failedReading },
    "unknown",
    "none",
  ],
  ["no backup when last read, unreachable now", { backup: stale(null) }, "unknown", "unknown"],
  ["never read", { backup: failedReading, trust: UNREAD }, "unknown", "unknown"],
  ["backup not read yet", { backup: UNREAD, trust: UNREAD }, "checking", "unknown"],
  [
    "all in order when last read, unreachable now",
    { backup: stale(aBackup()) },
    "unknown",
    "unknown",
  ],

  // A backup this app cannot use.
  [
    "another algorithm",
    { backup: known(aBackup({ algorithm: "m.other" })), trust: failedReading },
    "unsupported_backup",
    "error",
  ],
  [
    "a malformed public key",
    { backup: known({ ...aBackup(), publicKey: null }), trust: UNREAD },
    "unsupported_backup",
    "error",
  ],

  // Its key.
  ["trust not read yet", { trust: UNREAD }, "checking", "unknown"],
  ["trust unreadable", { trust: failedReading }, "unknown", "unknown"],
  ["trust stale", { trust: stale(trustedBackup) }, "unknown", "unknown"],
  [
    "signed by us, key not here",
    { trust: known({ signature: "trusted", key: "absent" }) },
    "needs_recovery_key",
    "needs-key",
  ],
  [
    "signed by nobody we know, key not here",
    { trust: known({ signature: "untrusted", key: "absent" }), activeVersion: known(null) },
    "needs_recovery_key",
    "untrusted",
  ],
  [
    "signature unknown, key not here",
    { trust: known({ signature: "unknown", key: "absent" }), activeVersion: known(null) },
    "needs_recovery_key",
    "untrusted",
  ],
  [
    "signed by us, another key here",
    { trust: known({ signature: "trusted", key: "mismatch" }) },
    "backup_replaced",
    "needs-key",
  ],
  [
    "signed by us, another key here, and none behind the recovery key",
    {
      trust: known({ signature: "trusted", key: "mismatch" }),
      secretStorage: known({ ...readySecretStorage, backupKeyStored: false }),
    },
    "key_storage_out_of_sync",
    "needs-key",
  ],
  [
    "signed by us, another key here, secret storage not read",
    { trust: known({ signature: "trusted", key: "mismatch" }), secretStorage: UNREAD },
    "checking",
    "needs-key",
  ],
  [
    "signature unknown, another key here",
    { trust: known({ signature: "unknown", key: "mismatch" }), activeVersion: known(null) },
    "key_storage_out_of_sync",
    "untrusted",
  ],
  [
    "signed by nobody we know, another key here",
    { trust: known({ signature: "untrusted", key: "mismatch" }), activeVersion: known(null) },
    "backup_untrusted",
    "untrusted",
  ],
  [
    "key fits, signed by nobody",
    { trust: known({ signature: "untrusted", key: "match" }) },
    "key_storage_out_of_sync",
    "enabled",
  ],
  [
    "key fits, signature not known",
    { trust: known({ signature: "unknown", key: "match" }) },
    "ok",
    "enabled",
  ],
  [
    "key fits, signed by nobody this unverified device trusts",
    {
      trust: known({ signature: "untrusted", key: "match" }),
      crossSigning: known({ ...readyIdentity, deviceVerified: false }),
    },
    "verify_this_device",
    "enabled",
  ],
  [
    "key fits, signed by nobody, and keys wait in vain",
    { trust: known({ signature: "untrusted", key: "match" }), uploadStalled: true },
    "upload_failing",
    "enabled",
  ],
  ["the server counts fewer than it was given", { serverShort: true }, "upload_failing", "enabled"],

  // Secret storage.
  [
    "backup used, no secret storage",
    { secretStorage: known(noSecretStorage) },
    "set_up_recovery",
    "enabled",
  ],
  [
    "backup used, broken secret storage",
    { secretStorage: known(brokenStorage) },
    "key_storage_out_of_sync",
    "enabled",
  ],
  [
    "backup key not stored",
    { secretStorage: known({ ...readySecretStorage, backupKeyStored: false }) },
    "key_storage_out_of_sync",
    "enabled",
  ],
  [
    "cross-signing keys not stored",
    { secretStorage: known(withoutCrossSigning) },
    "key_storage_out_of_sync",
    "enabled",
  ],
  [
    "verified, cross-signing keys not here",
    { crossSigning: known({ ...readyIdentity, privateKeysHere: false }) },
    "key_storage_out_of_sync",
    "enabled",
  ],
  [
    "a used backup, no identity",
    { crossSigning: known(noIdentity) },
    "key_storage_out_of_sync",
    "enabled",
  ],
  [
    "no identity, key not here",
    { crossSigning: known(noIdentity), trust: known({ signature: "untrusted", key: "absent" }) },
    "needs_recovery_key",
    "untrusted",
  ],
  ["secret storage not read", { secretStorage: UNREAD }, "checking", "enabled"],
  ["secret storage stale", { secretStorage: stale(readySecretStorage) }, "unknown", "enabled"],

  // Upload.
  ["upload off", { activeVersion: known(null) }, "upload_failing", "error"],
  ["uploading to another version", { activeVersion: known(v2) }, "upload_failing", "error"],
  [
    "upload off, being looked at again",
    { activeVersion: known(null), rechecking: true },
    "checking",
    "unknown",
  ],
  [
    "upload ended with an error",
    { uploadError: { code: "M_LIMIT_EXCEEDED", at: 1 } },
    "upload_failing",
    "enabled",
  ],
  ["keys wait, and none is taken", { uploadStalled: true }, "upload_failing", "enabled"],
  ["upload not read yet", { activeVersion: UNREAD }, "checking", "unknown"],
  ["upload unreadable", { activeVersion: failedReading }, "unknown", "unknown"],

  // Restore.
  [
    "fewer keys here than on the server",
    { roomKeys: known({ total: 10, backedUp: 10 }) },
    "restore_available",
    "enabled",
  ],
  [
    "the same, restored before",
    { roomKeys: known({ total: 90, backedUp: 90 }), lastRestore },
    "ok",
    "enabled",
  ],
  [
    "more missing than the last restore left out: keys came to the server since",
    { roomKeys: known({ total: 89, backedUp: 89 }), lastRestore },
    "restore_available",
    "enabled",
  ],
  [
    "the same, another version restored before",
    { roomKeys: known({ total: 90, backedUp: 90 }), lastRestore: { ...lastRestore, version: v2 } },
    "restore_available",
    "enabled",
  ],
  [
    "a short answer to the last restore hides nothing that it left out",
    {
      roomKeys: known({ total: 0, backedUp: 0 }),
      lastRestore: { ...lastRestore, imported: 0, failed: 0, missing: 100 },
    },
    "restore_available",
    "enabled",
  ],
  [
    "keys that wait for their upload could be those on the server: not told while they wait",
    { roomKeys: known({ total: 100, backedUp: 0 }) },
    "ok",
    "enabled",
  ],
  [
    "fewer keys here than on the server even with those that wait",
    { roomKeys: known({ total: 99, backedUp: 0 }) },
    "restore_available",
    "enabled",
  ],
  [
    "the waiting keys were others: told once they are uploaded",
    {
      backup: known(aBackup({ count: 200 })),
      roomKeys: known({ total: 100, backedUp: 100 }),
    },
    "restore_available",
    "enabled",
  ],
  [
    "more keys here than on the server",
    { roomKeys: known({ total: 200, backedUp: 100 }) },
    "ok",
    "enabled",
  ],
  [
    "an empty backup, an empty store",
    { backup: known(aBackup({ count: 0 })), roomKeys: known({ total: 0, backedUp: 0 }) },
    "ok",
    "enabled",
  ],
  ["room keys not counted yet", { roomKeys: UNREAD }, "checking", "enabled"],
  ["room keys cannot be counted", { roomKeys: failedReading }, "unknown", "enabled"],
];

describe("the headline and the backup's state", () => {
  it.each(table)("%s", (_, changes, deviceState, backupState) => {
    const inputs = healthyInputs(changes);
    expect(deriveDeviceState(inputs)).toBe(deviceState);
    expect(deriveBackupState(inputs)).toBe(backupState);
  });
});

describe("the findings", () => {
  it("lists every failed check, the headline first", () => {
    const replacedIdentity = { ...newDevice, identityReplaced: true };
    const inputs = healthyInputs({
      crossSigning: known(newDevice),
      trust: known({ signature: "trusted", key: "mismatch" }),
      secretStorage: known({ ...readySecretStorage, backupKeyStored: false }),
      activeVersion: known(null),
      uploadError: { code: "M_WRONG_ROOM_KEYS_VERSION", at: 5 },
    });
    expect(listFindings({ ...inputs, crossSigning: known(replacedIdentity) })[0]).toEqual({
      state: "verify_this_device",
      keysInSecretStorage: true,
      identityReplaced: true,
    });
    expect(listFindings(inputs)).toEqual([
      { state: "verify_this_device", keysInSecretStorage: true },
      {
        state: "key_storage_out_of_sync",
        reasons: ["decryption_key_mismatch", "backup_key_not_stored"],
      },
      {
        state: "upload_failing",
        reason: "refused",
        code: "M_WRONG_ROOM_KEYS_VERSION",
        serverVersion: v1,
        activeVersion: null,
      },
    ]);
  });

  it("keeps what was last known below an `unknown`", () => {
    const inputs = healthyInputs({
      backup: stale(aBackup()),
      trust: known({ signature: "trusted", key: "absent" }),
    });
    expect(listFindings(inputs)).toEqual([
      { state: "unknown", subject: "backup", error: offline },
      { state: "needs_recovery_key", version: v1, signatureTrusted: true },
    ]);
  });

  it("tells the ways apart in which an upload fails", () => {
    const reason = (changes: Partial<DeviceStateInputs>): unknown => {
      const [first] = listFindings(healthyInputs(changes));
      return first.state === "upload_failing" ? first.reason : first.state;
    };
    expect(reason({ uploadStalled: true })).toBe("stalled");
    expect(reason({ activeVersion: known(null), uploadStalled: true })).toBe("off");
    expect(reason({ activeVersion: known(v2) })).toBe("other_version");
    expect(reason({ uploadError: { code: "M_LIMIT_EXCEEDED", at: 1 } })).toBe("refused");
  });

  it("says what a restore would bring", () => {
    const roomKeys = known({ total: 10, backedUp: 10 });
    expect(listFindings(healthyInputs({ roomKeys }))).toEqual([
      { state: "restore_available", version: v1, onServer: 100, heldHere: 10 },
    ]);
  });

  it("says what is missing for recovery", () => {
    expect(
      listFindings(
        healthyInputs({
          crossSigning: known(noIdentity),
          secretStorage: known(noSecretStorage),
          backup: known(null),
        }),
      ),
    ).toEqual([{ state: "set_up_recovery", missing: ["identity", "secret_storage", "backup"] }]);
  });
});

const error = fc.constant(offline);
function reading<T>(value: fc.Arbitrary<T>): fc.Arbitrary<Reading<T>> {
  const at = fc.nat();
  return fc.oneof(
    fc.constant(UNREAD),
    fc.record({ status: fc.constant("known" as const), value, at }),
    fc.record({ status: fc.constant("stale" as const), value, at, error }),
    fc.record({ status: fc.constant("failed" as const), error, at }),
  );
}
const version = fc.constantFrom(v1, v2);
const backup = fc.record({
  version,
  algorithm: fc.constantFrom(BACKUP_ALGORITHM, BACKUP_ALGORITHM, "m.other"),
  publicKey: fc.constantFrom("key", "key", null),
  count: fc.nat({ max: 20 }),
  etag: fc.constant("1"),
  authData: fc.constant({}),
});
const anyInputs: fc.Arbitrary<DeviceStateInputs> = fc.record({
  signedIn: fc.constantFrom(true, true, true, false),
  sync: fc.constantFrom("starting" as const, "live" as const, "offline" as const),
  syncedOnce: fc.constantFrom(true, true, true, false),
  rechecking: fc.boolean(),
  backup: reading(fc.option(backup)),
  backupWish: reading(fc.constantFrom("on" as const, "off" as const, "unsaid" as const)),
  uploadOff: fc.constantFrom(false, false, true),
  trust: reading(
    fc.record({
      signature: fc.constantFrom("trusted" as const, "untrusted" as const, "unknown" as const),
      key: fc.constantFrom("match" as const, "mismatch" as const, "absent" as const),
    }),
  ),
  activeVersion: reading(fc.option(version)),
  crossSigning: reading(
    fc.record({
      identityExists: fc.boolean(),
      privateKeysHere: fc.boolean(),
      privateKeysInSecretStorage: fc.boolean(),
      deviceVerified: fc.boolean(),
    }),
  ),
  secretStorage: reading(
    fc.record({
      defaultKey: fc.constantFrom("absent" as const, "broken" as const, "present" as const),
      keyId: fc.constant(null),
      backupKeyStored: fc.boolean(),
      crossSigningKeysStored: fc.boolean(),
    }),
  ),
  roomKeys: reading(fc.record({ total: fc.nat({ max: 20 }), backedUp: fc.nat({ max: 20 }) })),
  uploadStalled: fc.boolean(),
  serverShort: fc.boolean(),
  uploadError: fc.option(fc.record({ code: fc.constant("M_UNKNOWN"), at: fc.nat() })),
  lastRestore: fc.option(fc.constant(lastRestore)),
});
/** The given inputs with up to three of them replaced by anything. */
function spoilt(base: DeviceStateInputs): fc.Arbitrary<DeviceStateInputs> {
  const names = fc.subarray(Object.keys(base) as (keyof DeviceStateInputs)[], { maxLength: 3 });
  return fc.tuple(anyInputs, names).map(([other, replaced]) => ({
    ...base,
    ...Object.fromEntries(replaced.map((name) => [name, other[name]])),
  }));
}
const lostIdentity = healthyInputs({
  crossSigning: known(keysLost),
  secretStorage: known(withoutCrossSigning),
});
const claimsOfAbsence = ["set_up_recovery", "turn_on_key_storage", "backup_turned_off"];

describe("whatever the readings are", () => {
  const inputs = fc.oneof(anyInputs, spoilt(healthyInputs()), spoilt(lostIdentity));
  const check = (property: (inputs: DeviceStateInputs) => void): void => {
    fc.assert(fc.property(inputs, property), { numRuns: 1000 });
  };

  it("a backup that could not be read now is never called absent, and never called safe", () => {
    check((inputs) => {
      fc.pre(inputs.backup.status !== "known");
      expect([...claimsOfAbsence, "ok", "restore_available"]).not.toContain(
        deriveDeviceState(inputs),
      );
      expect(deriveBackupState(inputs)).toBe("unknown");
    });
  });

  it("ok is only said on fresh readings of everything, of a backup this device can open", () => {
    check((inputs) => {
      fc.pre(deriveDeviceState(inputs) === "ok");
      const needed = [
        "backup",
        "trust",
        "activeVersion",
        "crossSigning",
        "secretStorage",
        "roomKeys",
      ] as const;
      for (const name of needed) expect(inputs[name].status).toBe("known");
      expect(inputs.trust).toMatchObject({ value: { key: "match" } });
      expect(deriveBackupState(inputs)).toBe("enabled");
    });
  });

  it("the identity is only called lost when two fresh readings agree", () => {
    check((inputs) => {
      fc.pre(deriveDeviceState(inputs) === "identity_needs_reset");
      expect(inputs.crossSigning).toMatchObject({
        status: "known",
        value: { privateKeysHere: false, privateKeysInSecretStorage: false },
      });
      expect(inputs.secretStorage).toMatchObject({
        status: "known",
        value: { crossSigningKeysStored: false },
      });
    });
  });

  it("`none` is only said by a fresh read that found none", () => {
    check((inputs) => {
      fc.pre(deriveBackupState(inputs) === "none");
      expect(inputs.backup).toMatchObject({ status: "known", value: null });
    });
  });

  it("each finding is said once, and ok only alone", () => {
    check((inputs) => {
      const findings = listFindings(inputs);
      const names = findings.map((f) => ("subject" in f ? `${f.state} ${f.subject}` : f.state));
      expect(new Set(names).size).toBe(names.length);
      if (names.includes("ok")) expect(names).toEqual(["ok"]);
    });
  });
});
