import type { CheckSubject, Finding, OutOfSyncReason } from "@/domain/deviceState";
import { describeError } from "./describeError";
import { formatNumber, formatRoomKeys } from "./formatNumber";

const list = new Intl.ListFormat("en", { type: "conjunction" });

/** What exactly a failed check saw, to stand below its headline; null where the headline says all. */
export function describeFinding(finding: Finding): string | null {
  switch (finding.state) {
    case "signed_out":
    case "identity_needs_reset":
    case "default_key_lost":
    case "turn_on_key_storage":
    case "backup_turned_off":
    case "turned_off_here":
    case "backup_replaced":
    case "ok":
      return null;
    case "checking":
      return `Not known yet: ${subjectWords(finding.subject)}.`;
    case "unknown":
      return describeUnknown([finding]);
    case "verify_this_device":
      return verifyWords(finding);
    case "set_up_recovery":
      return `Missing: ${list.format(finding.missing.map(missingWords))}.`;
    case "unsupported_backup":
      return finding.reason === "algorithm"
        ? `Its algorithm is “${finding.algorithm}”.`
        : "Its public key is missing or malformed.";
    case "backup_untrusted":
      return `Backup version ${finding.version} has no signature this device trusts.`;
    case "needs_recovery_key":
      return finding.signatureTrusted
        ? "The backup carries a trusted signature; only its key is not here."
        : null;
    case "key_storage_out_of_sync":
      return finding.reasons.map(outOfSyncWords).join(" ");
    case "upload_failing":
      return uploadWords(finding);
    case "restore_available":
      return `${formatRoomKeys(finding.onServer)} in the backup, ${formatNumber(finding.heldHere)} on this device.`;
  }
}

type Unknown = Extract<Finding, { state: "unknown" }>;

/** Several checks that could not be made, in one line for each reason. */
export function describeUnknown(findings: readonly Unknown[]): string {
  const byReason = new Map<string | null, string[]>();
  for (const { error, subject } of findings) {
    const reason = error === null ? null : describeError(error).title;
    byReason.set(reason, [...(byReason.get(reason) ?? []), subjectWords(subject)]);
  }
  return [...byReason]
    .map(([reason, words]) => {
      const subjects = list.format(words);
      return reason === null
        ? `Not known yet: ${subjects}.`
        : `${reason}, so this could not be read: ${subjects}.`;
    })
    .join(" ");
}

function verifyWords({
  keysInSecretStorage,
  identityReplaced,
}: Extract<Finding, { state: "verify_this_device" }>): string | null {
  const words = [
    identityReplaced === true
      ? "Your account has a new identity since this device was verified. If it was not you who reset it, change your password first. Nothing was changed here, and the keys on this device stay."
      : null,
    keysInSecretStorage || identityReplaced === true
      ? null
      : "The identity’s keys are not in secret storage, so the recovery key alone cannot verify this device. Verify it from another device of yours.",
  ];
  return words.filter((part) => part !== null).join(" ") || null;
}

/** Short name of a check for the list of other findings. */
export function findingTitle(finding: Finding): string {
  switch (finding.state) {
    case "signed_out":
      return "Not signed in";
    case "checking":
      return "Still checking";
    case "unknown":
      return "Could not check everything";
    case "verify_this_device":
      return "This device is not verified";
    case "identity_needs_reset":
      return "The identity’s keys cannot be found";
    case "default_key_lost":
      return "The account does not name its recovery key";
    case "set_up_recovery":
      return "Recovery is not set up";
    case "turn_on_key_storage":
      return "There is no backup";
    case "backup_turned_off":
      return "Key backup is turned off";
    case "turned_off_here":
      return "Key backup is turned off on this device";
    case "unsupported_backup":
      return "Unknown kind of backup";
    case "backup_untrusted":
      return "The backup is not trusted";
    case "needs_recovery_key":
      return "The backup’s key is not on this device";
    case "backup_replaced":
      return "There is another backup now, whose key is not on this device";
    case "key_storage_out_of_sync":
      return "Key storage is out of sync";
    case "upload_failing":
      return "The upload of new keys does not work";
    case "restore_available":
      return "History can be restored";
    case "ok":
      return "Everything is in order";
  }
}

function subjectWords(subject: CheckSubject): string {
  switch (subject) {
    case "sync":
      return "the first answer of the server";
    case "crossSigning":
      return "whether this device is verified";
    case "backup":
      return "the backup’s version on the server";
    case "backupWish":
      return "whether you want a backup";
    case "trust":
      return "whether the backup is trusted";
    case "secretStorage":
      return "the state of secret storage";
    case "activeVersion":
      return "whether uploads are on";
    case "roomKeys":
      return "the number of room keys on this device";
  }
}

function missingWords(part: "identity" | "secret_storage" | "backup"): string {
  switch (part) {
    case "identity":
      return "an identity that verifies your devices";
    case "secret_storage":
      return "a recovery key";
    case "backup":
      return "a backup";
  }
}

function outOfSyncWords(reason: OutOfSyncReason): string {
  switch (reason) {
    case "decryption_key_mismatch":
      return "The backup key on this device belongs to another backup.";
    case "default_key_broken":
      return "Secret storage has no usable key, so no recovery key opens it.";
    case "backup_key_not_stored":
      return "The backup’s key is not in secret storage, so the recovery key does not open the backup.";
    case "cross_signing_keys_not_stored":
      return "The identity’s keys are not all in secret storage.";
    case "cross_signing_keys_not_here":
      return "The identity’s keys are not on this device.";
    case "backup_unsigned":
      return "The backup is not signed by you. Its key fits, so it is used all the same.";
    case "no_identity":
      return "The account has no identity that could sign the backup.";
  }
}

function uploadWords(finding: Extract<Finding, { state: "upload_failing" }>): string {
  switch (finding.reason) {
    case "refused":
      return finding.code === null
        ? "The last upload was refused."
        : `The last upload ended with ${finding.code}. ${describeUploadCode(finding.code)}`;
    case "off":
      return "Automatic upload is off on this device.";
    case "other_version":
      return `This device uploads to version ${finding.activeVersion}, but the server’s current backup is version ${finding.serverVersion}.`;
    case "stalled":
      return "The server can be reached, but has not taken any of the waiting keys for more than a minute. It is tried again by itself.";
    case "server_short":
      return "Every key of this device was uploaded, and the server counts fewer than that. A new backup would get all of them.";
  }
}

/** What an errcode of the key upload means for the person. */
export function describeUploadCode(code: string): string {
  switch (code) {
    case "M_WRONG_ROOM_KEYS_VERSION":
    case "M_NOT_FOUND":
      return "The backup was replaced or deleted meanwhile.";
    case "M_LIMIT_EXCEEDED":
      return "The server asks to wait; the upload is tried again by itself.";
    case "M_FORBIDDEN":
    case "M_UNRECOGNIZED":
      return "The server does not allow key backup here.";
    case "M_TOO_LARGE":
    case "HTTP 413":
      return "The server refused the amount of data.";
    case "M_UNKNOWN_TOKEN":
    case "M_MISSING_TOKEN":
      return "The session on this device is no longer valid.";
    default:
      return "It is tried again by itself.";
  }
}
