import type { BackupVersion } from "@/domain/backup";
import type { OldBackup } from "@/domain/changes";
import type { BackupSurvey } from "@/domain/removal";
import type {
  IdentityStep,
  IdentitySurvey,
  KeyStorageStep,
  KeyStorageSurvey,
  ResetBackup,
  UnfinishedRemoval,
} from "@/domain/removalPorts";
import { formatNumber, formatRoomKeys } from "./formatNumber";

const list = new Intl.ListFormat("en", { type: "conjunction" });

/** What a removal takes away and what it leaves, as two lists of sentences. */
export interface Consequences {
  readonly lost: readonly string[];
  readonly kept: readonly string[];
}

/** The same for a session in memory, where what is kept on this device is kept as long as the tab. */
export function endingWithTab({ lost, kept }: Consequences): Consequences {
  return {
    lost: [
      ...lost,
      "This session is in this tab only: whatever is on this device is lost, too, when the tab is closed or reloaded. Export the keys to a file first.",
    ],
    kept,
  };
}

/** "version 7 with 1,204 room keys" */
export function nameBackup({ version, coverage }: BackupSurvey): string {
  return `version ${version} with ${formatRoomKeys(coverage.onServer)}`;
}

/** How many of the backup's keys are here as well, and what that rests on. */
export function describeCoverage({ coverage, heldHere }: BackupSurvey): string {
  const { onServer, notedHere, onlyInBackup } = coverage;
  const deleted = `${formatRoomKeys(onServer)} ${onServer === 1 ? "is" : "are"} deleted from the server.`;
  if (onServer === 0) return "The backup is empty: there are no room keys in it.";
  if (notedHere === 0) {
    const all = onServer === 1 ? "it" : `all ${formatNumber(onServer)}`;
    const held =
      heldHere === 0 ? "" : ` It holds ${formatRoomKeys(heldHere)}; a restore compares the two.`;
    return `${deleted} This device has no notes about ${onServer === 1 ? "it" : "them"}, so ${all} may exist nowhere else.${held}`;
  }
  const nowhere = `${formatNumber(onlyInBackup)} exist${onlyInBackup === 1 ? "s" : ""} nowhere else that this device knows of`;
  const noted =
    onlyInBackup > 0
      ? `${formatNumber(notedHere)} of them ${notedHere === 1 ? "is" : "are"} also on this device; ${nowhere}`
      : `${onServer === 1 ? "it is" : "all of them are"} also on this device`;
  return `${deleted} By this device’s own notes ${noted}. The notes say what it put there or restored; the keys were not compared one by one.`;
}

/**
 * `olderKept`: so many older backups are known to stay on the server, one of which becomes current.
 * `olderGone`: these go, too.
 */
export function describeBackupDeletion(
  survey: BackupSurvey,
  { olderKept = 0, olderGone = [] }: { olderKept?: number; olderGone?: readonly OldBackup[] } = {},
): Consequences {
  return {
    lost: [
      describeCoverage(survey),
      ...olderGone.map(
        ({ version, count }) =>
          `Backup version ${version} with ${formatRoomKeys(count)} is deleted, too. It was not compared with anything, so keys that only it holds are lost.`,
      ),
      ...lostWith(survey, olderGone),
      olderKept === 0
        ? "If you lose all your devices afterwards, nothing opens your encrypted messages again."
        : `If you lose all your devices afterwards, only what the older ${olderKept === 1 ? "backup holds" : "backups hold"} can be opened again.`,
    ],
    kept: [
      ...keysHere(survey.heldHere),
      "Your recovery key and your identity. The backup’s key stays behind the recovery key, and a backup you set up later uses it again.",
      "The room keys on your other devices; they stop uploading.",
    ],
  };
}

/** What is on the server beside the backup that is to be deleted; null when nothing is known to be. */
export function describeOlderKept(
  old: readonly OldBackup[],
  deleted: BackupVersion,
): { title: string; body: string; together: string; action: string } | null {
  const [first] = old;
  if (first === undefined) return null;
  const names = old.map(({ version, count }) => `version ${version} with ${formatRoomKeys(count)}`);
  const one = old.length === 1;
  return {
    title: one
      ? `An older backup is kept: ${names.join("")}`
      : `Older backups are kept: ${list.format(names)}`,
    body: `When version ${deleted} is gone, ${one ? "it" : "the newest of them"} becomes the current one again, unless you delete ${one ? "it" : "them"}, too. To keep version ${deleted} and delete only ${one ? "the older" : "the older ones"}, compare first: then ${one ? "it goes" : "each goes"} only when version ${deleted} has all of its keys.`,
    together: one
      ? `Delete version ${first.version}, too`
      : `Delete ${list.format(old.map(({ version }) => `version ${version}`))}, too`,
    action: one ? "Compare and delete the old one only" : "Compare and delete the old ones only",
  };
}

/** What is to be deleted, as the question names it. */
export function nameDeletion(survey: BackupSurvey, olderGone: readonly OldBackup[]): string {
  if (olderGone.length === 0) return `backup ${nameBackup(survey)}`;
  const names = olderGone.map(
    ({ version, count }) => `version ${version} with ${formatRoomKeys(count)}`,
  );
  return `backups ${list.format([nameBackup(survey), ...names])}`;
}

/** A deletion of several versions stopped after these were gone. */
export function describeStoppedDeletion(olderGone: readonly BackupVersion[]): {
  title: string;
  body: string;
} {
  const [first, ...more] = olderGone;
  const gone =
    more.length === 0 ? `Version ${first} was` : `Versions ${list.format(olderGone)} were`;
  return {
    title: first === undefined ? "The deletion has stopped" : `${gone} deleted; then it stopped`,
    body: "The older backups go first, so the current one is what is left. What exactly is left shows when you look again; then you can finish, or keep it.",
  };
}

/** An older backup came to light, and the person kept it. */
export function describeKeptOlder({ version, opensHere }: BackupSurvey): {
  title: string;
  body: string;
} {
  return {
    title: `Backup version ${version} is the current one now`,
    body: opensHere
      ? "This device holds its key and uploads to it."
      : "Your devices use it once they have its key. If it was kept when you replaced it, your recovery key opens it: enter it here.",
  };
}

export function describeKeyStorageDeletion(survey: KeyStorageSurvey): Consequences {
  const { backup, identityHere, identityOnlyStored, keyId } = survey;
  return {
    lost: [
      ...(backup === null ? [] : [describeCoverage(backup), ...lostWith(backup)]),
      ...(keyId === null
        ? []
        : [
            "Your recovery key opens nothing any more. Whatever apps have stored behind it is lost.",
          ]),
      ...(identityOnlyStored
        ? [
            "The private keys of your identity are behind the recovery key and not on this device. They are lost unless another verified device of yours has them; then only a reset of your identity verifies new devices again.",
          ]
        : []),
      "The stand-in that receives keys for you while all your devices are offline, if your account has one.",
    ],
    kept: [
      ...(backup === null ? [] : keysHere(backup.heldHere)),
      ...(identityOnlyStored
        ? ["Your identity as other people see it, and devices that are verified already."]
        : identityHere
          ? ["Your identity: its private keys are on this device."]
          : []),
      "The room keys on your other devices; they stop uploading.",
    ],
  };
}

function lostWith(
  { coverage }: BackupSurvey,
  olderGone: readonly OldBackup[] = [],
): readonly string[] {
  return coverage.onServer > 0 || olderGone.some(({ count }) => count > 0)
    ? ["Messages whose key is nowhere else stay unreadable for good."]
    : [];
}

export function describeIdentityReset({ backup }: IdentitySurvey): Consequences {
  return {
    lost: [
      "Your other devices become unverified: each has to be verified again.",
      "People you talk to see that your identity has changed, and your verification of them is gone.",
      "Your present recovery key is replaced: you get a new one afterwards. If somebody else may have the old one, replace the backup, too.",
      ...lockedAway(backup),
    ],
    kept: [
      ...(backup === null ? [] : [...keysHere(backup.heldHere), backupAfterReset(backup)]),
      "Your messages, your rooms and your account.",
    ],
  };
}

function backupAfterReset(backup: BackupSurvey): string {
  return backup.opensHere
    ? `Backup ${nameBackup(backup)}: it stays as it is and is signed by the new identity.`
    : `Backup ${nameBackup(backup)} stays on the server. A new backup is made beside it for the room keys that are here.`;
}

/** What cannot be opened here now, and will be harder to open afterwards. */
function lockedAway(backup: BackupSurvey | null): readonly string[] {
  if (backup === null || backup.opensHere || backup.coverage.onServer === 0) return [];
  return [
    `The way to the ${formatRoomKeys(backup.coverage.onServer)} in backup version ${backup.version}, unless another device of yours holds its key: that key is not on this device, and the recovery key that may still open it is retired. Enter your recovery key first if you have it.`,
  ];
}

function keysHere(count: number): readonly string[] {
  return count === 0 ? [] : [`${formatRoomKeys(count)} on this device.`];
}

export function describeKeyStorageStep(step: KeyStorageStep): string {
  switch (step) {
    case "backup":
      return "Deleting the backup…";
    case "secret_storage":
      return "Clearing what is behind the recovery key…";
    case "dehydrated_device":
      return "Removing the stored device…";
    case "proof":
      return "Checking by reading everything back…";
  }
}

export function describeIdentityStep(step: IdentityStep): string {
  switch (step) {
    case "checking":
      return "Looking at the account as it is now…";
    case "publish":
      return "Publishing the new identity…";
    case "adopt":
      return "Verifying this device with it…";
    case "backup":
      return "Bringing the backup under the new identity…";
    case "recovery":
      return "Retiring the old recovery key…";
    case "proof":
      return "Checking by reading everything back…";
  }
}

/** How the backup stands after a reset of the identity. */
export function describeResetBackup(backup: ResetBackup): string {
  switch (backup.kind) {
    case "none":
      return "There is no backup. Set one up to get a new recovery key.";
    case "kept":
      return `Backup version ${backup.version} was kept and is signed by the new identity. It has no recovery key yet: set one up now.`;
    case "made":
      return `A new backup, version ${backup.version}, was made for the room keys of this device. Version ${backup.old} is still on the server and was not touched. There is no recovery key yet: set one up now.`;
    case "left":
      return `Backup version ${backup.version} was left as it is: its key is not on this device, and the key that is here opens another backup. Nothing was deleted.`;
  }
}

export function describeUnfinished(unfinished: UnfinishedRemoval): {
  title: string;
  body: string;
  finish: string;
} {
  switch (unfinished.change) {
    case "delete_backups":
      return {
        title: "The backups were not deleted to the end",
        body: "It was begun on this device and interrupted. The older ones go first, and what is deleted already cannot be brought back from here; the rest is as it was. Finish it, or leave it as it is now.",
        finish: "Finish deleting",
      };
    case "delete_key_storage":
      return {
        title: "Key storage was not deleted to the end",
        body: "It was begun on this device and interrupted. What is deleted already cannot be brought back from here; the rest is as it was. Finish it, or leave it as it is now.",
        finish: "Finish deleting",
      };
    case "reset_identity":
      return {
        title: "The reset of your identity is not finished",
        body: unfinished.needsPassword
          ? "The homeserver has the new identity, but its keys did not reach this device before it was interrupted. A further reset takes its place; it has to be confirmed again. Your room keys and your backup are untouched."
          : "The homeserver has the new identity, and what follows was interrupted. Your room keys and your backup are untouched.",
        finish: "Finish reset",
      };
  }
}
