import type { BackupVersion } from "@/domain/backup";
import type { LiveSession, UnlockReport } from "@/domain/ports";
import type { AppError } from "@/domain/errors";
import type { Result } from "@/domain/result";

/**
 * The session, telling of each version that a recovery key or passphrase was proven to open here. A
 * secret that is stored proves nothing: it may be of another backup, and only its key can tell.
 */
export function noteProofs(
  session: LiveSession,
  onProven: (version: BackupVersion) => void,
): LiveSession {
  const { keyBackup, keyEntry, setUp, changes } = session;

  async function noteUnlock(
    unlocking: Promise<Result<UnlockReport, AppError>>,
  ): Promise<Result<UnlockReport, AppError>> {
    const report = await unlocking;
    // The backup's own key opens it too, and is not what a person keeps.
    if (report.ok && report.value.openedBy.kind === "storage_key") note(report.value.version);
    return report;
  }

  function note(version: BackupVersion | null): void {
    if (version !== null) onProven(version);
  }

  return {
    ...session,
    keyBackup: { ...keyBackup, unlock: (key) => noteUnlock(keyBackup.unlock(key)) },
    keyEntry: {
      ...keyEntry,
      unlockWithPassphrase: (passphrase, signal) =>
        noteUnlock(keyEntry.unlockWithPassphrase(passphrase, signal)),
    },
    setUp: {
      ...setUp,
      async run(key, options) {
        const proof = await setUp.run(key, options);
        if (proof.ok) note(proof.value.version);
        return proof;
      },
    },
    changes: {
      ...changes,
      replace: {
        ...changes.replace,
        async run(key, options) {
          const proof = await changes.replace.run(key, options);
          if (proof.ok) note(proof.value.version);
          return proof;
        },
      },
    },
  };
}
