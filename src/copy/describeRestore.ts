import {
  failedCount,
  missingCount,
  settledCount,
  type RestoreFailureReason,
  type RestoreTally,
} from "@/domain/restore";
import type { LastRestore, RestoreJob } from "@/domain/restoreJob";
import { formatCount, formatNumber, formatRoomKeys } from "./formatNumber";
import { formatDateTime, formatDuration } from "./formatTime";

/** What goes on right now, as a line above the bar. `resumed`: it goes on with an earlier one. */
export function describeRestoreStage(tally: RestoreTally, resumed: boolean): string {
  const { stage, imported, already } = tally;
  switch (stage) {
    case "opening":
      return resumed
        ? "Resuming: keys that are already here are skipped…"
        : "Asking the server for the backup…";
    case "first_rooms":
      return "Restoring the rooms you used last…";
    case "downloading":
      // Until the first new key a restore that goes on looks as if it began anew.
      return imported === 0 && already > 0
        ? `Going through what is already here: ${formatCount(already, "key")}…`
        : "Downloading and decrypting keys…";
    case "finishing":
      return "Storing the last keys…";
  }
}

/** Why an entry did not become a key here, and whether anything can be done about it. */
export function describeRestoreFailure(reason: RestoreFailureReason): {
  title: string;
  body: string;
} {
  switch (reason) {
    case "malformed":
      return {
        title: "Damaged entry",
        body: "The entry in the backup lacks parts every room key has. Another of your devices may hold a good copy.",
      };
    case "bad_room_id":
      return {
        title: "Not a room",
        body: "The entry stands under a name that is no room id, so no message can belong to it.",
      };
    case "undecryptable":
      return {
        title: "Could not be decrypted",
        body: "The entry was damaged, or made for another backup key. Another of your devices may hold a good copy.",
      };
    case "wrong_algorithm":
      return {
        title: "Unknown kind of key",
        body: "The entry is for an encryption method this app does not know.",
      };
    case "too_large":
      return {
        title: "Too large",
        body: "The entry is far larger than any real key and was left out.",
      };
    case "rejected":
      return {
        title: "Refused by this device’s key store",
        body: "The entry was decrypted, but the key in it is not valid.",
      };
  }
}

/** Seconds a restore of so many keys may take; an order of magnitude, by a cautious measured rate. */
function estimateRestoreSeconds(count: number): number {
  return count / 1_000;
}

/** The estimate in words, or null where it would only distract. */
export function describeRestoreEstimate(count: number): string | null {
  if (count <= 10_000) return null;
  return `This may take ${formatDuration(estimateRestoreSeconds(count))} or more, by the speed of this device and the server. You can go on using the app meanwhile, pause, and resume.`;
}

/** The bar's end: the server's count, or what it has sent when that is more. */
export function progressMax(tally: RestoreTally): number {
  return Math.max(tally.expected, tally.received);
}

/** A restore under way or stopped short in one sentence; null when there is none to speak of. */
export function describeRestoreProgress(job: RestoreJob): string | null {
  switch (job.kind) {
    case "running":
      return `Restoring history: ${shareDone(job.tally)}.`;
    case "paused":
      return `The restore is paused: ${shareDone(job.report.tally)}.`;
    case "failed":
      return `The restore was interrupted: ${shareDone(job.report.tally)}.`;
    // Its backup may be gone by now; the restore page knows, and offers to go on.
    case "interrupted":
    case "idle":
    case "finished":
      return null;
  }
}

function shareDone(tally: RestoreTally): string {
  return `${formatNumber(settledCount(tally))} of ${formatRoomKeys(progressMax(tally))}`;
}

/** "1,600 keys per second", rounded so that it does not flicker. */
export function describePace(keysPerSecond: number): string {
  const step = keysPerSecond >= 1_000 ? 100 : keysPerSecond >= 100 ? 10 : 1;
  return `${formatCount(Math.round(keysPerSecond / step) * step, "key")} per second`;
}

/** "About 3 minutes" */
export function describeTimeLeft(seconds: number): string {
  const time = formatDuration(seconds);
  return time.startsWith("less") ? "Less than 5 seconds" : `About ${time}`;
}

/**
 * The sum in words: "2,000 keys received = 1,950 newly stored + 48 already here + 2 failed."
 * True at every moment, because keys under way are not counted as received here.
 */
export function describeRestoreSum(tally: RestoreTally): string {
  const parts = [
    `${formatNumber(tally.imported)} newly stored`,
    `${formatNumber(tally.already)} already here`,
    `${formatNumber(failedCount(tally))} failed`,
  ];
  return `${formatCount(settledCount(tally), "key")} processed = ${parts.join(" + ")}.`;
}

/** The line on what the server counted but did not send, or sent beyond its count; null when equal. */
export function describeRestoreDifference(tally: RestoreTally): string | null {
  const missing = missingCount(tally);
  if (missing > 0) {
    return `The server counted ${formatRoomKeys(tally.expected)} but sent ${formatNumber(tally.received)}: ${formatNumber(missing)} ${missing === 1 ? "is" : "are"} missing. Restoring again may bring them.`;
  }
  const extra = tally.received - tally.expected;
  if (extra > 0) {
    return `The server sent ${formatNumber(extra)} more than the ${formatRoomKeys(tally.expected)} it had counted at the start: another device added keys meanwhile. They are all in these numbers.`;
  }
  return null;
}

/** Headline of a finished restore. Good only when nothing failed and nothing is missing. */
export function describeRestoreResult(tally: RestoreTally): {
  tone: "success" | "warning" | "info";
  title: string;
} {
  const failed = failedCount(tally);
  const missing = missingCount(tally);
  if (tally.expected === 0 && tally.received === 0) {
    return { tone: "info", title: "The backup is empty: there was nothing to restore" };
  }
  if (failed + missing === 0) {
    const count = settledCount(tally);
    const keys = count === 1 ? "The 1 room key" : `All ${formatRoomKeys(count)}`;
    const [is, was] = count === 1 ? ["is", "was"] : ["are", "were"];
    return {
      tone: "success",
      title:
        tally.imported === 0
          ? `${keys} of the backup ${was} here already`
          : `${keys} of the backup ${is} on this device`,
    };
  }
  const good = tally.imported + tally.already;
  return {
    tone: "warning",
    title: `${formatNumber(good)} of ${formatRoomKeys(progressMax(tally))} ${good === 1 ? "is" : "are"} on this device`,
  };
}

/** Before going on with a restore that was stopped: what reading it again from the start means. */
export const RESTORE_RESUMING =
  "Resuming reads the backup from the start; keys that are already here are skipped.";

/** The last restore of the backup that `serverCount` keys are in now, in one sentence. */
export function describeLastRestore(last: LastRestore, serverCount: number): string {
  const { version, imported, already, failed, missing } = last;
  const here = imported + already;
  const when = formatDateTime(last.at);
  if (failed + missing === 0 && here === serverCount) {
    return `All keys of backup version ${version} were restored on ${when}.`;
  }
  return failed + missing === 0
    ? `Backup version ${version} was last restored on ${when}. It held ${formatRoomKeys(here)} then.`
    : `Backup version ${version} was last restored on ${when}: ${formatNumber(here)} of ${formatRoomKeys(here + failed + missing)} came to this device.`;
}

/** What stays unreadable whatever the restore brings. */
export const RESTORE_LIMITS =
  "Messages from before you joined a room, and messages whose keys were never uploaded to this backup, stay unreadable.";

/** Where restored keys come from, for people who wonder about the mark on old messages. */
export const RESTORE_ORIGIN =
  "Restored keys are of unverified origin: the backup does not prove who made them, so some apps mark old messages.";
