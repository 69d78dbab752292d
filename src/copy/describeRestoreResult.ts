import { failedCount, missingCount, type RestoreTally, settledCount } from "@/domain/restore";
import { progressMax } from "./describeRestore";
import { formatCount, formatNumber, formatRoomKeys } from "./formatNumber";

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
  const extra = tally.received - tally.again - tally.expected;
  if (extra > 0) {
    return `The server sent ${formatNumber(extra)} more than the ${formatRoomKeys(tally.expected)} it had counted at the start: another device added keys meanwhile. They are all in these numbers.`;
  }
  return null;
}

/** What is behind "newly stored" and "already here", where there is more to say. */
export function describeRestoreParts({
  improved,
  recalled,
  again,
  relabelled,
}: RestoreTally): readonly string[] {
  const parts: string[] = [];
  if (improved > 0) {
    parts.push(
      `Of the newly stored keys, ${formatNumber(improved)} ${improved === 1 ? "replaces a copy" : "replace copies"} that opened fewer messages.`,
    );
  }
  if (again > 0) {
    parts.push(
      `Of the newly stored keys, ${formatNumber(again)} came under names that the server had sent before with something else in them.`,
    );
  }
  if (recalled > 0) {
    parts.push(
      `Of the keys already here, an earlier restore had dealt with ${formatNumber(recalled)}; ${recalled === 1 ? "it has" : "they have"} not changed on the server since.`,
    );
  }
  if (relabelled > 0) {
    const [entries, keys] =
      relabelled === 1
        ? ["entry of the backup stood", "Its key is"]
        : ["entries of the backup stood", "Their keys are"];
    parts.push(
      `${formatNumber(relabelled)} ${entries} under a wrong session id. ${keys} stored under the right one, and counted like the others.`,
    );
  }
  return parts;
}

/** Was there nothing to download, because the last restore had brought everything? */
export function isUnchanged(tally: RestoreTally): boolean {
  const { recalled, bytes } = tally;
  return (
    bytes === 0 && recalled > 0 && recalled === settledCount(tally) && missingCount(tally) === 0
  );
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
  if (isUnchanged(tally)) {
    return { tone: "success", title: "Nothing has changed since the last restore" };
  }
  if (failed + missing === 0) {
    const count = settledCount(tally);
    const [is, was] = count === 1 ? ["is", "was"] : ["are", "were"];
    return {
      tone: "success",
      title:
        tally.imported === 0
          ? `${everyKey(count)} of the backup ${was} here already`
          : `${everyKey(count)} of the backup ${is} on this device`,
    };
  }
  const good = tally.imported + tally.already;
  return {
    tone: "warning",
    title: `${formatNumber(good)} of ${formatRoomKeys(progressMax(tally))} ${good === 1 ? "is" : "are"} on this device`,
  };
}

/** Why nothing was downloaded; null when something was. */
export function describeUnchanged(tally: RestoreTally): string | null {
  if (!isUnchanged(tally)) return null;
  const count = settledCount(tally);
  return `${everyKey(count)} of the backup ${count === 1 ? "was" : "were"} here already, so nothing was downloaded.`;
}

function everyKey(count: number): string {
  return count === 1 ? "The 1 room key" : `All ${formatRoomKeys(count)}`;
}

/** What stays unreadable whatever the restore brings. */
export const RESTORE_LIMITS =
  "Messages from before you joined a room, and messages whose keys were never uploaded to this backup, stay unreadable.";

/** Where restored keys come from, for people who wonder about the mark on old messages. */
export const RESTORE_ORIGIN =
  "Restored keys are of unverified origin: the backup does not prove who made them, so some apps mark old messages.";
