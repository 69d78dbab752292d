import { deriveBackupState } from "@/domain/backupState";
import type { DeviceStateInputs } from "@/domain/deviceState";
import { listFindings } from "@/domain/findings";
import { deriveUploadQueue } from "@/domain/uploadQueue";
import type { KeyBackupOverview } from "@/state/hooks";
import { pendingKeys } from "@/state/overview";
import { healthyInputs } from "./facts";

/** An overview as the hook would give it for these facts; the states are really derived. */
export function anOverview(
  facts: Partial<DeviceStateInputs> = {},
  rest: Partial<KeyBackupOverview> = {},
): KeyBackupOverview {
  const inputs = healthyInputs(facts);
  const findings = listFindings(inputs);
  const pending = pendingKeys(inputs.roomKeys, null, inputs.backup, inputs.activeVersion);
  return {
    deviceState: findings[0].state,
    backupState: deriveBackupState(inputs),
    findings,
    backup: inputs.backup,
    backupWish: inputs.backupWish,
    uploadOff: inputs.uploadOff,
    trust: inputs.trust,
    activeVersion: inputs.activeVersion,
    crossSigning: inputs.crossSigning,
    secretStorage: inputs.secretStorage,
    roomKeys: inputs.roomKeys,
    pendingKeys: pending,
    uploadError: inputs.uploadError,
    uploadPeak: null,
    uploadQueue: deriveUploadQueue({
      pending,
      peak: null,
      attempt: null,
      offline: inputs.sync === "offline",
      noBackup: inputs.backup.status === "known" && inputs.backup.value === null,
      enabled: inputs.activeVersion.status === "known" ? inputs.activeVersion.value !== null : null,
      stalled: inputs.uploadStalled,
    }),
    sync: inputs.sync,
    memoryOnly: false,
    checking: false,
    checkAgain: () => {},
    notice: null,
    dismissNotice: () => {},
    lastRestore: inputs.lastRestore,
    lastKeyTest: null,
    doubtedKeyTest: null,
    proven: null,
    ...rest,
  };
}
