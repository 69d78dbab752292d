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
  const session = noteProofs(
    live,
    ({ version: opened, keyId }) => proven.push(`${opened} by ${keyId}`),
    (keyId) => proven.push(`the same by ${keyId}`),
  );
  return { live, session, proven };
}

describe("what is noted as proven", () => {
  it("is an unlock by the recovery key, and a set-up", async () => {
    const { live, session, proven } = noted();
    live.keyBackup.unlocked = ok(byRecoveryKey);
    expect(await session.keyBackup.unlock(key)).toEqual(ok(byRecoveryKey));
    expect(proven).toEqual(["1 by k"]);
    await session.setUp.run(key, {
      onStep: () => undefined,
      askPassword: () => Promise.resolve(null),
    });
    expect(proven).toEqual(["1 by k", "1 by defaultKeyId"]);
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

  it("is a replaced backup, and a new recovery key that opens all that the old one opens", async () => {
    const { session, proven } = noted();
    await session.changes.replace.run(key, {
      confirmed: version,
      withoutOldKey: false,
      onStep: () => undefined,
      onUpload: () => undefined,
    });
    await session.changes.recoveryKey.run(key, key, { onStep: () => undefined });
    await session.changes.recoveryKey.finish(key);
    expect(proven).toEqual(["2 by defaultKeyId", "the same by new", "the same by new"]);
  });

  it("is no new recovery key that failed, or that leaves something to the old one", async () => {
    const { live, session, proven } = noted();
    live.changes.recoveryKey.proofs = [fail(offline), ok({ secrets: 4, left: 1, keyId: "new" })];
    await session.changes.recoveryKey.run(key, key, { onStep: () => undefined });
    await session.changes.recoveryKey.run(key, key, { onStep: () => undefined });
    expect(proven).toEqual([]);
  });
});
