import type { KeyBackupPort } from "@/domain/ports";
import { fail, ok } from "@/domain/result";
import { isBackupVersion } from "./backupInfo";
import { readCrossSigningStatus } from "./crossSigning";
import { readBackupTrust } from "./keyBackupTrust";
import { olmMachineOf, withFreed } from "./olmMachine";
import { fetchBackupInfo } from "./roomKeysApi";
import { readSecretStorageStatus } from "./secretStorageStatus";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";
import { unlock } from "./unlock";

/** The backup's state by fresh reads, and the unlock, over one live SDK client. */
export function createKeyBackup(context: SessionContext): KeyBackupPort {
  return {
    fetchBackupInfo: (signal) => fetchBackupInfo(context, signal),
    readTrust: (info) => readBackupTrust(context, info),
    async readActiveVersion() {
      const version = await attempt(() => context.crypto().getActiveSessionBackupVersion());
      if (!version.ok) return version;
      return ok(isBackupVersion(version.value) ? version.value : null);
    },
    readCrossSigning: () => readCrossSigningStatus(context),
    readSecretStorage: () => readSecretStorageStatus(context),
    countRoomKeys: () =>
      attempt(async () => {
        const machine = await olmMachineOf(context);
        return withFreed(await machine.roomKeyCounts(), ({ total, backedUp }) => ({
          total,
          backedUp,
        }));
      }),
    async recheck() {
      // The SDK's check swallows a failed read, so one of our own tells whether there was one.
      const info = await fetchBackupInfo(context);
      if (!info.ok) return fail(info.error);
      const checked = await attempt(() => context.crypto().checkKeyBackupAndEnable());
      return checked.ok ? ok(undefined) : checked;
    },
    unlock: (key) => context.takeTurn(() => unlock(context, key.bytes)),
  };
}
