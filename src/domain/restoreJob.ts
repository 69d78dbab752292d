import type { BackupVersion } from "./backup";
import type { AppError } from "./errors";
import {
  emptyTally,
  failedCount,
  missingCount,
  type RestoreReport,
  type RestoreTally,
} from "./restore";
import type { RestoreRate } from "./restoreRate";

/** The one restore of this page. Pausing is stopping; resuming runs again and skips what is held. */
export type RestoreJob =
  | { readonly kind: "idle" }
  /** Begun in an earlier visit and not ended; how far it came is not known. */
  | { readonly kind: "interrupted"; readonly version: BackupVersion }
  | {
      readonly kind: "running";
      readonly version: BackupVersion;
      /** Goes on with what was stopped: much of what comes first is here already. */
      readonly resumed?: true;
      readonly tally: RestoreTally;
      /** Milliseconds since the epoch. */
      readonly startedAt: number;
      /** Null until enough was seen to mean something. */
      readonly keysPerSecond: number | null;
      readonly secondsLeft: number | null;
    }
  | { readonly kind: "paused"; readonly version: BackupVersion; readonly report: RestoreReport }
  | { readonly kind: "finished"; readonly version: BackupVersion; readonly report: RestoreReport }
  | {
      readonly kind: "failed";
      readonly version: BackupVersion;
      readonly report: RestoreReport;
      readonly error: AppError;
    };

/** The last restore of this device that ran to its end. Numbers only. */
export interface LastRestore {
  readonly version: BackupVersion;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly imported: number;
  readonly already: number;
  readonly failed: number;
  readonly missing: number;
}

/** A restore that began and did not end, told apart by the device whose store it filled. */
export interface InterruptedRestore {
  readonly version: BackupVersion;
  readonly deviceId: string;
}

export type RestoreJobEvent =
  | { readonly type: "recalled"; readonly version: BackupVersion }
  | {
      readonly type: "started";
      readonly version: BackupVersion;
      readonly expected: number;
      readonly at: number;
    }
  | { readonly type: "progressed"; readonly tally: RestoreTally; readonly rate: RestoreRate }
  | { readonly type: "paused"; readonly report: RestoreReport }
  | { readonly type: "finished"; readonly report: RestoreReport }
  | { readonly type: "failed"; readonly report: RestoreReport; readonly error: AppError }
  /** Stopped for good, or the report was read: nothing imported is taken back. */
  | { readonly type: "dismissed" };

/** Legal transitions only; an event that does not fit the state leaves it as it is. */
export function restoreJobReducer(job: RestoreJob, event: RestoreJobEvent): RestoreJob {
  if (event.type === "started") {
    return job.kind === "running"
      ? job
      : {
          kind: "running",
          version: event.version,
          ...(goesOn(job, event.version) ? { resumed: true } : {}),
          tally: emptyTally(event.expected),
          startedAt: event.at,
          keysPerSecond: null,
          secondsLeft: null,
        };
  }
  if (event.type === "recalled") {
    return job.kind === "idle" ? { kind: "interrupted", version: event.version } : job;
  }
  if (event.type === "dismissed") return job.kind === "idle" ? job : { kind: "idle" };
  if (job.kind !== "running") return job;
  const { version } = job;
  switch (event.type) {
    case "progressed":
      return { ...job, tally: event.tally, ...event.rate };
    case "paused":
      return { kind: "paused", version, report: event.report };
    case "finished":
      return { kind: "finished", version, report: event.report };
    case "failed":
      return { kind: "failed", version, report: event.report, error: event.error };
  }
}

function goesOn(job: RestoreJob, version: BackupVersion): boolean {
  return isResumable(job) && job.version === version;
}

/** Was it stopped short, so that it can go on? */
export function isResumable(
  job: RestoreJob,
): job is Extract<RestoreJob, { kind: "interrupted" | "paused" | "failed" }> {
  return job.kind === "interrupted" || job.kind === "paused" || job.kind === "failed";
}

/** What is remembered of a restore that ran to its end. */
export function summariseRestore(
  version: BackupVersion,
  { tally }: RestoreReport,
  at: number,
): LastRestore {
  return {
    version,
    at,
    imported: tally.imported,
    already: tally.already,
    failed: failedCount(tally),
    missing: missingCount(tally),
  };
}
