import { expect } from "vitest";
import type { BackupVersion } from "@/domain/backup";
import type { RestoreEngine, RestoreRequest, RoomKeySource } from "@/domain/ports";
import {
  failedCount,
  settledCount,
  type RestoreOutcome,
  type RestoreTally,
} from "@/domain/restore";
import { createRestoreEngine } from "./createRestoreEngine";
import type { RestoreTuning } from "./tuning";
import { FixedKeySource, MemoryCursorStore, MemorySink } from "@/testing/fakeRestorePorts";
import { ManualClock } from "@/testing/ManualClock";

export const RIG_VERSION = "7" as BackupVersion;

/** Everything of one run, on this thread (no worker can be started), with a clock that stands still. */
export function createEngineRig(parts: {
  readonly source: RoomKeySource;
  /** Of the backup. */
  readonly privateKey: Uint8Array;
  /** What the server counts, unless a run says otherwise. */
  readonly expected: number;
  readonly tuning?: Partial<RestoreTuning>;
  /** What an earlier run left. */
  readonly sink?: MemorySink;
  readonly cursors?: MemoryCursorStore;
}) {
  const { source, tuning } = parts;
  const clock = new ManualClock();
  const sink = parts.sink ?? new MemorySink();
  const cursors = parts.cursors ?? new MemoryCursorStore();
  const key = new FixedKeySource(parts.privateKey);
  const abort = new AbortController();
  const tallies: RestoreTally[] = [];
  const engine = createRestoreEngine({
    source,
    sink,
    decryptionKey: key,
    cursors,
    createWorker: () => {
      throw new Error("no workers here");
    },
    tuning: {
      clock,
      random: () => 0,
      batchEntries: 10,
      importKeys: 5,
      importLanes: 1,
      cursorKeys: 5,
      ...tuning,
    },
  });
  const roomsReady: string[] = [];
  const run = async (
    expected = parts.expected,
    changes: Partial<RestoreRequest> = {},
  ): Promise<RestoreOutcome> => {
    const outcome = await engine.run(
      requestOf(expected, changes),
      runOptions({
        signal: abort.signal,
        onProgress: (tally) => tallies.push(tally),
        onRoomReady: (roomId) => roomsReady.push(roomId),
      }),
    );
    checkTallies(tallies, outcome);
    expect(sink.openImports).toBe(0);
    return outcome;
  };
  return { clock, sink, cursors, key, abort, tallies, roomsReady, engine, run };
}

/** A request as the app makes it. */
export function requestOf(expected: number, changes: Partial<RestoreRequest> = {}): RestoreRequest {
  return { version: RIG_VERSION, expected, etag: "1", firstRooms: [], ...changes };
}

/** Options of a run that nobody listens to. */
export function runOptions(options: Partial<Parameters<RestoreEngine["run"]>[1]> = {}) {
  return {
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onRoomReady: () => undefined,
    ...options,
  };
}

/** What must hold of every tally that is ever shown, and of the last one. */
export function checkTallies(tallies: readonly RestoreTally[], outcome: RestoreOutcome): void {
  let before: RestoreTally | undefined;
  for (const tally of tallies) {
    expect(tally.received).toBeGreaterThanOrEqual(settledCount(tally));
    if (before !== undefined) {
      for (const name of ["received", "imported", "already", "bytes"] as const) {
        expect(tally[name]).toBeGreaterThanOrEqual(before[name]);
      }
      expect(failedCount(tally)).toBeGreaterThanOrEqual(failedCount(before));
    }
    before = tally;
  }
  const { tally, failures } = outcome.report;
  expect(tallies.at(-1)).toEqual(tally);
  expect(tally.received).toBe(settledCount(tally));
  const listed = failures.filter((failure) => failure.reason !== "rejected").length;
  expect(listed).toBe(failedCount(tally) - tally.failed.rejected);
}
