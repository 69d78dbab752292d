import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aReport, aTally, backupVersion, offline } from "@/testing/facts";
import { emptyTally } from "./restore";
import {
  type RestoreJob,
  type RestoreJobEvent,
  type RunningRestore,
  keptKeys,
  restoreJobReducer,
  summariseRestore,
} from "./restoreJob";

const v1 = backupVersion("1");
const v2 = backupVersion("2");
const rate = { keysPerSecond: 12, bytesPerSecond: 10_000, secondsLeft: 3 };
const report = aReport({ received: 5, imported: 5 });
const started: RestoreJobEvent = { type: "started", version: v1, expected: 100, at: 1000 };
const running: RunningRestore = {
  kind: "running",
  version: v1,
  tally: emptyTally(100),
  share: 0,
  startedAt: 1000,
  waitLeftMs: null,
  askedRooms: new Set(),
  readyRooms: new Set(),
  keysPerSecond: null,
  bytesPerSecond: null,
  secondsLeft: null,
};
const paused: RestoreJob = { kind: "paused", version: v1, report };
const finished: RestoreJob = { kind: "finished", version: v1, report };
const failed: RestoreJob = { kind: "failed", version: v1, report, error: offline };
const idle: RestoreJob = { kind: "idle" };
const interrupted: RestoreJob = { kind: "interrupted", version: v1 };

describe("restoreJobReducer", () => {
  it.each([idle, finished])("starts afresh from $kind", (job) => {
    expect(restoreJobReducer(job, started)).toEqual(running);
  });

  it.each([interrupted, paused, failed])("goes on from $kind, with numbers of its own", (job) => {
    expect(restoreJobReducer(job, started)).toMatchObject({ ...running, resumed: true });
    const other = restoreJobReducer(job, { ...started, version: v2 });
    expect(other).toEqual({ ...running, version: v2 });
  });

  it("does not forget what came before it went on", () => {
    const goingOn = restoreJobReducer(paused, started);
    const nothing = aReport();
    const stopped = restoreJobReducer(goingOn, { type: "failed", report: nothing, error: offline });
    expect(stopped).toMatchObject({ kind: "failed", report: nothing, keptBefore: 5 });
    const again = restoreJobReducer(restoreJobReducer(stopped, started), {
      type: "paused",
      report: aReport({ received: 9, imported: 1, already: 8 }),
    });
    expect(again.kind === "paused" && keptKeys(again)).toBe(9);
  });

  it("recalls an earlier visit only while nothing is known of this one", () => {
    const recalled: RestoreJobEvent = { type: "recalled", version: v1 };
    expect(restoreJobReducer(idle, recalled)).toEqual(interrupted);
    for (const job of [running, paused, finished, failed]) {
      expect(restoreJobReducer(job, recalled)).toBe(job);
    }
  });

  it("does not start a second time while it runs", () => {
    const again: RestoreJobEvent = { ...started, version: v2, at: 2000 };
    expect(restoreJobReducer(running, again)).toBe(running);
  });

  it("carries progress", () => {
    const tally = aTally({ received: 10, imported: 9 });
    const progressed: RestoreJobEvent = { type: "progressed", tally, rate, waitLeftMs: 1_500 };
    expect(restoreJobReducer(running, progressed)).toEqual({
      ...running,
      tally,
      share: 0.09,
      waitLeftMs: 1_500,
      ...rate,
    });
  });

  it("never takes back a share that was done", () => {
    const counts = fc.array(fc.tuple(fc.nat(200), fc.nat(200), fc.nat(200)));
    fc.assert(
      fc.property(counts, (samples) => {
        let job: RestoreJob = running;
        let share = 0;
        for (const [expected, imported, inFlight] of samples) {
          const tally = aTally({ expected, imported, received: imported + inFlight });
          job = restoreJobReducer(job, { type: "progressed", tally, rate, waitLeftMs: null });
          if (job.kind !== "running") throw new Error("not running");
          expect(job.share).toBeGreaterThanOrEqual(share);
          expect(job.share).toBeLessThanOrEqual(1);
          share = job.share;
        }
      }),
    );
  });

  it("remembers the rooms asked for and the rooms that are in, each once", () => {
    const asked: RestoreJobEvent = { type: "room_asked", roomId: "!a:x" };
    const ready: RestoreJobEvent = { type: "room_ready", roomId: "!a:x" };
    const first = restoreJobReducer(running, asked);
    expect(first).toEqual({ ...running, askedRooms: new Set(["!a:x"]) });
    const second = restoreJobReducer(first, ready);
    expect(second).toEqual({ ...first, readyRooms: new Set(["!a:x"]) });
    const again = restoreJobReducer(second, ready);
    expect(again).toEqual(second);
  });

  it("remembers no more rooms than anybody looks through", () => {
    let job: RestoreJob = running;
    for (let room = 0; room < 5_010; room++) {
      job = restoreJobReducer(job, { type: "room_ready", roomId: `!${room}:x` });
    }
    expect(job).toMatchObject({ readyRooms: { size: 5_000 } });
  });

  it("pauses, finishes and fails with its report", () => {
    expect(restoreJobReducer(running, { type: "paused", report })).toEqual(paused);
    expect(restoreJobReducer(running, { type: "finished", report })).toEqual(finished);
    expect(restoreJobReducer(running, { type: "failed", report, error: offline })).toEqual(failed);
  });

  it.each([running, interrupted, paused, finished, failed])(
    "goes from $kind to idle when dismissed",
    (job) => {
      expect(restoreJobReducer(job, { type: "dismissed" })).toEqual(idle);
    },
  );

  const tally = aTally();
  const late: RestoreJobEvent[] = [
    { type: "progressed", tally, rate, waitLeftMs: null },
    { type: "room_asked", roomId: "!a:x" },
    { type: "room_ready", roomId: "!a:x" },
    { type: "paused", report },
    { type: "finished", report },
    { type: "failed", report, error: offline },
  ];
  it.each([idle, interrupted, paused, finished, failed])(
    "lets nothing late change $kind",
    (job) => {
      for (const event of late) expect(restoreJobReducer(job, event)).toBe(job);
    },
  );

  it("keeps one version from start to end, whatever happens in between", () => {
    const events = fc.array(fc.constantFrom<RestoreJobEvent>(...late, { ...started, version: v2 }));
    fc.assert(
      fc.property(events, (between) => {
        let job = restoreJobReducer(idle, started);
        for (const event of between) {
          const next = restoreJobReducer(job, event);
          if (event.type !== "started" || job.kind === "running") {
            expect("version" in next && "version" in job && next.version === job.version).toBe(
              true,
            );
          }
          job = next;
        }
      }),
    );
  });
});

describe("summariseRestore", () => {
  it("sums the failures and counts what the server did not send", () => {
    const whole = aReport({
      received: 97,
      imported: 60,
      already: 30,
      failed: { ...emptyTally(0).failed, undecryptable: 5, malformed: 2 },
    });
    expect(summariseRestore(v1, whole, 42, 2_500)).toEqual({
      version: v1,
      at: 42,
      imported: 60,
      already: 30,
      failed: 7,
      missing: 3,
      keysPerSecond: 2_500,
    });
  });
});
