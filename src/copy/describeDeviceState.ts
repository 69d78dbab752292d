import type { BackupVersion } from "@/domain/backup";
import type { Finding } from "@/domain/deviceState";
import { formatRoomKeys } from "./formatNumber";

/** Numbers that a headline may name; null where they are not known right now. */
export interface DeviceStateContext {
  readonly version: BackupVersion | null;
  /** Keys on the server. */
  readonly count: number | null;
  /** Keys on this device. */
  readonly held: number | null;
  /** Keys here that are not on the server yet. */
  readonly pending: number | null;
  /** Was anything read from the server before? */
  readonly knownBefore: boolean;
  /** Does the server count at least the keys that are here? */
  readonly agreed: boolean;
}

/** The headline: what holds, and what it means for the person's messages. */
export function describeDeviceState(
  finding: Finding,
  context: DeviceStateContext,
): { title: string; body: string } {
  const { version, count, pending, agreed } = context;
  const backup = version === null ? "the backup" : `backup version ${version}`;
  const keys = count === null ? "its room keys" : formatRoomKeys(count);
  switch (finding.state) {
    case "signed_out":
      return { title: "Not signed in", body: "Sign in to see the state of your key backup." };
    case "checking":
      return {
        title: "Checking…",
        body: "Asking the server and this device’s key store. This takes a moment after signing in.",
      };
    case "unknown":
      return {
        title: "Could not check your backup",
        body: `This says nothing about whether there is one. ${context.knownBefore ? "What was known before is shown below, and nothing has been changed." : "Nothing has been changed."}`,
      };
    case "verify_this_device":
      if (finding.identityReplaced === true) {
        return {
          title: "Your identity was reset on another device",
          body: finding.keysInSecretStorage
            ? "Verify this device again, with your recovery key or with the device on which you reset it."
            : "Verify this device again, with the device on which you reset it.",
        };
      }
      return {
        title: "This device is not verified",
        body: `Your recovery key, or another device of yours, verifies it and opens ${backup} with ${keys}.`,
      };
    case "identity_needs_reset":
      return {
        title: "The keys of your identity cannot be found",
        body: "They are neither on this device nor in your account’s secret storage. If another device of yours is verified, keep it signed in: it still holds them, and can verify this one. Without one, a reset of your identity under “Manage” is the last resort.",
      };
    case "default_key_lost":
      return {
        title: "Your account no longer says which recovery key is the right one",
        body: finding.allHere
          ? "Secrets are still stored behind a recovery key, and everything behind it is on this device, too. With the recovery key that you saved, the repair makes your account name it again; without it, a new one can be made."
          : "Secrets are still stored behind one. If you saved a recovery key, enter it: it may open everything as before. Nothing has been changed here.",
      };
    case "set_up_recovery":
      return version === null
        ? {
            title: "Key backup is not set up",
            body: "If you lose all your devices, nothing can open your encrypted messages again. Set up backup to get a recovery key that can.",
          }
        : {
            title: "There is no recovery key for your account",
            body: `Only your devices can open ${backup}. If you lose them all, nothing can. Set up backup to get a recovery key.`,
          };
    case "turn_on_key_storage":
      return {
        title: "Your room keys are not backed up",
        body: "The server has no backup for this account. Without one, your message history is lost when you lose your devices.",
      };
    case "backup_turned_off":
      return {
        title: "Key backup is turned off",
        body: "Your account says that it is turned off, and the server has no backup. Your room keys are only on your devices then. You can set up a backup at any time.",
      };
    case "turned_off_here":
      return {
        title: "Key backup is turned off on this device",
        body: `${offHereWords(pending)} Your other devices go on using ${backup}.`,
      };
    case "unsupported_backup":
      return {
        title: "The backup is of a kind this app does not know",
        body: `The server holds ${backup}, with an algorithm or a key this app cannot use. It is left alone. The app that made it may still open it.`,
      };
    case "backup_untrusted":
      return {
        title: "The backup on the server is not trusted yet",
        body: `Nothing shows that ${backup} with ${keys} was made by you. Your recovery key can prove it; until then nothing is uploaded to it.`,
      };
    case "needs_recovery_key":
      return {
        title: "Enter your recovery key to open the backup",
        body: `The key that opens ${backup} with ${keys} is not on this device. Without it nothing can be restored from the backup here.`,
      };
    case "backup_replaced":
      return {
        title: "There is another backup now",
        body: `${capitalise(backup)} with ${keys} is signed by your identity or by a verified device of yours. Only its key is not on this device yet. Enter the recovery key that belongs to it; everything that is here stays.`,
      };
    case "key_storage_out_of_sync":
      return {
        title: "Key storage is out of sync",
        body: "One of the things that let your recovery key open everything is missing or does not fit. Nothing is lost by that. The repair does one thing at a time, and looks again after each.",
      };
    case "upload_failing":
      return {
        title: "New room keys are not reaching the backup",
        body: `${pending === null || pending === 0 ? "Keys" : formatRoomKeys(pending)} on this device ${pending === 1 ? "is" : "are"} not in ${backup} yet. Stay signed in here: they exist only on your devices until the upload works again.`,
      };
    case "restore_available":
      return {
        title: "Your history can be restored",
        body: `This device can open ${backup}, but does not hold all of its room keys yet. Older messages become readable with them.`,
      };
    case "ok":
      return isNothingBackedUp(context)
        ? {
            title: "Backup is ready",
            body: `${capitalise(backup)} is in use on this device, and there are no room keys yet, neither here nor there. New ones are added as they arrive. Older messages cannot be read with it.`,
          }
        : okWords(capitalise(backup), pending, agreed);
  }
}

/** A backup in order with nothing in it, on a device with nothing to put there. */
export function isNothingBackedUp({
  count,
  held,
}: Pick<DeviceStateContext, "count" | "held">): boolean {
  return count === 0 && held === 0;
}

/** Keys that wait do so because the person wants it; that they are not safe is said all the same. */
function offHereWords(pending: number | null): string {
  if (pending === 0) return "Every room key here was backed up before; new ones are not.";
  return pending === null
    ? "New room keys of this device are not backed up."
    : `${formatRoomKeys(pending)} on this device ${pending === 1 ? "is" : "are"} not in the backup, and new ones are not added.`;
}

/** "Backed up" is said of nothing that still waits, nor while it is not known whether keys wait. */
function okWords(
  backup: string,
  pending: number | null,
  agreed: boolean,
): { title: string; body: string } {
  if (pending === null) {
    return {
      title: "Key backup is on",
      body: `${backup} is in use on this device. How many room keys still wait for their upload is not known.`,
    };
  }
  if (pending === 0 && !agreed) {
    return {
      title: "All room keys were uploaded",
      body: `${backup} is in use on this device. The server’s own count does not show all of them yet; it is read again in a moment.`,
    };
  }
  if (pending === 0) {
    return {
      title: "Your room keys are backed up",
      body: `${backup} is in use on this device, and new keys are added as they arrive.`,
    };
  }
  return {
    title: `Backing up ${formatRoomKeys(pending)}…`,
    body: `${backup} is in use on this device. ${formatRoomKeys(pending)} ${pending === 1 ? "is" : "are"} waiting to be uploaded. Stay signed in until then.`,
  };
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
