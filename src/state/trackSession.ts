import type { LiveSession } from "@/domain/ports";
import { trackChanges } from "./trackChanges";
import type { WorkTracker } from "./workTracker";

/**
 * The session with everything tracked that changes something on the server or in the store, whoever
 * asks for it: another tab may go on only when none of that is under way.
 */
export function trackSession(session: LiveSession, track: WorkTracker["track"]): LiveSession {
  const {
    id,
    user,
    memoryOnly,
    oauth,
    keyBackup,
    keyEntry,
    keyTest,
    setUp,
    verification,
    changes,
    removal,
    rooms,
    repair,
    upload,
    keyExport,
    accountDevices,
    restore,
  } = session;
  return {
    id,
    user,
    memoryOnly,
    oauth,
    rooms,
    // What it changes is small and ends with the client; waiting for people must not hold a tab back.
    verification,
    accountDevices,
    repair: {
      diagnose: (key) => repair.diagnose(key),
      run: (fault, key) => track(repair.run(fault, key)),
    },
    upload: { restart: () => track(upload.restart()) },
    keyExport: {
      export: (request) => keyExport.export(request),
      import: (request) => track(keyExport.import(request)),
    },
    // Tracked by the restore job, which ends it.
    restore,
    subscribe: (listener) => session.subscribe(listener),
    signOut: () => session.signOut(),
    close: () => session.close(),
    keyBackup: {
      fetchBackupInfo: (signal) => keyBackup.fetchBackupInfo(signal),
      readTrust: (info) => keyBackup.readTrust(info),
      readActiveVersion: () => keyBackup.readActiveVersion(),
      readCrossSigning: () => keyBackup.readCrossSigning(),
      readSecretStorage: () => keyBackup.readSecretStorage(),
      countRoomKeys: () => keyBackup.countRoomKeys(),
      recheck: () => track(keyBackup.recheck()),
      unlock: (key) => track(keyBackup.unlock(key)),
    },
    keyEntry: {
      readOptions: () => keyEntry.readOptions(),
      unlockWithPassphrase: (passphrase, signal) =>
        track(keyEntry.unlockWithPassphrase(passphrase, signal)),
      setDecryptionKey: (bytes) => track(keyEntry.setDecryptionKey(bytes)),
    },
    // Changes nothing, here or there.
    keyTest,
    setUp: {
      plan: () => setUp.plan(),
      generateRecoveryKey: () => setUp.generateRecoveryKey(),
      run: (key, options) => track(setUp.run(key, options)),
    },
    changes: trackChanges(changes, track),
    removal: {
      readBackupWish: () => removal.readBackupWish(),
      surveyBackup: () => removal.surveyBackup(),
      deleteBackup: (confirmed, older) => track(removal.deleteBackup(confirmed, older)),
      isUploadOff: () => removal.isUploadOff(),
      switchUpload: (on) => track(removal.switchUpload(on)),
      surveyKeyStorage: () => removal.surveyKeyStorage(),
      deleteKeyStorage: (confirmed, options) => track(removal.deleteKeyStorage(confirmed, options)),
      surveyIdentity: () => removal.surveyIdentity(),
      resetIdentity: (confirmed, options) => track(removal.resetIdentity(confirmed, options)),
      // It forgets a reset that never began.
      readUnfinished: () => track(removal.readUnfinished()),
      leaveUnfinished: () => track(removal.leaveUnfinished()),
    },
  };
}
