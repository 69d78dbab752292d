import type { AppError } from "@/domain/errors";
import type { KeyEntryOptions, KeyEntryPort } from "@/domain/keyEntry";
import type { KeyTestPort, KeyTestReport } from "@/domain/keyTest";
import type { UnlockReport } from "@/domain/ports";
import { ok, type Result } from "@/domain/result";
import { backupVersion, byDefaultKey } from "./facts";

/** A well account, tested a moment ago: everything that was looked at opens. */
export function aKeyTestReport(changes: Partial<KeyTestReport> = {}): KeyTestReport {
  return {
    at: 0,
    openedBy: byDefaultKey,
    backup: { kind: "fits", version: backupVersion("1") },
    identity: "matches",
    against: { keyId: "defaultKeyId", masterKey: "masterKeyOfAlice" },
    entries: {
      scope: "sample",
      expected: 100,
      tested: 50,
      opened: 50,
      failed: {},
      rooms: 3,
      endedBy: null,
    },
    ...changes,
  };
}

/** Answers as the test says. */
export class FakeKeyEntry implements KeyEntryPort {
  options: Result<KeyEntryOptions, AppError> = ok({
    recoveryPassphrase: false,
    backupPassphrase: false,
  });
  unlocked: Result<UnlockReport, AppError> = ok({
    deviceVerified: true,
    backup: "ready",
    version: backupVersion("1"),
    openedBy: byDefaultKey,
  });

  async readOptions(): Promise<Result<KeyEntryOptions, AppError>> {
    return this.options;
  }

  async unlockWithPassphrase(): Promise<Result<UnlockReport, AppError>> {
    return this.unlocked;
  }

  async setDecryptionKey(): Promise<Result<UnlockReport, AppError>> {
    return this.unlocked;
  }
}

/** A test that ends at once, as the test says. */
export class FakeKeyTest implements KeyTestPort {
  report: Result<KeyTestReport, AppError> = ok(aKeyTestReport());

  run: KeyTestPort["run"] = async () => this.report;
}
