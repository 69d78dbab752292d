import { describe, expect, it } from "vitest";
import type { DeviceState, Finding } from "@/domain/deviceState";
import { backupVersion, offline } from "@/testing/facts";
import { describeDeviceState } from "./describeDeviceState";
import {
  describeFinding,
  describeUnknown,
  describeUploadCode,
  findingTitle,
} from "./describeFinding";

const version = backupVersion("3");

/** One finding of every state: the type makes a new state a compile error here. */
const findings: { [State in DeviceState]: Extract<Finding, { state: State }> } = {
  signed_out: { state: "signed_out" },
  checking: { state: "checking", subject: "sync" },
  unknown: { state: "unknown", subject: "backup", error: offline },
  verify_this_device: { state: "verify_this_device", keysInSecretStorage: true },
  identity_needs_reset: { state: "identity_needs_reset" },
  default_key_lost: { state: "default_key_lost", allHere: false },
  set_up_recovery: { state: "set_up_recovery", missing: ["identity", "secret_storage", "backup"] },
  turn_on_key_storage: { state: "turn_on_key_storage" },
  backup_turned_off: { state: "backup_turned_off" },
  turned_off_here: { state: "turned_off_here", version },
  unsupported_backup: {
    state: "unsupported_backup",
    version,
    algorithm: "org.example.other",
    reason: "algorithm",
  },
  backup_untrusted: { state: "backup_untrusted", version },
  needs_recovery_key: { state: "needs_recovery_key", version, signatureTrusted: true },
  backup_replaced: { state: "backup_replaced", version },
  key_storage_out_of_sync: {
    state: "key_storage_out_of_sync",
    reasons: ["backup_key_not_stored", "no_identity"],
  },
  upload_failing: {
    state: "upload_failing",
    reason: "refused",
    code: "M_LIMIT_EXCEEDED",
    serverVersion: version,
    activeVersion: version,
  },
  restore_available: { state: "restore_available", version, onServer: 2000, heldHere: 12 },
  ok: { state: "ok" },
};
const states = Object.values(findings).map(({ state }) => state);
const nothingKnown = {
  version: null,
  count: null,
  held: null,
  pending: null,
  knownBefore: false,
  agreed: true,
};

describe("headlines", () => {
  it("speak of what was known before only where something was", () => {
    const words = (knownBefore: boolean) =>
      describeDeviceState(findings.unknown, { ...nothingKnown, knownBefore }).body;
    expect(words(true)).toContain("What was known before is shown below");
    expect(words(false)).not.toContain("known before");
  });

  it("differ from each other, with and without numbers", () => {
    for (const context of [
      nothingKnown,
      { version, count: 2000, held: 2000, pending: 3, knownBefore: true, agreed: true },
    ]) {
      const words = Object.values(findings).map((one) => describeDeviceState(one, context));
      expect(new Set(words.map(({ title }) => title)).size).toBe(states.length);
      expect(new Set(words.map(({ body }) => body)).size).toBe(states.length);
      expect(words.filter(({ title, body }) => /null|undefined|NaN/.test(title + body))).toEqual(
        [],
      );
    }
  });

  it("never say “no backup” for what could not be checked", () => {
    const { title, body } = describeDeviceState(findings.unknown, nothingKnown);
    expect(`${title} ${body}`).not.toMatch(/no backup|not backed up/i);
  });

  it("say that everything is backed up only in the state ok, and only when nothing waits", () => {
    const saying = (pending: number | null) =>
      Object.values(findings)
        .filter((one) =>
          describeDeviceState(one, { ...nothingKnown, pending }).title.match(/(?<!not )backed up$/),
        )
        .map(({ state }) => state);
    expect(saying(0)).toEqual(["ok"]);
    expect(saying(1)).toEqual([]);
    expect(saying(null)).toEqual([]);
    const doubted = describeDeviceState(findings.ok, {
      ...nothingKnown,
      pending: 0,
      agreed: false,
    });
    expect(doubted.title).not.toContain("backed up");
  });

  it("claim nothing of an empty backup on a device without keys", () => {
    const empty = { version, count: 0, held: 0, pending: 0, knownBefore: true, agreed: true };
    expect(describeDeviceState(findings.ok, empty)).toEqual({
      title: "Backup is ready",
      body: expect.stringMatching(/no room keys yet.*Older messages cannot be read/),
    });
    expect(describeDeviceState(findings.ok, { ...empty, count: 1 }).title).toContain("backed up");
  });

  it("lead from an identity that was reset elsewhere to the device that has it, not to a reset", () => {
    for (const keysInSecretStorage of [true, false]) {
      const finding = {
        ...findings.verify_this_device,
        keysInSecretStorage,
        identityReplaced: true,
      };
      const { title, body } = describeDeviceState(finding, nothingKnown);
      expect(title).toBe("Your identity was reset on another device");
      expect(body).toContain("the device on which you reset it");
      expect(describeFinding(finding)).toContain("change your password first");
      expect(describeFinding(finding)).not.toContain("cannot verify");
    }
  });

  it("claim nothing about who turned the backup off", () => {
    const { title, body } = describeDeviceState(findings.backup_turned_off, nothingKnown);
    expect(`${title} ${body}`).toContain("Your account says");
    expect(`${title} ${body}`).not.toMatch(/you turned|all right/i);
  });

  it("count what waits, also while all is well", () => {
    const well = (pending: number) =>
      describeDeviceState(findings.ok, { ...nothingKnown, pending, version });
    expect(well(1).title).toBe("Backing up 1 room key…");
    expect(well(1).body).toContain("1 room key is waiting");
    expect(well(1200).title).toBe("Backing up 1,200 room keys…");
    expect(well(1200).body).toContain("1,200 room keys are waiting");
    expect(well(0).body).not.toContain("waiting");
  });
});

describe("findings", () => {
  it("have a title of their own each", () => {
    const titles = Object.values(findings).map(findingTitle);
    expect(new Set(titles).size).toBe(titles.length);
  });

  it("name what is missing, out of sync, or failing", () => {
    const checking = { state: "checking", subject: "crossSigning" } as const;
    expect(describeFinding(checking)).toBe("Not known yet: whether this device is verified.");
    expect(describeFinding(findings.set_up_recovery)).toBe(
      "Missing: an identity that verifies your devices, a recovery key, and a backup.",
    );
    expect(describeFinding(findings.verify_this_device)).toBeNull();
    const replaced = { ...findings.verify_this_device, identityReplaced: true };
    expect(describeFinding(replaced)).toContain("a new identity since this device was verified");
    expect(describeFinding(findings.key_storage_out_of_sync)).toContain("does not open the backup");
    expect(describeFinding(findings.key_storage_out_of_sync)).toContain("no identity");
    expect(describeFinding(findings.upload_failing)).toContain("M_LIMIT_EXCEEDED");
    expect(describeFinding(findings.restore_available)).toBe(
      "2,000 room keys in the backup, 12 on this device.",
    );
    expect(describeFinding(findings.unsupported_backup)).toContain("org.example.other");
  });

  it("say once why several things could not be read", () => {
    const words = describeUnknown([
      findings.unknown,
      { ...findings.unknown, subject: "trust" },
      { ...findings.unknown, subject: "secretStorage", error: { kind: "timeout", detail: "" } },
    ]);
    expect(words.match(/cannot be reached/g)).toHaveLength(1);
    expect(words).toMatch(/version on the server and whether the backup is trusted\./);
    expect(words).toContain("the state of secret storage");
  });

  it("tell a failed read from one that is only awaited", () => {
    expect(describeFinding(findings.unknown)).toContain("The homeserver cannot be reached");
    expect(describeFinding({ ...findings.unknown, subject: "sync", error: null })).toBe(
      "Not known yet: the first answer of the server.",
    );
  });

  it("tell an upload that is off from one to an old version", () => {
    const base = { ...findings.upload_failing, code: null };
    expect(describeFinding({ ...base, reason: "off", activeVersion: null })).toContain("is off");
    const activeVersion = backupVersion("2");
    expect(describeFinding({ ...base, reason: "other_version", activeVersion })).toMatch(/2.*3/);
    expect(describeFinding({ ...base, reason: "stalled" })).toContain("has not taken any");
  });

  it("do not blame the person for upload codes they have never heard of", () => {
    expect(describeUploadCode("ORG_EXAMPLE")).toBe("It is tried again by itself.");
  });
});
