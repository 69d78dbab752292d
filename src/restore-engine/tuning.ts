import { systemClock, type Clock } from "@/lib/clock";

/** Sizes and times of a restore. Tests give their own; the app takes the defaults. */
export interface RestoreTuning {
  readonly clock: Clock;
  /** 0 up to, not including, 1: spreads retries of many clients. */
  readonly random: () => number;
  /** Entries per decrypt batch. */
  readonly batchEntries: number;
  /** Keys per call of the sink: few enough to keep the main thread free. */
  readonly importKeys: number;
  /** Calls of the sink at a time: while one waits for the disk, the next one is prepared. */
  readonly importLanes: number;
  /** Keys stored between two notes of how far the restore came. */
  readonly cursorKeys: number;
  /** Share of the backup fetched room by room before the rest, at least one room. */
  readonly firstRoomsShare: number;
  /** Longest wait for the first room before the whole backup is asked for. */
  readonly firstRoomMs: number;
  /** Batches between splitter and store at any time; with their bytes, the memory bound. */
  readonly batchesInFlight: number;
  /** JSON bytes of one entry. A real one has about 900. */
  readonly entryBytes: number;
  /** Tries to open one download. */
  readonly openAttempts: number;
  /** Downloads begun anew in one run after the bytes broke off. */
  readonly restarts: number;
  /** First wait between tries; it doubles. */
  readonly retryBaseMs: number;
  /** Longest wait the server may ask for before the restore gives up and says so. */
  readonly longestRateLimitMs: number;
  /** Without an answer's head for so long, the try has failed. Large backups take servers a while. */
  readonly headTimeoutMs: number;
  /** Without a further byte for so long, the download has broken off. */
  readonly stallTimeoutMs: number;
  /** A worker that says nothing for so long while work waits is taken for hung. */
  readonly workerSilenceMs: number;
  /** Longest wait of a stopped restore for the import under way; one takes well under a second. */
  readonly stopGraceMs: number;
  /** Least time between two progress calls. */
  readonly progressEveryMs: number;
}

export const defaultTuning: RestoreTuning = {
  clock: systemClock,
  random: Math.random,
  batchEntries: 200,
  importKeys: 200,
  importLanes: 2,
  cursorKeys: 200,
  firstRoomsShare: 0.02,
  firstRoomMs: 2_000,
  batchesInFlight: 3,
  entryBytes: 64 * 1024,
  openAttempts: 4,
  restarts: 2,
  retryBaseMs: 500,
  longestRateLimitMs: 10 * 60_000,
  headTimeoutMs: 120_000,
  stallTimeoutMs: 20_000,
  workerSilenceMs: 30_000,
  stopGraceMs: 30_000,
  progressEveryMs: 100,
};
