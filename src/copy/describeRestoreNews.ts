import type { RestoreJob } from "@/domain/restoreJob";
import { describeRestoreProgress } from "./describeRestore";
import { describeRestoreError } from "./describeRestoreError";
import {
  describeRestoreResult,
  describeRestoreSum,
  describeUnchanged,
} from "./describeRestoreResult";
import { describeWaitBegun } from "./describeRestoreWait";
import { wholePercent } from "./formatNumber";

/**
 * What a listener is told of a restore, on whatever screen. It changes at each ten percent, when a
 * wait begins, and when the restore stops or ends; not with every key.
 */
export function describeRestoreNews(job: RestoreJob): string {
  switch (job.kind) {
    case "running": {
      const { tally, share, resumed } = job;
      if (tally.waiting !== null) return describeWaitBegun(tally.waiting);
      const tens = Math.floor(wholePercent(share, 1) / 10) * 10;
      if (tens > 0) return `${tens} percent of the keys processed`;
      return resumed === true ? "Restore resumed" : "Restore started";
    }
    case "paused":
      return describeRestoreProgress(job) ?? "";
    case "failed":
      return `${describeRestoreProgress(job) ?? ""} ${describeRestoreError(job.error).title}.`;
    case "finished": {
      const { tally } = job.report;
      const numbers = describeUnchanged(tally) ?? describeRestoreSum(tally);
      return `Restore done. ${describeRestoreResult(tally).title}. ${numbers}`;
    }
    case "interrupted":
    case "idle":
      return "";
  }
}

/** The same for the document's title, short; null when there is nothing to say. */
export function describeRestoreTitle(job: RestoreJob): string | null {
  switch (job.kind) {
    case "running":
      return `${wholePercent(job.share, 1)} % restored`;
    case "paused":
      return "Restore paused";
    case "failed":
      return "Restore interrupted";
    case "finished":
      return "Restore done";
    case "interrupted":
    case "idle":
      return null;
  }
}
