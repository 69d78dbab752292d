import { type RestoreTally, settledCount } from "@/domain/restore";
import type { LastRestore, RestoreJob } from "@/domain/restoreJob";
import { formatBytes, formatCount, formatNumber, formatRoomKeys } from "./formatNumber";
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
      return "Restoring the rooms you used last, while the server prepares the rest…";
    case "downloading":
      // Until the first new key a restore that goes on looks as if it began anew.
      return imported === 0 && already > 0
        ? `Going through what is already here: ${formatCount(already, "key")}…`
        : "Downloading and decrypting keys…";
    case "finishing":
      return "Storing the last keys…";
  }
}

/** A cautious guess; the last restore on this device knows better. */
const CAUTIOUS_KEYS_PER_SECOND = 2_500;
/** About the size of an entry as servers send it. */
const BYTES_PER_KEY = 842;

/**
 * What a large backup asks for, in words; null where it would only distract. `keysPerSecond` is the
 * speed of the last restore on this device, where that is known.
 */
export function describeRestoreEstimate(
  count: number,
  keysPerSecond: number | null,
): string | null {
  if (count <= 10_000) return null;
  const megabytes = Math.max(1, Math.round((count * BYTES_PER_KEY) / 1_000_000));
  const size = `About ${formatBytes(megabytes * 1_000_000)} to download.`;
  const time = formatDuration(count / (keysPerSecond ?? CAUTIOUS_KEYS_PER_SECOND));
  const duration =
    keysPerSecond === null
      ? `This may take ${time} or more, by the speed of this device and the server.`
      : `This may take ${time}, by the speed of the last restore on this device.`;
  return `${size} ${duration} You can go on using the app meanwhile, pause, and resume.`;
}

/** The bar's end: the server's count, or what it has sent when that is more. */
export function progressMax(tally: RestoreTally): number {
  return Math.max(tally.expected, tally.received);
}

/** A restore under way or stopped short in one sentence; null when there is none to speak of. */
export function describeRestoreProgress(job: RestoreJob): string | null {
  switch (job.kind) {
    case "running":
      return `Restoring history: ${doneOf(job.tally, job.keptBefore)}.`;
    case "paused":
      return `The restore is paused: ${doneOf(job.report.tally, job.keptBefore)}.`;
    case "failed":
      return `The restore was interrupted: ${doneOf(job.report.tally, job.keptBefore)}.`;
    // Its backup may be gone by now; the restore page knows, and offers to go on.
    case "interrupted":
    case "idle":
    case "finished":
      return null;
  }
}

/** What came before it went on counts, too: it is passed over now, and is here. */
function doneOf(tally: RestoreTally, keptBefore = 0): string {
  return `${formatNumber(Math.max(settledCount(tally), keptBefore))} of ${formatRoomKeys(progressMax(tally))}`;
}

/** "1,600 keys per second", rounded so that it does not flicker. */
export function describePace(keysPerSecond: number): string {
  const step = keysPerSecond >= 1_000 ? 100 : keysPerSecond >= 100 ? 10 : 1;
  return `${formatCount(Math.round(keysPerSecond / step) * step, "key")} per second`;
}

/** How much has come, of how much where the server says so, and how fast where that is known. */
export function describeDownload(
  { bytes, bytesTotal, stage }: RestoreTally,
  bytesPerSecond: number | null,
): string {
  const ended = stage === "finishing" || bytes === bytesTotal;
  const amount =
    bytesTotal === null || bytesTotal < bytes
      ? formatBytes(bytes)
      : `${formatBytes(bytes)} of ${formatBytes(bytesTotal)}`;
  return ended || bytesPerSecond === null
    ? amount
    : `${amount}, ${formatBytes(bytesPerSecond)} per second`;
}

/** "About 3 minutes" */
export function describeTimeLeft(seconds: number): string {
  const time = formatDuration(seconds);
  return time.startsWith("less") ? "Less than 5 seconds" : `About ${time}`;
}

/** Before going on with a restore that was stopped: what that means for the connection. */
export const RESTORE_RESUMING =
  "Resuming downloads the backup again; keys that are already here are passed over without work.";

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

/** While the history is restored for a replacement that is to follow. */
export const RESTORE_BEFORE_REPLACE =
  "You are restoring so that the new backup gets these keys, too. At the end you can go on with Replace backup from here.";

/** The way on from a restore that was made for a replacement. */
export const GO_ON_REPLACING = "Go on with Replace backup";
