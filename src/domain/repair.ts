import type { BackupInfo, BackupTrust, RoomKeyCounts, SecretStorageStatus } from "./backup";
import { unsupportedReason } from "./backupState";
import type { AppError } from "./errors";
import type { RecoveryKey } from "./recoveryKey";
import type { Result } from "./result";

/** One thing that is wrong with how the account's keys are kept. */
export type RepairFaultKind =
  /** Its algorithm or its public key cannot be used. */
  | "backup_unusable"
  | "no_secret_storage"
  | "default_key_broken"
  /** The account names no key, and secrets are stored under one that is described. */
  | "default_key_lost"
  /** The key held here is for another backup. */
  | "decryption_key_mismatch"
  | "decryption_key_absent"
  | "no_identity"
  | "device_not_verified"
  | "cross_signing_keys_not_here"
  | "cross_signing_keys_not_stored"
  | "backup_key_not_stored"
  /** Seen only when the recovery key was given: what is stored is the key of another backup … */
  | "stored_backup_key_differs"
  /** … or no key at all … */
  | "stored_backup_key_damaged"
  /** … or cannot even be decrypted. */
  | "stored_backup_key_unreadable"
  | "backup_unsigned"
  /** Every key here was given to the server, and it counts fewer. */
  | "keys_missing_on_server";

/**
 * What helps. `recovery_key`: the repair takes the recovery key. `automatic`: it needs nothing.
 * `set_up`: set-up makes what is missing. `other_device`: what is needed is only on another device.
 * `export_and_replace`: nothing mends it, a new backup can take its place. `nothing`: not from here.
 */
export type RepairRemedy =
  | "recovery_key"
  | "automatic"
  | "set_up"
  | "other_device"
  | "export_and_replace"
  | "nothing";

export interface RepairFault {
  readonly kind: RepairFaultKind;
  readonly remedy: RepairRemedy;
  /** Set-up helps as well, for somebody who does not have the recovery key that is asked for. */
  readonly orSetUp?: true;
}

/** Everything the diagnosis rests on, by fresh reads. */
export interface RepairFacts {
  readonly backup: BackupInfo | null;
  /** Null when there is no backup, or none that could be judged. */
  readonly trust: BackupTrust | null;
  readonly identity: {
    readonly exists: boolean;
    readonly deviceVerified: boolean;
    readonly privateKeysHere: boolean;
  };
  readonly storage: SecretStorageStatus;
  /** Usable keys of secret storage that are not the default one and have secrets stored under them. */
  readonly otherKeys: number;
  /** What stands behind the recovery key that was given; null when none was. */
  readonly storedBackupKey: "match" | "other" | "damaged" | "unreadable" | "absent" | null;
  readonly roomKeys: RoomKeyCounts;
}

export interface RepairOutcome {
  /** By reading everything again. */
  readonly fixed: boolean;
  /** Why it is not; null when nothing failed and it is wrong all the same. */
  readonly why: AppError | null;
  /** What is wrong now. */
  readonly remaining: readonly RepairFault[];
}

export interface RepairPort {
  /**
   * Looks at everything by fresh reads and changes nothing. With the recovery key also at what
   * stands behind it. The key's bytes are the caller's to wipe.
   */
  diagnose(key: RecoveryKey | null): Promise<Result<readonly RepairFault[], AppError>>;
  /**
   * Does the one thing that mends this fault, then looks again. An error means that nothing was
   * changed: a recovery key that does not fit, or something that could not be read.
   */
  run(kind: RepairFaultKind, key: RecoveryKey | null): Promise<Result<RepairOutcome, AppError>>;
}

/** All faults, in the order in which they are mended: what opens other things comes first. */
export function listFaults(facts: RepairFacts): readonly RepairFault[] {
  return [
    ...checkBackup(facts),
    ...checkDefaultKey(facts),
    ...checkHeldKey(facts),
    ...checkIdentity(facts),
    ...checkStored(facts),
    ...checkServer(facts),
  ];
}

function checkBackup({ backup }: RepairFacts): RepairFault[] {
  return backup === null || unsupportedReason(backup) === null
    ? []
    : [{ kind: "backup_unusable", remedy: "export_and_replace" }];
}

function checkDefaultKey(facts: RepairFacts): RepairFault[] {
  switch (facts.storage.defaultKey) {
    case "present":
      return [];
    case "absent":
      return facts.otherKeys > 0
        ? [withRecoveryKey("default_key_lost", facts)]
        : [{ kind: "no_secret_storage", remedy: setUpOrOtherDevice(facts) }];
    case "broken":
      return facts.otherKeys > 0
        ? [withRecoveryKey("default_key_broken", facts)]
        : [{ kind: "default_key_broken", remedy: setUpOrOtherDevice(facts) }];
  }
}

function withRecoveryKey(kind: RepairFaultKind, facts: RepairFacts): RepairFault {
  const orSetUp = hasEverythingHere(facts) ? { orSetUp: true as const } : {};
  return { kind, remedy: "recovery_key", ...orSetUp };
}

/** Only what is on this device can be put behind a new recovery key. */
function setUpOrOtherDevice(facts: RepairFacts): RepairRemedy {
  return hasEverythingHere(facts) ? "set_up" : "other_device";
}

function checkHeldKey({ trust, storage }: RepairFacts): RepairFault[] {
  if (trust === null || trust.key === "match") return [];
  const isStored = storage.defaultKey === "present" && storage.backupKeyStored;
  const kind = trust.key === "absent" ? "decryption_key_absent" : "decryption_key_mismatch";
  return [{ kind, remedy: isStored ? "recovery_key" : "other_device" }];
}

function checkIdentity({ identity, storage }: RepairFacts): RepairFault[] {
  if (!identity.exists) return [{ kind: "no_identity", remedy: "set_up" }];
  const isStored = storage.defaultKey === "present" && storage.crossSigningKeysStored;
  const remedy = isStored ? "recovery_key" : "other_device";
  if (!identity.deviceVerified) return [{ kind: "device_not_verified", remedy }];
  return identity.privateKeysHere ? [] : [{ kind: "cross_signing_keys_not_here", remedy }];
}

/** Is what the recovery key should open there? Without a usable default key it opens nothing. */
function checkStored(facts: RepairFacts): RepairFault[] {
  const { storage, identity, backup, trust, storedBackupKey } = facts;
  if (storage.defaultKey !== "present") return [];
  const faults: RepairFault[] = [];
  if (identity.exists && !storage.crossSigningKeysStored) {
    const remedy = hasIdentityHere(facts) ? "recovery_key" : "other_device";
    faults.push({ kind: "cross_signing_keys_not_stored", remedy });
  }
  if (backup === null || trust === null) return faults;
  const remedy = trust.key === "match" ? "recovery_key" : "other_device";
  if (!storage.backupKeyStored) faults.push({ kind: "backup_key_not_stored", remedy });
  else if (storedBackupKey === "other") {
    faults.push({ kind: "stored_backup_key_differs", remedy });
  } else if (storedBackupKey === "damaged") {
    faults.push({ kind: "stored_backup_key_damaged", remedy });
  } else if (storedBackupKey === "unreadable") {
    faults.push({ kind: "stored_backup_key_unreadable", remedy: "nothing" });
  }
  return faults;
}

function checkServer({ backup, trust, identity, roomKeys }: RepairFacts): RepairFault[] {
  if (backup === null || trust?.key !== "match") return [];
  const faults: RepairFault[] = [];
  // Before this device is verified it trusts nobody's signature, so a missing one says nothing.
  if (trust.signature === "untrusted" && identity.deviceVerified) {
    faults.push({ kind: "backup_unsigned", remedy: "automatic" });
  }
  if (roomKeys.backedUp >= roomKeys.total && backup.count < roomKeys.total) {
    // The crypto module remembers per version what it has uploaded, and uploads nothing twice.
    faults.push({ kind: "keys_missing_on_server", remedy: "export_and_replace" });
  }
  return faults;
}

function hasIdentityHere({ identity }: RepairFacts): boolean {
  return !identity.exists || (identity.deviceVerified && identity.privateKeysHere);
}

function hasEverythingHere(facts: RepairFacts): boolean {
  return hasIdentityHere(facts) && hasBackupKeyHere(facts);
}

function hasBackupKeyHere({ backup, trust }: RepairFacts): boolean {
  return backup === null || trust?.key === "match";
}
