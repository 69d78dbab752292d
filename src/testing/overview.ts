import { deriveBackupState } from "@/domain/backupState";
import type { DeviceStateInputs } from "@/domain/deviceState";
import { listFindings } from "@/domain/findings";
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
    pendingKeys: pendingKeys(inputs.roomKeys, null, inputs.backup, inputs.activeVersion),
    uploadError: inputs.uploadError,
    sync: inputs.sync,
    checking: false,
    checkAgain: () => {},
    notice: null,
    dismissNotice: () => {},
    lastRestore: inputs.lastRestore,
    lastKeyTest: null,
    ...rest,
  };
}
