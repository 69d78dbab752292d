import type {
  BackupTrust,
  CrossSigningStatus,
  RoomKeyCounts,
  SecretStorageStatus,
} from "@/domain/backup";
import { formatNumber, formatRoomKeys } from "./formatNumber";

export type Tone = "success" | "warning" | "neutral";

/** One checked fact: a short badge and the sentence behind it. */
export interface FactWords {
  readonly tone: Tone;
  readonly badge: string;
  readonly body: string;
}

/** Is the backup signed by us? A device that is not verified cannot tell, and says so calmly. */
export function describeSignature(
  signature: BackupTrust["signature"],
  deviceVerified: boolean,
): FactWords {
  if (signature === "untrusted" && !deviceVerified) {
    return {
      tone: "neutral",
      badge: "Not checked yet",
      body: "Until this device is verified, it cannot tell whether it was you who signed the backup.",
    };
  }
  switch (signature) {
    case "trusted":
      return {
        tone: "success",
        badge: "Trusted",
        body: "The backup is signed by your identity or by a verified device of yours.",
      };
    case "untrusted":
      return {
        tone: "warning",
        badge: "Not trusted",
        body: "The backup has no signature that this device trusts.",
      };
    case "unknown":
      return {
        tone: "neutral",
        badge: "Unknown",
        body: "The signature could not be checked.",
      };
  }
}

/** Does the decryption key held here open the backup? */
export function describeDecryptionKey(key: BackupTrust["key"]): FactWords {
  switch (key) {
    case "match":
      return {
        tone: "success",
        badge: "Fits",
        body: "This device holds the key that opens the backup.",
      };
    case "mismatch":
      return {
        tone: "warning",
        badge: "Does not fit",
        body: "This device holds a backup key, but for another backup than the one on the server.",
      };
    case "absent":
      return {
        tone: "neutral",
        badge: "Not here",
        body: "This device does not hold the key that opens the backup.",
      };
  }
}

/** "Recovery key in use, all secrets stored" and its lesser forms. */
export function describeSecretStorage(status: SecretStorageStatus): string {
  if (status.underOtherKey === true) {
    return "Holds secrets, but the account does not name a recovery key that could be used";
  }
  switch (status.defaultKey) {
    case "absent":
      return "Not set up: there is no recovery key";
    case "broken":
      return "Damaged: its default key cannot be used";
    case "present": {
      const missing = [
        status.backupKeyStored ? null : "the backup key",
        status.crossSigningKeysStored ? null : "the identity keys",
      ].filter((part) => part !== null);
      return missing.length === 0
        ? "Holds the backup key and the identity keys"
        : `Set up, but lacks ${missing.join(" and ")}`;
    }
  }
}

/** Where the private keys of the account's identity are. */
export function describeCrossSigning(status: CrossSigningStatus): string {
  if (!status.identityExists) return "Not set up";
  if (status.privateKeysHere) return "Set up; its private keys are on this device";
  return status.privateKeysInSecretStorage
    ? "Set up; its private keys are in secret storage, not on this device"
    : "Set up; its private keys are neither here nor in secret storage";
}

/** "2,000, of which 1,990 are in the backup" */
export function describeRoomKeyCounts({ total, backedUp }: RoomKeyCounts): string {
  if (total === 0) return "None";
  if (backedUp >= total) return `${formatNumber(total)}, all marked as backed up`;
  return `${formatNumber(total)}, of which ${formatNumber(backedUp)} ${backedUp === 1 ? "is" : "are"} marked as backed up`;
}

/** Keys waiting for their upload; null is a number not known yet. */
export function describePending(pending: number | null): string {
  if (pending === null) return "Not known yet";
  return pending === 0 ? "None" : `${formatRoomKeys(pending)} waiting`;
}
