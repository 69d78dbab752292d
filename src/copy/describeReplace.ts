import type { OldBackupReport, ReplaceOffer, ReplaceStep } from "@/domain/changes";
import { formatCount, formatNumber } from "./formatNumber";

/** All steps, in their order. */
export const REPLACE_STEPS: readonly ReplaceStep[] = [
  "checking",
  "stage",
  "create",
  "secret",
  "enable",
  "upload",
  "proof",
];

/** What a step does, as a line of a list. */
export function describeReplaceStep(step: ReplaceStep): string {
  switch (step) {
    case "checking":
      return "Look at the account as it is now";
    case "stage":
      return "Store the new backup’s key behind your recovery key, beside the old one’s";
    case "create":
      return "Make the new backup on the server";
    case "secret":
      return "Put the new key in the place where every app looks, and read it back";
    case "enable":
      return "Turn this device’s upload to the new backup";
    case "upload":
      return "Upload every room key of this device";
    case "proof":
      return "Check everything by reading it back";
  }
}

/** What is safe when a replacement stopped at a step, besides what the error itself says. */
export function describeInterruptedReplace(step: ReplaceStep): string {
  switch (step) {
    case "checking":
    case "stage":
      return "No new backup was made yet. The present one was not touched.";
    case "create":
      return "The old backup was not touched, and your recovery key opens it. Whether the new one was made shows when you continue.";
    case "secret":
    case "enable":
    case "upload":
    case "proof":
      return "Both backups are on the server, and your recovery key opens both. Nothing was deleted.";
  }
}

/** What the present backup holds that nothing else does. */
export function describeOnlyInBackup({ onlyInBackup }: ReplaceOffer): {
  title: string;
  body: string;
} | null {
  if (onlyInBackup === 0) return null;
  const rest =
    "The new backup gets the keys of this device only. Restore the history first: its end leads back here, and then the new backup holds everything. You can go on without: the old backup then stays on the server, and cannot be deleted from here before the new one has all of its keys.";
  return onlyInBackup === null
    ? {
        title: "It could not be found out whether this device has every key of the backup",
        body: rest,
      }
    : {
        title: `${formatCount(onlyInBackup, "key is", "keys are")} in the backup and not on this device`,
        body: `A key that this device has only from a later message on is counted, too. ${rest}`,
      };
}

/** The old backup cannot be opened with what is here. */
export const NO_OLD_KEY = {
  title: "The present backup cannot be opened any more with what you have here",
  body: "Its key is neither on this device nor behind your recovery key, or it is of a kind that this app does not know. A new backup will not change that: keys that are only in the old one stay locked. If another device or app of yours can still open it, stop here and use that one. The old backup is not deleted, whatever you do here.",
  confirm: "Replace backup all the same",
} as const;

/** Going back was asked for, and the old backup's key is nowhere. */
export const NO_WAY_BACK = {
  title: "There is no way back: the old backup cannot be opened with what you have here",
  body: "Its key is neither on this device nor behind your recovery key, or it is of a kind that this app does not know. Going back would leave you with a backup that nobody can open. Nothing was changed. Continue to finish the new backup; the old one stays on the server.",
} as const;

/** The question before a replacement begins. */
export function describeReplaceQuestion({ version, count }: ReplaceOffer): {
  title: string;
  body: string;
} {
  return {
    title: `Replace backup version ${version} with ${formatCount(count, "key")}?`,
    body: "You enter your recovery key next; nothing happens before that. Then a new backup is made, with a new key behind the same recovery key. The old one stays on the server until you delete it in a step of its own. Your other devices switch to the new one by themselves, or ask for the recovery key.",
  };
}

/** The question before an old version is deleted. */
export function describeDeleteOld({ old, current, unreadable }: OldBackupReport): {
  title: string;
  body: string;
  lost: string | null;
} {
  return {
    title: `Delete backup version ${old.version} with ${formatCount(old.count, "key")}?`,
    body: `Every key of it that can be opened is in backup version ${current.version}, which holds ${formatCount(current.count, "key")}: they were compared one by one just now.`,
    lost:
      unreadable === 0
        ? null
        : `${formatCount(unreadable, "entry is", "entries are")} damaged: not even the old backup’s own key opens ${unreadable === 1 ? "it" : "them"}. They are deleted with it.`,
  };
}

/** "600 of 1,150 keys". The first requests may wait for each other, or for the server. */
export function describeUpload(done: number, total: number): string {
  if (done === 0 && total > 0) {
    return `Waiting for the server to take the first of ${formatCount(total, "key")}…`;
  }
  return `${formatNumber(done)} of ${formatCount(total, "key")}`;
}

/** What leaving in the middle means. */
export const LEAVING_REPLACE = {
  title: "Leave while the backup is being replaced?",
  body: "It goes on while you look at something else here. If the page is closed, you can continue or undo it the next time: nothing is lost.",
} as const;

/** Asking for the recovery key, for each thing that needs it. */
export const ENTER_KEY_FOR_REPLACE = {
  run: {
    title: "Enter your recovery key",
    intro:
      "It stays the same. It opens the new backup as it opens the old one. If you no longer have it, get a new one first.",
    submit: "Continue",
    back: "Cancel",
  },
  undo: {
    title: "Enter your recovery key",
    intro: "The key of the old backup is kept behind it, and gets its place back.",
    submit: "Undo",
    back: "Cancel",
  },
  check: {
    title: "Enter your recovery key",
    intro:
      "It opens both backups, so that they can be compared key by key. Nothing is deleted by this.",
    submit: "Compare",
    back: "Cancel",
  },
} as const;
