import { describe, expect, it } from "vitest";
import { noIdentity, noSecretStorage, readyIdentity, readySecretStorage } from "@/testing/facts";
import {
  describeCrossSigning,
  describeDecryptionKey,
  describePending,
  describeRoomKeyCounts,
  describeSecretStorage,
  describeSignature,
} from "./describeBackup";

describe("the two trust facts", () => {
  it("are green only for trusted and match", () => {
    const signatures = (["trusted", "untrusted", "unknown"] as const).map((one) =>
      describeSignature(one, true),
    );
    const keys = (["match", "mismatch", "absent"] as const).map(describeDecryptionKey);
    expect(signatures.map(({ tone }) => tone)).toEqual(["success", "warning", "neutral"]);
    expect(keys.map(({ tone }) => tone)).toEqual(["success", "warning", "neutral"]);
    expect(new Set([...signatures, ...keys].map(({ body }) => body)).size).toBe(6);
  });

  it("do not alarm a device that cannot tell yet, nor call anything trusted there", () => {
    expect(describeSignature("untrusted", false)).toMatchObject({
      tone: "neutral",
      badge: "Not checked yet",
    });
    expect(describeSignature("trusted", false)).toEqual(describeSignature("trusted", true));
  });
});

describe("secret storage and identity", () => {
  it("say what is there and what lacks", () => {
    expect(describeSecretStorage(noSecretStorage)).toContain("no recovery key");
    expect(describeSecretStorage({ ...readySecretStorage, defaultKey: "broken" })).toContain(
      "cannot be used",
    );
    expect(describeSecretStorage(readySecretStorage)).not.toContain("lacks");
    expect(describeSecretStorage({ ...readySecretStorage, backupKeyStored: false })).toContain(
      "lacks the backup key",
    );
  });

  it("tell where the identity's keys are", () => {
    expect(describeCrossSigning(noIdentity)).toBe("Not set up");
    expect(describeCrossSigning(readyIdentity)).toContain("on this device");
    const elsewhere = { ...readyIdentity, privateKeysHere: false };
    expect(describeCrossSigning(elsewhere)).toContain("in secret storage, not on this device");
    expect(describeCrossSigning({ ...elsewhere, privateKeysInSecretStorage: false })).toContain(
      "neither here",
    );
  });
});

describe("counts", () => {
  it("tell none, all and some apart, and unknown from none", () => {
    expect(describeRoomKeyCounts({ total: 0, backedUp: 0 })).toBe("None");
    expect(describeRoomKeyCounts({ total: 2000, backedUp: 2000 })).toContain("all marked");
    expect(describeRoomKeyCounts({ total: 2000, backedUp: 1 })).toContain("1 is marked");
    expect(describePending(null)).toBe("Not known yet");
    expect(describePending(0)).toBe("None");
    expect(describePending(1)).toBe("1 room key waiting");
  });
});
