import { describe, expect, it } from "vitest";
import type { Reading } from "@/domain/reading";
import type { RoomKeyCounts, SecretStorageStatus } from "@/domain/backup";
import { signOutRisk } from "./signOutRisk";

const counts = (total: number, backedUp: number): Reading<RoomKeyCounts> => ({
  status: "known",
  value: { total, backedUp },
  at: 1,
});
const storage = (backupKeyStored: boolean): Reading<SecretStorageStatus> => ({
  status: "known",
  value: { defaultKey: "present", keyId: "k", backupKeyStored, crossSigningKeysStored: true },
  at: 1,
});
const unread = { status: "unread" } as const;
const failed = { status: "failed", error: { kind: "network", detail: "" }, at: 1 } as const;

describe("signOutRisk", () => {
  it("is none when every key is in the backup and a recovery key opens it", () => {
    expect(
      signOutRisk({ pendingKeys: 0, roomKeys: counts(5, 5), secretStorage: storage(true) }, "none"),
    ).toEqual({ kind: "none" });
  });

  it("there is none when there is no key at all, whatever else is not known", () => {
    expect(
      signOutRisk({ pendingKeys: null, roomKeys: counts(0, 0), secretStorage: failed }, "none"),
    ).toEqual({ kind: "no_keys" });
  });

  it("counts the keys that are only here", () => {
    expect(
      signOutRisk({ pendingKeys: 7, roomKeys: counts(9, 2), secretStorage: storage(true) }, "none"),
    ).toEqual({ kind: "pending", count: 7 });
  });

  it.each(["running", "incomplete"] as const)(
    "warns while keys of an ended device are not here, whatever is counted: %s",
    (carryOver) => {
      const safe = { pendingKeys: 0, roomKeys: counts(0, 0), secretStorage: storage(true) };
      expect(signOutRisk(safe, carryOver)).toEqual({ kind: "not_carried_over" });
    },
  );

  it("is unknown when the number is not known", () => {
    expect(
      signOutRisk({ pendingKeys: null, roomKeys: unread, secretStorage: storage(true) }, "none"),
    ).toEqual({ kind: "unknown" });
  });

  it("is unknown when nobody could say whether a recovery key opens the backup", () => {
    expect(
      signOutRisk({ pendingKeys: 0, roomKeys: counts(5, 5), secretStorage: failed }, "none"),
    ).toEqual({
      kind: "unknown",
    });
  });

  it("warns when the backup's key would go with this device", () => {
    expect(
      signOutRisk(
        { pendingKeys: 0, roomKeys: counts(5, 5), secretStorage: storage(false) },
        "none",
      ),
    ).toEqual({ kind: "no_recovery" });
  });

  it("does not take a stale count of zero keys for none", () => {
    const stale: Reading<RoomKeyCounts> = {
      status: "stale",
      value: { total: 0, backedUp: 0 },
      at: 1,
      error: { kind: "closed" },
    };
    expect(
      signOutRisk({ pendingKeys: null, roomKeys: stale, secretStorage: unread }, "none"),
    ).toEqual({
      kind: "unknown",
    });
  });
});
