import type { BackupRecovery } from "@/domain/backup";
import type { SetUpPlan, SetUpStep } from "@/domain/ports";

/** All steps, in their order. */
export const SET_UP_STEPS: readonly SetUpStep[] = [
  "checking",
  "identity",
  "secret_storage",
  "backup_key",
  "backup",
  "proof",
];

/** What a step does, as a line of a list. */
export function describeSetUpStep(step: SetUpStep): string {
  switch (step) {
    case "checking":
      return "Look at the account as it is now";
    case "identity":
      return "Make sure of your identity and verify this device";
    case "secret_storage":
      return "Set up recovery with your recovery key";
    case "backup_key":
      return "Store the backup’s key behind your recovery key, and read it back";
    case "backup":
      return "Make the backup on the server";
    case "proof":
      return "Check everything by reading it back";
  }
}

/** Why set-up cannot begin on this device, and what can be done. */
export function describeBlockedSetUp(reason: Extract<SetUpPlan, { kind: "blocked" }>["reason"]): {
  title: string;
  body: string;
} {
  switch (reason) {
    case "identity_held_elsewhere":
      return {
        title: "Another device has to do this",
        body: "Your account has an identity, and its private keys are neither on this device nor behind a recovery key. A new identity would make your other devices untrusted, so nothing is changed here. Open the app you use on a verified device and set up recovery there; then come back and enter the recovery key. If no such device is left, a reset of your identity under “Manage” is the last resort.",
      };
    case "secret_storage_broken":
      return {
        title: "Recovery is damaged on this account",
        body: "Your account says it has a recovery key, but what is needed to check one is missing or unreadable. Setting up over it could lock away what is stored there, so nothing is changed here. The keys on your devices are untouched. See whether it can be repaired, or do that in another app or on another device of yours.",
      };
  }
}

/** The way into a backup that is there already, as far as it is known before a key is entered. */
export function describeWayIn(recovery: BackupRecovery): string {
  switch (recovery) {
    case "stored":
      return "A backup key is stored behind your recovery key: enter it to use the backup on this device.";
    case "not_stored":
      return "Its key is neither on this device nor behind your recovery key. Another device of yours may have it; you can also enter the backup’s own key if you saved it.";
    case "no_key_named":
      return "Your account does not say at the moment which recovery key is in use, so it is not known here whether one opens it. If you saved one, enter it: what it opens shows then.";
  }
}

/** What is safe when a step failed, besides what the error itself says. */
export function describeInterruptedSetUp(step: SetUpStep): string {
  switch (step) {
    case "checking":
    case "identity":
      return "No backup was made yet. Nothing was deleted.";
    case "secret_storage":
    case "backup_key":
      return "No backup was made yet. Your recovery key stays the same: keep your copy. Nothing was deleted.";
    case "backup":
    case "proof":
      return "The backup’s key is already stored behind your recovery key, which stays the same: keep your copy. Nothing was deleted.";
  }
}

/** How far set-up is when it is left: a key was shown, a run is under way, or one has failed. */
export type LeftSetUp = "key_shown" | "running" | "failed";

/** What leaving set-up in the middle means. */
export function describeLeavingSetUp(left: LeftSetUp): { title: string; body: string } {
  switch (left) {
    case "key_shown":
      return {
        title: "Leave without setting up a backup?",
        body: "The recovery key shown here is not used yet, and nothing on the server was changed. If you leave, throw your copy of it away: the next time you get another one.",
      };
    case "running":
      return {
        title: "Leave while the backup is being set up?",
        body: "It goes on while you look at something else here, but it stops when the homeserver asks for your password. Keep your copy of the recovery key: it may be in use already.",
      };
    case "failed":
      return {
        title: "Leave before the backup is set up?",
        body: "Nothing was deleted. Keep your copy of the recovery key: it may be in use already. If it is, you are asked for it the next time; if you are shown another one, it is not.",
      };
  }
}

/** Asking for the recovery key: the one just shown, or the one that the account has already. */
export const ENTER_KEY_FOR_SET_UP = {
  confirm: {
    title: "Confirm your recovery key",
    intro:
      "Type it, or paste it from where you saved it. This proves that your copy works. The backup is set up after that, not before.",
    submit: "Finish",
    back: "Show the key again",
  },
  existing: {
    title: "Enter your recovery key",
    intro: "Your account has a recovery key already. It is kept and will open the new backup too.",
    submit: "Finish",
    back: "Cancel",
  },
} as const;

/** Another device has set up recovery after this one has shown a key. */
export const KEY_NOT_USED = {
  heading: "This recovery key is not used",
  title: "Another device has set up recovery in the meantime",
  body: "Your account has the recovery key of that device now. The one shown here does not open your account’s recovery: throw your copy away, so that it is not mistaken for the right one. What the other device has set up was not touched.",
} as const;
