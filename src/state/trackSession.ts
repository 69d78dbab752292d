import type { LiveSession } from "@/domain/ports";
import type { WorkTracker } from "./workTracker";

/**
 * The session with everything tracked that changes something on the server or in the store, whoever
 * asks for it: another tab may go on only when none of that is under way.
 */
export function trackSession(session: LiveSession, track: WorkTracker["track"]): LiveSession {
  const { id, user, keyBackup, setUp, repair, upload, keyExport, rooms, restore } = session;
  return {
    id,
    user,
    rooms,
    accountDevices: session.accountDevices,
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
    setUp: {
      plan: () => setUp.plan(),
      generateRecoveryKey: () => setUp.generateRecoveryKey(),
      run: (key, options) => track(setUp.run(key, options)),
    },
  };
}
