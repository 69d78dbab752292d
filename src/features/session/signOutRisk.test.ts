import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DeviceStateInputs } from "@/domain/deviceState";
import type { LastKeyTest } from "@/domain/keyTest";
import { UNREAD } from "@/domain/reading";
import {
  aBackup,
  backupVersion,
  failedReading,
  known,
  noSecretStorage,
  readySecretStorage,
  stale,
  trustedBackup,
} from "@/testing/facts";
import { anOverview } from "@/testing/overview";
import { signOutRisk } from "./signOutRisk";

const since = 1000;
const read = { since, done: true, unfinished: false };
const now = <T>(value: T) => known(value, since);
const keys = (total: number, backedUp: number) => now({ total, backedUp });
const all: Partial<DeviceStateInputs> = {
  backup: now(aBackup({ count: 9 })),
  trust: now(trustedBackup),
  activeVersion: now(backupVersion("1")),
  roomKeys: keys(9, 9),
  secretStorage: now(readySecretStorage),
};
const risk = (changes: Partial<DeviceStateInputs> = {}, at = read) =>
  signOutRisk(anOverview({ ...all, ...changes }), "none", at);

describe("signOutRisk", () => {
  it("is none when every key is in the backup and a recovery key opens it", () => {
    expect(risk()).toEqual({ kind: "none", proven: false });
  });

  it("says whether the recovery key was seen to open this very version", () => {
    const provenAs = (rest: Parameters<typeof anOverview>[1]) =>
      signOutRisk(anOverview(all, rest), "none", read);
    const one = backupVersion("1");
    const two = backupVersion("2");
    const keyId = readySecretStorage.keyId ?? "";
    const proven = { version: one, keyId };
    expect(provenAs({ proven })).toEqual({ kind: "none", proven: true });
    expect(provenAs({ proven: { ...proven, version: two } })).toEqual({
      kind: "none",
      proven: false,
    });
    // Changed elsewhere since: the key that the person has may be the old one.
    expect(provenAs({ proven: { ...proven, keyId: "before" } })).toEqual({
      kind: "none",
      proven: false,
    });
    const against = { keyId, masterKey: null };
    const test = { at: 1, version: one, result: "works", against } as const;
    expect(provenAs({ lastKeyTest: test })).toEqual({ kind: "none", proven: true });
    const others: readonly Partial<LastKeyTest>[] = [
      { result: "partly" },
      { version: two },
      { against: { ...against, keyId: "before" } },
      { against: null },
    ];
    for (const other of others)
      expect(provenAs({ lastKeyTest: { ...test, ...other } })).toEqual({
        kind: "none",
        proven: false,
      });
  });

  it("warns while a change is half done, unless there is no key to lose", () => {
    const half = { ...read, unfinished: true };
    expect(risk({}, half)).toEqual({ kind: "unfinished" });
    expect(risk({ roomKeys: keys(0, 0) }, half)).toEqual({ kind: "no_keys" });
  });

  it("is none only if all of it was read since it was asked for", () => {
    const names = ["backup", "trust", "activeVersion", "roomKeys", "secretStorage"] as const;
    for (const name of names) {
      const reading = all[name];
      if (reading?.status !== "known") throw new Error("unreachable");
      expect(risk({ [name]: { ...reading, at: since - 1 } }).kind, name).toBe("unknown");
      expect(risk({ [name]: stale(reading.value, since) }).kind, name).toBe("unknown");
      expect(risk({ [name]: failedReading }).kind, name).toBe("unknown");
      expect(risk({ [name]: UNREAD }).kind, name).toBe("unknown");
    }
  });

  it("is not told before everything was read, but for an empty store", () => {
    const reading = { ...read, done: false };
    expect(risk({}, reading)).toEqual({ kind: "checking" });
    expect(risk({ roomKeys: keys(9, 5) }, reading)).toEqual({ kind: "checking" });
    expect(risk({ roomKeys: keys(0, 0) }, reading)).toEqual({ kind: "no_keys" });
  });

  it("there is none when there is no key at all, whatever else is not known", () => {
    expect(risk({ roomKeys: keys(0, 0), backup: failedReading, trust: UNREAD })).toEqual({
      kind: "no_keys",
    });
    expect(risk({ roomKeys: known({ total: 0, backedUp: 0 }, since - 1) }).kind).toBe("unknown");
  });

  it("counts the keys that are only here", () => {
    expect(risk({ roomKeys: keys(9, 2) })).toEqual({ kind: "pending", count: 7 });
  });

  it("says that there is no backup, however many keys were once marked as backed up", () => {
    const gone = { backup: now(null), trust: UNREAD };
    expect(risk({ ...gone, roomKeys: keys(9, 9) })).toEqual({ kind: "no_backup", count: 9 });
    expect(risk({ ...gone, roomKeys: failedReading })).toEqual({ kind: "no_backup", count: null });
    expect(risk({ ...gone, activeVersion: now(null), roomKeys: keys(9, 0) })).toEqual({
      kind: "no_backup",
      count: 9,
    });
  });

  it("does not take what an old version holds for what the new one holds", () => {
    expect(risk({ activeVersion: now(backupVersion("0")) })).toEqual({ kind: "unknown" });
    expect(risk({ activeVersion: now(null) })).toEqual({ kind: "unknown" });
  });

  it("is unknown for a backup that this device cannot open, or that holds too few", () => {
    expect(risk({ trust: now({ signature: "trusted", key: "absent" }) }).kind).toBe("unknown");
    expect(risk({ trust: now({ signature: "trusted", key: "mismatch" }) }).kind).toBe("unknown");
    expect(risk({ backup: now(aBackup({ count: 8 })) }).kind).toBe("unknown");
  });

  it.each(["running", "incomplete"] as const)(
    "warns while keys of an ended device are not here, whatever is counted: %s",
    (carryOver) => {
      const empty = anOverview({ ...all, roomKeys: keys(0, 0) });
      expect(signOutRisk(empty, carryOver, read)).toEqual({ kind: "not_carried_over" });
    },
  );

  it("warns when the backup's key would go with this device", () => {
    for (const storage of [
      { ...readySecretStorage, backupKeyStored: false },
      { ...readySecretStorage, defaultKey: "broken" as const },
      noSecretStorage,
    ]) {
      expect(risk({ secretStorage: now(storage) })).toEqual({ kind: "no_recovery" });
    }
  });

  it("is never none with a key too many, whatever the numbers are", () => {
    const count = fc.nat({ max: 5 });
    fc.assert(
      fc.property(count, count, count, (total, backedUp, onServer) => {
        const { kind } = risk({
          backup: now(aBackup({ count: onServer })),
          roomKeys: keys(total, backedUp),
        });
        if (kind === "none") expect(Math.min(backedUp, onServer)).toBeGreaterThanOrEqual(total);
        if (kind === "no_keys") expect(total).toBe(0);
      }),
    );
  });
});
