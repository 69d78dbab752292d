import {
  BACKUP_ALGORITHM,
  type BackupInfo,
  type BackupTrust,
  type BackupVersion,
  type CrossSigningStatus,
  type RoomKeyCounts,
  type SecretStorageStatus,
} from "@/domain/backup";
import type { DeviceStateInputs } from "@/domain/deviceState";
import type { AppError } from "@/domain/errors";
import type { OpenedBy } from "@/domain/keyEntry";
import type { Reading } from "@/domain/reading";
import { emptyTally, type RestoreReport, type RestoreTally } from "@/domain/restore";
import type { RunningRestore } from "@/domain/restoreJob";
import { RATE_UNKNOWN } from "@/domain/restoreRate";
import type { SignedInUser } from "@/domain/session";

/** Facts of a healthy account, to be spoilt one at a time by a test. */

export const alice: SignedInUser = {
  userId: "@alice:example.org",
  deviceId: "ALICEDEVICE",
  homeserverUrl: "https://matrix.example.org",
};

export function backupVersion(text: string): BackupVersion {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the brand has no other maker in a test
  return text as BackupVersion;
}

export function aBackup(changes: Partial<BackupInfo> = {}): BackupInfo {
  const publicKey = changes.publicKey ?? "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo";
  return {
    version: backupVersion("1"),
    algorithm: BACKUP_ALGORITHM,
    publicKey,
    count: 100,
    etag: "7",
    authData: { public_key: publicKey },
    ...changes,
  };
}

/** Unlocked by the one key that most accounts have. */
export const byDefaultKey: OpenedBy = {
  kind: "storage_key",
  keyId: "defaultKeyId",
  name: null,
  isDefault: true,
};

export const trustedBackup: BackupTrust = { signature: "trusted", key: "match" };

export const readyIdentity: CrossSigningStatus = {
  identityExists: true,
  privateKeysHere: true,
  privateKeysInSecretStorage: true,
  deviceVerified: true,
  masterKey: "masterKeyOfAlice",
};

export const noIdentity: CrossSigningStatus = {
  identityExists: false,
  privateKeysHere: false,
  privateKeysInSecretStorage: false,
  deviceVerified: false,
  masterKey: null,
};

export const readySecretStorage: SecretStorageStatus = {
  defaultKey: "present",
  keyId: "defaultKeyId",
  backupKeyStored: true,
  crossSigningKeysStored: true,
};

export const noSecretStorage: SecretStorageStatus = {
  defaultKey: "absent",
  keyId: null,
  backupKeyStored: false,
  crossSigningKeysStored: false,
};

export const allKeysBackedUp: RoomKeyCounts = { total: 100, backedUp: 100 };

export const offline: AppError = { kind: "network", detail: "no answer" };

export function known<T>(value: T, at = 0): Reading<T> {
  return { status: "known", value, at };
}

export function stale<T>(value: T, at = 0): Reading<T> {
  return { status: "stale", value, at, error: offline };
}

export const failedReading: Reading<never> = { status: "failed", error: offline, at: 0 };

/** Everything in order: the state is `ok`. */
export function healthyInputs(changes: Partial<DeviceStateInputs> = {}): DeviceStateInputs {
  return {
    signedIn: true,
    sync: "live",
    syncedOnce: true,
    rechecking: false,
    backup: known(aBackup()),
    backupWish: known("on"),
    uploadOff: false,
    trust: known(trustedBackup),
    activeVersion: known(backupVersion("1")),
    crossSigning: known(readyIdentity),
    secretStorage: known(readySecretStorage),
    roomKeys: known(allKeysBackedUp),
    uploadError: null,
    uploadStalled: false,
    serverShort: false,
    lastRestore: null,
    ...changes,
  };
}

export function aTally(changes: Partial<RestoreTally> = {}): RestoreTally {
  return { ...emptyTally(100), stage: "downloading", ...changes };
}

/** A restore that has just begun. */
export function aRunningRestore(changes: Partial<RunningRestore> = {}): RunningRestore {
  return {
    kind: "running",
    version: backupVersion("1"),
    tally: emptyTally(100),
    share: 0,
    startedAt: 0,
    waitLeftMs: null,
    askedRooms: new Set(),
    readyRooms: new Set(),
    ...RATE_UNKNOWN,
    ...changes,
  };
}

export function aReport(changes: Partial<RestoreTally> = {}): RestoreReport {
  return { tally: aTally(changes), failures: [] };
}
