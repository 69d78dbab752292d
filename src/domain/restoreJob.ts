import type { BackupVersion } from "./backup";
import type { AppError } from "./errors";
import {
  emptyTally,
  failedCount,
  missingCount,
  type RestoreReport,
  type RestoreTally,
  settledCount,
} from "./restore";
import { RATE_UNKNOWN, type RestoreRate } from "./restoreRate";

/** A restore under way. */
export interface RunningRestore extends RestoreRate {
  readonly kind: "running";
  readonly version: BackupVersion;
  /** Goes on with what was stopped: much of what comes first is here already. */
  readonly resumed?: true;
  /** Keys of the backup that the parts before this one left on this device, at least. */
  readonly keptBefore?: number;
  readonly tally: RestoreTally;
  /** Between 0 and 1. Never smaller than before, whatever the server counts or sends anew. */
  readonly share: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** While it waits before it asks the server again: time until then. */
  readonly waitLeftMs: number | null;
  /** Rooms that somebody asked for, to come before all others. */
  readonly askedRooms: ReadonlySet<string>;
  /** Rooms whose keys are all in, of those that came before others. */
  readonly readyRooms: ReadonlySet<string>;
}

/** A restore that stopped short. `keptBefore`: keys that the parts before this one left here. */
interface Stopped {
  readonly version: BackupVersion;
  readonly report: RestoreReport;
  readonly keptBefore?: number;
}

/** The one restore of this page. Pausing is stopping; resuming runs again and skips what is held. */
export type RestoreJob =
  | { readonly kind: "idle" }
  /** Begun in an earlier visit and not ended; how far it came is not known. */
  | { readonly kind: "interrupted"; readonly version: BackupVersion }
  | RunningRestore
  | (Stopped & { readonly kind: "paused" })
  | { readonly kind: "finished"; readonly version: BackupVersion; readonly report: RestoreReport }
  | (Stopped & { readonly kind: "failed"; readonly error: AppError });

/** The last restore of this device that ran to its end. Numbers only. */
export interface LastRestore {
  readonly version: BackupVersion;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly imported: number;
  readonly already: number;
  readonly failed: number;
  readonly missing: number;
  /** How fast keys were worked on, or null when there were too few of them to tell. */
  readonly keysPerSecond: number | null;
}

/** A restore that began and did not end, told apart by the device whose store it filled. */
export interface InterruptedRestore {
  readonly version: BackupVersion;
  readonly deviceId: string;
  /** It ran when another tab took the session over: it goes on there by itself. */
  readonly handedOver?: true;
}

export type RestoreJobEvent =
  | { readonly type: "recalled"; readonly version: BackupVersion }
  | {
      readonly type: "started";
      readonly version: BackupVersion;
      readonly expected: number;
      readonly at: number;
    }
  | {
      readonly type: "progressed";
      readonly tally: RestoreTally;
      readonly rate: RestoreRate;
      readonly waitLeftMs: number | null;
    }
  | { readonly type: "room_asked"; readonly roomId: string }
  | { readonly type: "room_ready"; readonly roomId: string }
  | { readonly type: "paused"; readonly report: RestoreReport }
  | { readonly type: "finished"; readonly report: RestoreReport }
  | { readonly type: "failed"; readonly report: RestoreReport; readonly error: AppError }
  /** Stopped for good, or the report was read: nothing imported is taken back. */
  | { readonly type: "dismissed" };

const NO_ROOMS: ReadonlySet<string> = new Set();
/** More rooms than anybody looks through; a server's word cannot make the set grow for ever. */
const ROOMS_REMEMBERED = 5_000;

/** Legal transitions only; an event that does not fit the state leaves it as it is. */
export function restoreJobReducer(job: RestoreJob, event: RestoreJobEvent): RestoreJob {
  if (event.type === "started") {
    return job.kind === "running"
      ? job
      : {
          kind: "running",
          version: event.version,
          ...(goesOn(job, event.version) ? { resumed: true, ...keptOf(job) } : {}),
          tally: emptyTally(event.expected),
          share: 0,
          startedAt: event.at,
          waitLeftMs: null,
          askedRooms: NO_ROOMS,
          readyRooms: NO_ROOMS,
          ...RATE_UNKNOWN,
        };
  }
  if (event.type === "recalled") {
    return job.kind === "idle" ? { kind: "interrupted", version: event.version } : job;
  }
  if (event.type === "dismissed") return job.kind === "idle" ? job : { kind: "idle" };
  if (job.kind !== "running") return job;
  const { version, keptBefore } = job;
  const before = keptBefore === undefined ? {} : { keptBefore };
  switch (event.type) {
    case "progressed": {
      const { tally, rate, waitLeftMs } = event;
      return { ...job, ...rate, tally, waitLeftMs, share: Math.max(job.share, shareDone(tally)) };
    }
    case "room_asked":
      return { ...job, askedRooms: withRoom(job.askedRooms, event.roomId) };
    case "room_ready":
      return { ...job, readyRooms: withRoom(job.readyRooms, event.roomId) };
    case "paused":
      return { kind: "paused", version, report: event.report, ...before };
    case "finished":
      return { kind: "finished", version, report: event.report };
    case "failed":
      return { kind: "failed", version, report: event.report, error: event.error, ...before };
  }
}

/** Keys of the backup that a restore which stopped short has left on this device, at least. */
export function keptKeys({ report: { tally }, keptBefore }: Stopped): number {
  return Math.max(tally.imported + tally.already, keptBefore ?? 0);
}

/** To be told of in the next part, which begins to count anew. */
function keptOf(job: RestoreJob): { readonly keptBefore?: number } {
  const kept = job.kind === "paused" || job.kind === "failed" ? keptKeys(job) : 0;
  return kept === 0 ? {} : { keptBefore: kept };
}

function shareDone(tally: RestoreTally): number {
  const whole = Math.max(tally.expected, tally.received);
  return whole === 0 ? 0 : settledCount(tally) / whole;
}

/** The same set when the room is in it already, so that nothing is drawn anew. */
function withRoom(rooms: ReadonlySet<string>, roomId: string): ReadonlySet<string> {
  if (rooms.has(roomId) || rooms.size >= ROOMS_REMEMBERED) return rooms;
  return new Set([...rooms, roomId]);
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
  keysPerSecond: number | null,
): LastRestore {
  return {
    version,
    at,
    imported: tally.imported,
    already: tally.already,
    failed: failedCount(tally),
    missing: missingCount(tally),
    keysPerSecond,
  };
}
