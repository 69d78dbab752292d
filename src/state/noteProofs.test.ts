import { describe, expect, it } from "vitest";
import { fail, ok } from "@/domain/result";
import { backupVersion, offline } from "@/testing/facts";
import { FakeLiveSession } from "@/testing/FakeLiveSession";
import { noteProofs } from "./noteProofs";

const key = { bytes: new Uint8Array(32), text: "" };
const version = backupVersion("1");
const report = { deviceVerified: true, backup: "ready", version } as const;
const byRecoveryKey = {
  ...report,
  openedBy: { kind: "storage_key", keyId: "k", name: null, isDefault: true },
} as const;

function noted() {
  const live = new FakeLiveSession();
  const proven: string[] = [];
  const session = noteProofs(live, (one) => proven.push(one));
  return { live, session, proven };
}

describe("what is noted as proven", () => {
  it("is an unlock by the recovery key, and a set-up", async () => {
    const { live, session, proven } = noted();
    live.keyBackup.unlocked = ok(byRecoveryKey);
    expect(await session.keyBackup.unlock(key)).toEqual(ok(byRecoveryKey));
    expect(proven).toEqual(["1"]);
    await session.setUp.run(key, {
      onStep: () => undefined,
      askPassword: () => Promise.resolve(null),
    });
    expect(proven).toEqual(["1", "1"]);
  });

  it("is nothing that failed, that had no backup, or that the backup's own key opened", async () => {
    const { live, session, proven } = noted();
    live.keyBackup.unlocked = fail(offline);
    await session.keyBackup.unlock(key);
    live.keyBackup.unlocked = ok({ ...byRecoveryKey, backup: "no_backup", version: null });
    await session.keyBackup.unlock(key);
    live.keyBackup.unlocked = ok({ ...report, openedBy: { kind: "decryption_key" } });
    await session.keyBackup.unlock(key);
    expect(proven).toEqual([]);
  });
});
