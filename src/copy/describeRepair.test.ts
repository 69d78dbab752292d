import { describe, expect, it } from "vitest";
import type { RepairFaultKind } from "@/domain/repair";
import { describeFault } from "./describeRepair";

const kinds: readonly RepairFaultKind[] = [
  "backup_unusable",
  "no_secret_storage",
  "default_key_broken",
  "decryption_key_mismatch",
  "decryption_key_absent",
  "no_identity",
  "device_not_verified",
  "cross_signing_keys_not_here",
  "cross_signing_keys_not_stored",
  "backup_key_not_stored",
  "stored_backup_key_differs",
  "stored_backup_key_damaged",
  "stored_backup_key_unreadable",
  "backup_unsigned",
  "keys_missing_on_server",
];

describe("faults in words", () => {
  it("are told apart", () => {
    const titles = kinds.map((kind) => describeFault({ kind, remedy: "nothing" }).title);
    expect(new Set(titles).size).toBe(kinds.length);
  });

  it("say what each repair does, and that nothing is lost by it", () => {
    expect(describeFault({ kind: "backup_unsigned", remedy: "automatic" }).repair).toContain(
      "sign",
    );
    const withKey = kinds.map((kind) => describeFault({ kind, remedy: "recovery_key" }).repair);
    expect(withKey.filter((words) => words.includes("can be put in order"))).toHaveLength(6);
    expect(describeFault({ kind: "default_key_broken", remedy: "set_up" }).repair).toContain(
      "stays where it is",
    );
  });
});
