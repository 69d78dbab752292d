import type { ChangeKeyOffer, ChangeKeyProof, ChangeKeyStep } from "@/domain/changes";
import { formatCount } from "./formatNumber";

/** All steps, in their order. */
export const CHANGE_KEY_STEPS: readonly ChangeKeyStep[] = [
  "checking",
  "describe",
  "encrypt",
  "point",
  "proof",
];

/** What a step does, as a line of a list. */
export function describeChangeKeyStep(step: ChangeKeyStep): string {
  switch (step) {
    case "checking":
      return "Look at the account as it is now";
    case "describe":
      return "Tell the account of the new key, and read it back";
    case "encrypt":
      return "Lock a copy of every secret with the new key, and compare it with the old one’s";
    case "point":
      return "Make the new key the one that apps ask for";
    case "proof":
      return "Check everything by reading it back";
  }
}

/** What is safe when a change stopped at a step, besides what the error itself says. */
export function describeInterruptedChangeKey(step: ChangeKeyStep): string {
  return step === "point" || step === "proof"
    ? "Both keys open everything now. Keep the copies of both until this is finished."
    : "Your old recovery key opens everything, as before. Keep its copy, and the copy of the new one.";
}

/** What goes on without the old key, and what does not. */
export function describeWithoutOldKey({ others }: ChangeKeyOffer): string {
  const stay =
    others === 0
      ? ""
      : ` ${formatCount(others, "other secret")} of your account ${others === 1 ? "is" : "are"} locked with the old key alone and ${others === 1 ? "stays" : "stay"} so; keys of old backups are among such. If you find the old key again, ${others === 1 ? "it opens it" : "it opens them"} still.`;
  return `This device holds your identity’s keys and the backup’s key, so the new recovery key can open both without the old one.${stay}`;
}

/** Said before a new key is shown: whether somebody without the present one can go on. */
export function describeLostPresentKey({ canWithoutOldKey }: ChangeKeyOffer): string {
  return canWithoutOldKey
    ? "If you no longer have the present key, say so when it is asked for: this device holds what is needed to go on without it."
    : "Have the present key at hand: this device does not hold everything that it opens, so the change does not work without it.";
}

/** What has been proven, in one sentence. */
export function describeChangeKeyProof({ secrets, left }: ChangeKeyProof): string {
  const opened = `The new key opens ${formatCount(secrets, "secret")} of your account, by reading each one back.`;
  return left === 0
    ? opened
    : `${opened} ${formatCount(left, "other one")} could not be copied and ${left === 1 ? "was" : "were"} left as ${left === 1 ? "it is" : "they are"}, under the old key.`;
}

/** What to do with the copies of the old key, once everything it is not needed for is done. */
export function describeOldKeyCopies({ left }: Pick<ChangeKeyProof, "left">): string {
  return left === 0
    ? "Throw the copies of the old key away."
    : `Keep the old key, too: ${left === 1 ? "that one needs" : "those need"} it.`;
}

/** The question before the old key's copies are taken away. */
export const RETIRE_OLD_KEY = {
  title: "Remove the old recovery key?",
  body: "From then on only the new key opens your account’s secrets. The new key is proven once more before anything is removed. Have you kept its copy where you will find it?",
  confirm: "Remove the old key",
} as const;

/** Asking for a recovery key, for each thing that needs one. */
export const ENTER_KEY_FOR_CHANGE = {
  confirm: {
    title: "Confirm your new recovery key",
    intro:
      "Type it, or paste it from where you saved it. This proves that your copy works. Nothing is changed before that.",
    submit: "Continue",
    back: "Show the key again",
  },
  old: {
    title: "Enter your present recovery key",
    intro:
      "Everything that is locked with it gets a copy that is locked with the new one. It goes on working until you finish.",
    submit: "Change recovery key",
    back: "Cancel",
  },
  continue_new: {
    title: "Enter the new recovery key",
    intro: "The one that you saved when you began. If you do not have it, undo the change instead.",
    submit: "Continue",
    back: "Cancel",
  },
  undo_old: {
    title: "Enter your old recovery key",
    intro: "It is proven that it still opens everything before it becomes the one in use again.",
    submit: "Undo",
    back: "Cancel",
  },
} as const;

/** What leaving in the middle means. */
export const LEAVING_CHANGE_KEY = {
  shown: {
    title: "Leave without changing the recovery key?",
    body: "The key shown here is not used yet. If you leave, throw your copy of it away: the next time you get another one. Your present key stays as it is.",
  },
  begun: {
    title: "Leave before the change is finished?",
    body: "Keep the copies of both keys. You can continue or undo the change the next time.",
  },
} as const;
