import type { ChangeKeyProof } from "@/domain/changes";
import type { LiveSession, UnlockReport } from "@/domain/ports";
import type { AppError } from "@/domain/errors";
import type { ProvenKey } from "@/domain/keyTest";
import type { Result } from "@/domain/result";
import type { AppStore } from "./appStore";
import type { Memory } from "./memory";

/**
 * The session, telling of each version that a recovery key or passphrase was proven to open here. A
 * secret that is stored proves nothing: it may be of another backup, and only its key can tell.
 * `onRekeyed`: a new recovery key was proven to open all that the one before opens.
 */
export function noteProofs(
  session: LiveSession,
  onProven: (proven: ProvenKey) => void,
  onRekeyed: (keyId: string) => void,
): LiveSession {
  const { keyBackup, keyEntry, setUp, changes } = session;

  async function noteUnlock(
    unlocking: Promise<Result<UnlockReport, AppError>>,
  ): Promise<Result<UnlockReport, AppError>> {
    const report = await unlocking;
    // The backup's own key opens it too, and is not what a person keeps.
    if (report.ok && report.value.openedBy.kind === "storage_key") {
      const { version, openedBy } = report.value;
      if (version !== null) onProven({ version, keyId: openedBy.keyId });
    }
    return report;
  }

  async function noteProof<T extends ProvenKey>(
    proving: Promise<Result<T, AppError>>,
  ): Promise<Result<T, AppError>> {
    const proof = await proving;
    if (proof.ok) onProven({ version: proof.value.version, keyId: proof.value.keyId });
    return proof;
  }

  async function noteChange(
    changing: Promise<Result<ChangeKeyProof, AppError>>,
  ): Promise<Result<ChangeKeyProof, AppError>> {
    const proof = await changing;
    if (proof.ok && proof.value.left === 0) onRekeyed(proof.value.keyId);
    return proof;
  }

  return {
    ...session,
    keyBackup: { ...keyBackup, unlock: (key) => noteUnlock(keyBackup.unlock(key)) },
    keyEntry: {
      ...keyEntry,
      unlockWithPassphrase: (passphrase, signal) =>
        noteUnlock(keyEntry.unlockWithPassphrase(passphrase, signal)),
    },
    setUp: { ...setUp, run: (key, options) => noteProof(setUp.run(key, options)) },
    changes: {
      ...changes,
      replace: {
        ...changes.replace,
        run: (key, options) => noteProof(changes.replace.run(key, options)),
      },
      recoveryKey: {
        ...changes.recoveryKey,
        run: (newKey, oldKey, options) =>
          noteChange(changes.recoveryKey.run(newKey, oldKey, options)),
        finish: (newKey) => noteChange(changes.recoveryKey.finish(newKey)),
      },
    },
  };
}

/** The session, keeping what was proven in the store and, for later visits, in the browser. */
export function rememberProofs(
  session: LiveSession,
  { store, memory }: { readonly store: AppStore; readonly memory: Memory },
): LiveSession {
  const note = (proven: ProvenKey): void => {
    memory.write(session.user.userId, { proven });
    store.setState({ proven });
  };
  return noteProofs(session, note, (keyId) => {
    const { proven } = store.getState();
    if (proven !== null) note({ ...proven, keyId });
  });
}
