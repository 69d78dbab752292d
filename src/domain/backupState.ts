import { BACKUP_ALGORITHM, type BackupInfo } from "./backup";
import type { BackupState, DeviceStateInputs } from "./deviceState";

/** `data-state` of the backup: what is on the server, and whether this device uses it. */
export function deriveBackupState(inputs: DeviceStateInputs): BackupState {
  const { backup, trust, activeVersion } = inputs;
  if (!inputs.signedIn || backup.status !== "known") return "unknown";
  if (backup.value === null) return "none";
  if (unsupportedReason(backup.value) !== null) return "error";
  if (!inputs.syncedOnce || trust.status !== "known") return "unknown";
  if (trust.value.key !== "match") {
    return trust.value.signature === "trusted" ? "needs-key" : "untrusted";
  }
  if (inputs.uploadOff) return "off";
  if (activeVersion.status !== "known") return "unknown";
  if (activeVersion.value === backup.value.version) return "enabled";
  return inputs.rechecking ? "unknown" : "error";
}

/** Why this app cannot use the backup at all, or null when it can. */
export function unsupportedReason(info: BackupInfo): "algorithm" | "public_key" | null {
  if (info.algorithm !== BACKUP_ALGORITHM) return "algorithm";
  return info.publicKey === null ? "public_key" : null;
}
