import type { BackupVersion } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import type { ErrorWords } from "./errorWords";

type ReasonOf<K extends AppError["kind"]> =
  Extract<AppError, { kind: K }> extends {
    reason: infer R;
  }
    ? R
    : never;

/** The backup on the server is not the one an action was meant for. */
export function describeBackupChange(
  expected: BackupVersion | null,
  actual: BackupVersion | null,
): ErrorWords {
  const rest =
    "The keys on this device are untouched. Look at the current state, then start again.";
  if (actual === null) {
    return {
      title:
        expected === null
          ? "The backup is no longer on the server"
          : `Backup version ${expected} is no longer on the server`,
      body: `Another of your devices, or the server, has deleted it. ${rest}`,
      action: "none",
    };
  }
  if (expected === null) {
    return {
      title: `A backup was made in the meantime: version ${actual}`,
      body: `Another of your devices made it. It was not touched. ${rest}`,
      action: "none",
    };
  }
  return {
    title: `The backup was replaced: version ${expected} is now version ${actual}`,
    body: `Another of your devices made the new one. ${rest}`,
    action: "none",
  };
}

/** What is wrong with the place where the account keeps its secrets, locked by the recovery key. */
export function describeSecretStorageError(reason: ReasonOf<"secret_storage">): ErrorWords {
  switch (reason) {
    case "not_set_up":
      return {
        title: "This account has no recovery key yet",
        body: "There is nothing a recovery key could open. Set up backup to get one; the keys on this device are untouched.",
        action: "none",
      };
    case "default_key_broken":
      return {
        title: "Recovery is damaged on this account",
        body: "The account says that it has a recovery key, but what is needed to check one is missing or unreadable. Nothing was lost, and the keys on your devices are untouched. Another app you use with this account may be able to repair it.",
        action: "none",
      };
    case "turned_off":
      return {
        title: "Recovery was turned off for this account",
        body: "Another app has removed what a recovery key opened, and the key is of no use any more. The keys on your devices are untouched. Set up backup again to get a new recovery key, or verify this device from another one.",
        action: "none",
      };
    case "default_key_missing":
      return {
        title: "Recovery is damaged: the account’s recovery key is described nowhere",
        body: "The account names a recovery key, and the description it would be checked against is missing. Nothing was lost, and the keys on your devices are untouched. The backup’s own decryption key works all the same, and so does verifying this device from another one.",
        action: "none",
      };
    case "default_key_unsupported":
      return {
        title: "The recovery key is of a kind this app does not know",
        body: "It was made for a newer kind of secret storage. Nothing was changed. Use the app that made it, or verify this device from another one.",
        action: "none",
      };
    case "default_key_unprovable":
      return {
        title: "This key cannot be verified",
        body: "It is well formed. The account keeps nothing that it could be checked against: neither a check value nor a secret that it would open. It was not used, and nothing was changed. Verify this device from another one instead.",
        action: "none",
      };
    case "backup_key_blanked":
      return {
        title: "Your recovery key is right, but the backup’s key behind it was removed",
        body: "Its place is empty, as apps leave it when they turn key storage off. Nothing on your devices was lost. A device that can still open the backup can put the key back; the backup’s own decryption key, if you have it, opens the backup as well.",
        action: "none",
      };
    case "backup_key_elsewhere":
      return {
        title: "Your recovery key is right, but the backup’s key is behind another one",
        body: "The account has more than one recovery key, and the backup’s key is stored under another of them only. Enter that other key. Nothing was changed.",
        action: "none",
      };
    case "backup_key_missing":
      return {
        title: "Your recovery key is right, but it does not hold the backup’s key",
        body: "The key to the backup was never stored behind this recovery key. Nothing was lost. A device that can still open the backup can put it there; the backup’s own decryption key, if you have it, opens the backup as well.",
        action: "none",
      };
    case "backup_key_malformed":
      return {
        title: "Your recovery key is right, but the backup’s key behind it is damaged",
        body: "What is stored there is not a usable key. Nothing was lost. A device that can still open the backup can store it again.",
        action: "none",
      };
    case "read_back_failed":
      return {
        title: "The server does not give back what was stored",
        body: "To be safe, everything is read back before it counts as done, and that did not work. Nothing was deleted. Keep your recovery key and try again.",
        action: "retry",
      };
    case "contradiction":
      return {
        title: "The homeserver contradicts itself",
        body: "It says that your account has no recovery key or no backup, and something else it has said shows that there is one. To be safe, nothing that exists was changed. Another app may just have changed it, or the server may be in trouble: try again later.",
        action: "retry",
      };
    case "changed_meanwhile":
      return {
        title: "Another of your devices changed something at the same time",
        body: "What is stored behind your recovery key is no longer what it was a moment ago. It was not overwritten. Keep your recovery key and try again.",
        action: "retry",
      };
  }
}

/** What stands in the way of the account's own cryptographic identity. */
export function describeIdentityError(reason: ReasonOf<"identity">): ErrorWords {
  switch (reason) {
    case "held_elsewhere":
      return {
        title: "This account’s identity is held by another device",
        body: "The account has an identity, and its private keys are neither here nor behind a recovery key. A new one would make your other devices untrusted, so nothing was changed. Set up recovery on the device that holds it.",
        action: "none",
      };
    case "password_cancelled":
      return {
        title: "The password was not entered",
        body: "The homeserver needs it to go on. Nothing was lost. Start again when you are ready.",
        action: "retry",
      };
    case "not_confirmed":
      return {
        title: "It was not confirmed",
        body: "The homeserver wants it confirmed on a page of its own before it goes on. Nothing was changed. Start again when you are ready.",
        action: "retry",
      };
    case "auth_unsupported":
      return {
        title: "The homeserver asks for a confirmation this app cannot give",
        body: "It does not accept the account password for this step. Nothing was lost. Use the homeserver’s own page or another app to confirm it, then try again.",
        action: "none",
      };
    case "not_imported":
      return {
        title: "This device could not be verified",
        body: "The identity kept behind the recovery key does not match the one the account shows. Nothing was lost. It may just have been reset on another device; try again in a moment.",
        action: "retry",
      };
    case "changed_meanwhile":
      return {
        title: "Your identity has changed in the meantime",
        body: "It is not the one that was to be replaced: another device of yours may have reset it. Nothing was changed here. Look at the current state, then decide again.",
        action: "none",
      };
    case "contradiction":
      return {
        title: "The homeserver contradicts itself about your identity",
        body: "It says that your account has no identity, and the keys of one are stored behind your recovery key. A new identity could lock you out of the old one, so nothing was changed. Try again later.",
        action: "retry",
      };
  }
}

/** What the browser's own storage does not allow. */
export function describeStorageError(reason: ReasonOf<"storage">): ErrorWords {
  switch (reason) {
    case "quota":
      return {
        title: "This browser has run out of space",
        body: "What is stored already is kept, and so is the backup on the server. Free some space on this device or in the browser, then try again.",
        action: "retry",
      };
    case "blocked":
      return {
        title: "The store is in use by another tab",
        body: "Nothing was lost. Close the other tabs of this app, then try again.",
        action: "retry",
      };
    case "unavailable":
      return {
        title: "This browser does not let the app store anything",
        body: "The app needs the browser’s storage to keep your keys. It may be switched off by a setting, or missing in a private window. Nothing was lost, and the backup on the server is untouched. Allow site data, then try again.",
        action: "retry",
      };
    case "lost":
      return {
        title: "The browser has removed the keys of this session",
        body: "You are still signed in, but the store with this device’s keys is gone: it was cleared by you, by a cleaning program, or by the browser when space was short. The backup on the server is untouched, and what is in it comes back with your recovery key. Keys that were only in this browser are gone. This device cannot go on with new keys under its old name, because others would take it for an attack: sign out, then sign in again as a new device.",
        action: "retry",
      };
    case "mismatch":
      return {
        title: "The store in this browser does not fit your session",
        body: "It is damaged, belongs to another device, or was partly cleared by the browser. Nothing was deleted, and the backup on the server is untouched. If trying again does not help, sign out and sign in again.",
        action: "retry",
      };
  }
}
