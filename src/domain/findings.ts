import type { BackupInfo, BackupVersion, CrossSigningStatus, SecretStorageStatus } from "./backup";
import { unsupportedReason } from "./backupState";
import type {
  CheckSubject,
  DeviceState,
  DeviceStateInputs,
  Finding,
  OutOfSyncReason,
  UploadFailure,
} from "./deviceState";
import { lastValue, type Reading } from "./reading";

/** The headline: the first failed check. */
export function deriveDeviceState(inputs: DeviceStateInputs): DeviceState {
  return listFindings(inputs)[0].state;
}

/**
 * All failed checks in decision order: session, first sync, identity and this device, the version
 * on the server, its kind, its key, secret storage, upload, what could be restored. Each check
 * rests on its own readings; one that was not read says `checking` at its place, one that could
 * not be read now says `unknown`, so neither absence nor safety is ever claimed on old facts.
 */
export function listFindings(inputs: DeviceStateInputs): readonly [Finding, ...Finding[]] {
  if (!inputs.signedIn) return [{ state: "signed_out" }];
  if (!inputs.syncedOnce) {
    // The backup is read beside the first sync; where that failed, waiting on says too little.
    if (inputs.backup.status === "failed") {
      return [{ state: "unknown", subject: "backup", error: inputs.backup.error }];
    }
    return inputs.sync === "offline"
      ? [{ state: "unknown", subject: "sync", error: null }]
      : [{ state: "checking", subject: "sync" }];
  }
  const [first, ...others] = mergeAlike([...checkIdentity(inputs), ...checkBackup(inputs)]);
  return first === undefined ? [{ state: "ok" }] : [first, ...others];
}

function checkIdentity(inputs: DeviceStateInputs): Finding[] {
  const { crossSigning, secretStorage } = inputs;
  const findings = unreadable("crossSigning", crossSigning);
  const status = lastValue(crossSigning);
  if (status === undefined || !status.identityExists || status.deviceVerified) return findings;
  // Its keys are here and nowhere else: a set-up that was broken off. Set-up signs this device, too.
  const isHalfSetUp = status.privateKeysHere && !status.privateKeysInSecretStorage;
  const storage = lastValue(secretStorage);
  // Then the way in is the recovery key that somebody may have saved, not a reset.
  if (storage?.underOtherKey === true) return [...findings, defaultKeyLost(inputs)];
  if (isHalfSetUp && storage?.defaultKey === "absent") return findings;
  const replaced = status.identityReplaced === true ? ({ identityReplaced: true } as const) : {};
  if (status.privateKeysHere || status.privateKeysInSecretStorage) {
    const keysInSecretStorage = status.privateKeysInSecretStorage;
    return [...findings, { state: "verify_this_device", keysInSecretStorage, ...replaced }];
  }
  // The new identity's keys are on the device that made it, and that one can verify this one.
  if (status.identityReplaced === true) {
    return [...findings, { state: "verify_this_device", keysInSecretStorage: false, ...replaced }];
  }
  // "The keys are nowhere" is a grave thing to say: only when two fresh reads agree on it.
  if (secretStorage.status === "unread") {
    return [...findings, { state: "checking", subject: "secretStorage" }];
  }
  if (secretStorage.status === "known" && !secretStorage.value.crossSigningKeysStored) {
    return [...findings, { state: "identity_needs_reset" }];
  }
  return [...findings, { state: "verify_this_device", keysInSecretStorage: false }];
}

/** Secrets are stored, and the account does not say under which recovery key. */
function defaultKeyLost({
  crossSigning,
  backup,
  trust,
}: DeviceStateInputs): Extract<Finding, { state: "default_key_lost" }> {
  const identity = lastValue(crossSigning);
  const identityHere =
    identity !== undefined &&
    (!identity.identityExists || (identity.deviceVerified && identity.privateKeysHere));
  const backupKeyHere =
    (backup.status === "known" && backup.value === null) || lastValue(trust)?.key === "match";
  return { state: "default_key_lost", allHere: identityHere && backupKeyHere };
}

function checkBackup(inputs: DeviceStateInputs): Finding[] {
  const { backup } = inputs;
  const findings = unreadable("backup", backup);
  const info = lastValue(backup);
  if (info === undefined) return findings;
  if (info === null) return backup.status === "known" ? checkAbsence(inputs) : findings;
  const unsupported = unsupportedReason(info);
  if (unsupported !== null) {
    const { version, algorithm } = info;
    return [...findings, { state: "unsupported_backup", version, algorithm, reason: unsupported }];
  }
  return [
    ...findings,
    ...checkDecryptionKey(info, inputs),
    ...checkSecretStorage(inputs),
    ...checkUpload(info, inputs),
    ...checkRestore(info, inputs),
    ...checkTurnedOff(info, inputs),
    ...checkSignature(inputs),
  ];
}

/**
 * The server has no backup, by a fresh read. With that in hand the account's word that none is
 * wanted is believed: then it is said and nobody is pressed. A word that could not be read is none.
 */
function checkAbsence(inputs: DeviceStateInputs): Finding[] {
  const { crossSigning, secretStorage, backupWish } = inputs;
  if (backupWish.status === "unread") return [{ state: "checking", subject: "backupWish" }];
  if (lastValue(backupWish) === "off") return [{ state: "backup_turned_off" }];
  if (crossSigning.status !== "known") return [];
  const noSecretStorage =
    secretStorage.status === "known" && secretStorage.value.defaultKey === "absent";
  if (!crossSigning.value.identityExists) {
    const missing = noSecretStorage
      ? (["identity", "secret_storage", "backup"] as const)
      : (["identity", "backup"] as const);
    return [{ state: "set_up_recovery", missing }];
  }
  if (secretStorage.status !== "known") return unreadable("secretStorage", secretStorage);
  if (secretStorage.value.underOtherKey === true) {
    return [defaultKeyLost(inputs), { state: "turn_on_key_storage" }];
  }
  switch (secretStorage.value.defaultKey) {
    case "present":
      return [{ state: "turn_on_key_storage" }];
    case "absent":
      return [{ state: "set_up_recovery", missing: ["secret_storage", "backup"] }];
    case "broken":
      return [
        { state: "set_up_recovery", missing: ["backup"] },
        { state: "key_storage_out_of_sync", reasons: ["default_key_broken"] },
      ];
  }
}

function checkDecryptionKey(info: BackupInfo, inputs: DeviceStateInputs): Finding[] {
  const { trust, secretStorage } = inputs;
  const findings = unreadable("trust", trust);
  const facts = lastValue(trust);
  if (facts === undefined || facts.key === "match") return findings;
  const { version } = info;
  const signatureTrusted = facts.signature === "trusted";
  if (facts.key === "absent") {
    return [...findings, { state: "needs_recovery_key", version, signatureTrusted }];
  }
  // Another key than ours, and nobody we trust signed it: that is more than being out of sync.
  if (facts.signature === "untrusted") {
    return [...findings, { state: "backup_untrusted", version }];
  }
  if (signatureTrusted && secretStorage.status === "unread") {
    return [...findings, { state: "checking", subject: "secretStorage" }];
  }
  const storage = lastValue(secretStorage);
  return signatureTrusted && storage?.defaultKey === "present" && storage.backupKeyStored
    ? [...findings, { state: "backup_replaced", version }]
    : [...findings, { state: "key_storage_out_of_sync", reasons: ["decryption_key_mismatch"] }];
}

function checkSecretStorage(inputs: DeviceStateInputs): Finding[] {
  const { secretStorage, crossSigning } = inputs;
  const findings = unreadable("secretStorage", secretStorage);
  const storage = lastValue(secretStorage);
  if (storage === undefined) return findings;
  const identity = lastValue(crossSigning);
  if (storage.underOtherKey === true) {
    const lost = defaultKeyLost(inputs);
    // A reset leaves the backup's key alone under the old recovery key: what is wanted is a new one.
    const isLeftBehind =
      storage.defaultKey === "absent" && storage.identityUnderOtherKey === false && lost.allHere;
    if (!isLeftBehind) return [...findings, lost];
  }
  if (storage.defaultKey === "absent") {
    const missing =
      identity?.identityExists === false
        ? (["identity", "secret_storage"] as const)
        : (["secret_storage"] as const);
    return [...findings, { state: "set_up_recovery", missing }];
  }
  const reasons = outOfSyncReasons(storage, identity);
  return reasons.length === 0
    ? findings
    : [...findings, { state: "key_storage_out_of_sync", reasons }];
}

function outOfSyncReasons(
  storage: SecretStorageStatus,
  identity: CrossSigningStatus | undefined,
): readonly OutOfSyncReason[] {
  if (storage.defaultKey === "broken") return ["default_key_broken"];
  const reasons: OutOfSyncReason[] = [];
  if (!storage.backupKeyStored) reasons.push("backup_key_not_stored");
  if (identity === undefined) return reasons;
  if (!identity.identityExists) reasons.push("no_identity");
  else if (!storage.crossSigningKeysStored) reasons.push("cross_signing_keys_not_stored");
  else if (identity.deviceVerified && !identity.privateKeysHere) {
    reasons.push("cross_signing_keys_not_here");
  }
  return reasons;
}

/** Upload needs only the public key, so it is expected wherever the backup is trusted in one way. */
function checkUpload(info: BackupInfo, inputs: DeviceStateInputs): Finding[] {
  const { trust, activeVersion, uploadError } = inputs;
  // What is not meant to happen does not fail.
  if (inputs.uploadOff || !mayBeUploadedTo(trust)) return [];
  const findings = unreadable("activeVersion", activeVersion);
  const active = lastValue(activeVersion);
  if (active === undefined) return findings;
  const reason = uploadFailure(info, active, inputs);
  if (reason === null) return findings;
  if (active !== info.version && inputs.rechecking) {
    return [...findings, { state: "checking", subject: "activeVersion" }];
  }
  const code = uploadError?.code ?? null;
  return [
    ...findings,
    { state: "upload_failing", reason, code, serverVersion: info.version, activeVersion: active },
  ];
}

/** Turned off by the person, so it comes last: whatever is wrong is more to the point. */
function checkTurnedOff(
  { version }: BackupInfo,
  { trust, uploadOff }: DeviceStateInputs,
): Finding[] {
  return uploadOff && mayBeUploadedTo(trust) ? [{ state: "turned_off_here", version }] : [];
}

function mayBeUploadedTo(trust: DeviceStateInputs["trust"]): boolean {
  const facts = lastValue(trust);
  return facts !== undefined && (facts.key === "match" || facts.signature === "trusted");
}

function uploadFailure(
  { version }: BackupInfo,
  active: BackupVersion | null,
  { uploadError, uploadStalled, serverShort }: DeviceStateInputs,
): UploadFailure | null {
  if (uploadError !== null) return "refused";
  if (active === null) return "off";
  if (active !== version) return "other_version";
  if (uploadStalled) return "stalled";
  return serverShort ? "server_short" : null;
}

/**
 * The key that fits is enough to use the backup; the signature is what other devices go by. The
 * least of all, so it comes last. A device that is not verified trusts no signature at all.
 */
function checkSignature({ trust, crossSigning }: DeviceStateInputs): Finding[] {
  const facts = lastValue(trust);
  const isUnsigned = facts?.key === "match" && facts.signature === "untrusted";
  if (!isUnsigned || lastValue(crossSigning)?.deviceVerified !== true) return [];
  return [{ state: "key_storage_out_of_sync", reasons: ["backup_unsigned"] }];
}

/**
 * A key that waits for its upload may be on the server all the same, from another device. So while
 * keys wait this compares with all that are held, and what it finds is the least that is missing;
 * once none waits, all that are held are on the server and it is exact.
 */
function checkRestore(info: BackupInfo, inputs: DeviceStateInputs): Finding[] {
  const { trust, roomKeys, lastRestore } = inputs;
  if (lastValue(trust)?.key !== "match") return [];
  const findings = unreadable("roomKeys", roomKeys);
  const heldHere = lastValue(roomKeys)?.total;
  const { version, count: onServer } = info;
  if (heldHere === undefined) return findings;
  // A key that could not be opened will not open the next time. One that the server announced and
  // did not send may come the next time: a short answer must not hide it for good.
  const unavailable = lastRestore?.version === version ? lastRestore.failed : 0;
  if (onServer - heldHere <= unavailable) return findings;
  return [...findings, { state: "restore_available", version, onServer, heldHere }];
}

function unreadable(subject: CheckSubject, reading: Reading<unknown>): Finding[] {
  switch (reading.status) {
    case "unread":
      return [{ state: "checking", subject }];
    case "failed":
    case "stale":
      return [{ state: "unknown", subject, error: reading.error }];
    case "known":
      return [];
  }
}

/** One entry per thing to say: several reasons for being out of sync are one finding. */
function mergeAlike(findings: readonly Finding[]): Finding[] {
  const merged = new Map<string, Finding>();
  for (const finding of findings) {
    const key = "subject" in finding ? `${finding.state} ${finding.subject}` : finding.state;
    const earlier = merged.get(key);
    if (earlier === undefined) merged.set(key, finding);
    else if (
      earlier.state === "key_storage_out_of_sync" &&
      finding.state === "key_storage_out_of_sync"
    ) {
      merged.set(key, { ...earlier, reasons: [...earlier.reasons, ...finding.reasons] });
    }
  }
  return [...merged.values()];
}
