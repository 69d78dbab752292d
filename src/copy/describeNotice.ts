import type { BackupNotice } from "@/domain/backupNotice";

/**
 * What changed on the server without this device doing it. Neutral: the change is a fact, who made
 * it is not known, and it is nearly always the person's own other device.
 */
export function describeNotice(notice: BackupNotice): { title: string; body: string } {
  const { version } = notice.before;
  switch (notice.kind) {
    case "disappeared":
      return {
        title: `Backup version ${version} is no longer on the server`,
        body: "It was deleted by another device or app of yours, or the server lost it. The keys on this device are untouched, and nothing new is made by itself.",
      };
    case "replaced":
      return {
        title: `Backup version ${version} was replaced by version ${notice.now.version}`,
        body: `Another device or app of yours probably made a new backup. ${keyWords(notice)} The keys on this device are untouched.`,
      };
    case "rolled_back":
      return {
        title: `Backup version ${version} is gone, and the older version ${notice.now.version} is back`,
        body: `Servers keep older backups, and show the one before again when the newest is deleted. ${keyWords(notice)} The keys on this device are untouched.`,
      };
    case "key_swapped":
      return {
        title: `Backup version ${version} is locked with another key now`,
        body: `The version is the same, but its public key on the server was changed. ${uploadWords(notice.signed)} The keys on this device are untouched.`,
      };
  }
}

/** The same where entering the recovery key is all there is to do: the account is in order. */
export function describeReplaced(notice: BackupNotice): { title: string; body: string } {
  const { title, body } = describeNotice(notice);
  return {
    title: notice.kind === "replaced" ? "There is a newer backup" : title,
    body:
      notice.kind === "replaced"
        ? `${title}. If that was you, enter the recovery key that belongs to it, so that this device uses it too. The keys on this device are untouched.`
        : `${body} ${describeThatWasMe(notice)}`,
  };
}

function keyWords({ opened, signed }: Extract<BackupNotice, { readonly now: unknown }>): string {
  return opened === true
    ? "This device holds its key and uses it."
    : `It is locked with another key. ${uploadWords(signed)}`;
}

/** Upload needs the public key alone, and a trusted signature on it. */
function uploadWords(signed: boolean): string {
  return signed
    ? "It is signed by your identity or by a verified device of yours, so new keys are uploaded to it."
    : "Nothing is uploaded to it until your recovery key has opened it.";
}

/** What "That was me" leads on to, in one sentence. */
export function describeThatWasMe(notice: BackupNotice): string {
  if (notice.kind === "disappeared") {
    return "If that was you, there is nothing else to do: the overview then offers to set up a new backup.";
  }
  return notice.opened === true
    ? "If that was you, there is nothing else to do."
    : "If that was you, enter the recovery key that belongs to it, so that this device uses it too.";
}

/** For somebody who did not make the change: what is safe as it is, and what to do about it. */
export function describeNotMe(notice: BackupNotice): { safe: string[]; steps: string[] } {
  return {
    safe: [
      "Every room key on this device is still here, and opens the same messages as before.",
      ...uploadSafety(notice),
    ],
    steps: [
      "Keep this device signed in. While there is no backup of yours, its keys may be nowhere else.",
      "Look through your devices below. Sign out each one that you do not know, in the app you use for that.",
      "Change your account password, so that nobody who knows the old one can sign in again.",
      "Ask whoever runs your homeserver when the backup was changed, and by which device.",
    ],
  };
}

function uploadSafety(notice: BackupNotice): string[] {
  if (notice.kind === "disappeared") {
    return ["No new backup is made, and nothing is deleted, unless you ask for it."];
  }
  const { version } = notice.now;
  if (notice.opened === true) {
    return [
      `This device can open backup version ${version}, so what is uploaded to it can be restored with the same key.`,
    ];
  }
  if (notice.signed) {
    return [
      `Backup version ${version} carries the signature of your identity or of a verified device of yours. So one of your verified devices changed it, or somebody who uses one.`,
    ];
  }
  return [
    `This device uploads nothing to backup version ${version} while the key it is locked with is not yours.`,
    "Whoever changed the backup cannot read your messages by that: the keys in it are locked.",
  ];
}
