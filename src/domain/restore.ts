import type { AppError } from "./errors";

/** Why one entry of the backup did not become a room key in the store. */
export type RestoreFailureReason =
  /** The entry's JSON lacks the fields of the spec's KeyBackupData or SessionData. */
  | "malformed"
  /** The room id is not a room id. */
  | "bad_room_id"
  /** MAC or decryption failed: made for another key, or damaged. */
  | "undecryptable"
  /** The decrypted session is for an algorithm other than m.megolm.v1.aes-sha2. */
  | "wrong_algorithm"
  /** Larger than any real key. */
  | "too_large"
  /** The crypto store refused it. */
  | "rejected";

/** `first_rooms`: the rooms used last come in while the whole backup is still being asked for. */
export type RestoreStage = "opening" | "first_rooms" | "downloading" | "finishing";

/** A restore that waits before it asks the server again. */
export interface RestoreWait {
  /** What the server did. */
  readonly error: AppError;
  /** Length of the whole wait in milliseconds; with `rate_limited` it is what the server asked for. */
  readonly ms: number;
}

/**
 * Counts of a restore, in entries. At every moment
 * `received = imported + already + (sum of failed) + inFlight`; at the end inFlight is 0.
 */
export interface RestoreTally {
  readonly stage: RestoreStage;
  /** Keys on the server when the restore began. */
  readonly expected: number;
  readonly received: number;
  /** Newly stored, or stored in a better copy than before. */
  readonly imported: number;
  /** Of `imported`: a worse copy was held before. */
  readonly improved: number;
  /** Held before, at least as good. */
  readonly already: number;
  /** Of `already`: settled by an earlier run and unchanged since, so not decrypted again. */
  readonly recalled: number;
  /** Of `imported`: keys of entries that were counted before, which came once more with other content. */
  readonly again: number;
  /** Of `imported` and `already`: entries under a wrong session id, whose keys are here under their own. */
  readonly relabelled: number;
  readonly failed: Readonly<Record<RestoreFailureReason, number>>;
  readonly bytes: number;
  /** Length of the download in bytes when the server says so. */
  readonly bytesTotal: number | null;
  readonly currentRoomId: string | null;
  /** Null while work goes on. */
  readonly waiting: RestoreWait | null;
}

/** One entry that failed; the report lists them by room and reason, without key material. */
export interface RestoreFailure {
  readonly roomId: string;
  readonly sessionId: string;
  readonly reason: RestoreFailureReason;
}

export interface RestoreReport {
  readonly tally: RestoreTally;
  /** At most 10,000; `tally.failed` has the whole count. */
  readonly failures: readonly RestoreFailure[];
}

export type RestoreOutcome =
  | { readonly kind: "completed"; readonly report: RestoreReport }
  /** Stopped by the caller; what was imported stays. */
  | { readonly kind: "interrupted"; readonly report: RestoreReport }
  | { readonly kind: "failed"; readonly report: RestoreReport; readonly error: AppError };

export function emptyTally(expected: number): RestoreTally {
  return {
    stage: "opening",
    expected,
    received: 0,
    imported: 0,
    improved: 0,
    already: 0,
    recalled: 0,
    again: 0,
    relabelled: 0,
    failed: {
      malformed: 0,
      bad_room_id: 0,
      undecryptable: 0,
      wrong_algorithm: 0,
      too_large: 0,
      rejected: 0,
    },
    bytes: 0,
    bytesTotal: null,
    currentRoomId: null,
    waiting: null,
  };
}

export function failedCount(tally: RestoreTally): number {
  return Object.values(tally.failed).reduce((sum, count) => sum + count, 0);
}

/** Entries whose fate is known. */
export function settledCount(tally: RestoreTally): number {
  return tally.imported + tally.already + failedCount(tally);
}

/**
 * Keys the server counted but did not send; 0 when it sent more than it counted. What came again
 * stands in for nothing.
 */
export function missingCount(tally: RestoreTally): number {
  return Math.max(0, tally.expected + tally.again - tally.received);
}
