import { QueryObserver } from "@tanstack/react-query";
import { describe, expect, it } from "vitest";
import { fail, ok } from "@/domain/result";
import type { AppError } from "@/domain/errors";
import type { RestoreWait } from "@/domain/restore";
import type { InterruptedRestore, RestoreJob } from "@/domain/restoreJob";
import { createActiveApp, createTestApp } from "@/testing/createTestApp";
import { aBackup, alice, aReport, backupVersion, offline } from "@/testing/facts";

import { pass, settle, withFakeTime } from "@/testing/fakeTime";
import { queriesOf } from "./queries";

withFakeTime();

const version = backupVersion("1");

async function openApp() {
  const app = await createActiveApp();
  await settle();
  return { ...app, job: (): RestoreJob => app.store.getState().restoreJob };
}

async function runningApp() {
  const app = await openApp();
  app.restore.start();
  await settle();
  return { ...app, run: app.live.restore.last };
}

describe("starting", () => {
  it("is on the screen at once, and runs with the server's count of this moment", async () => {
    const { live, restore, job } = await openApp();
    live.keyBackup.backup = ok(aBackup({ count: 321, etag: "e9" }));
    restore.start();
    expect(job()).toMatchObject({ kind: "running", version, tally: { stage: "opening" } });
    await settle();
    expect(live.restore.last.request).toEqual({
      version,
      expected: 321,
      etag: "e9",
      firstRooms: [],
    });
  });

  it("runs once, however often it is asked for", async () => {
    const { live, restore } = await openApp();
    restore.start();
    restore.start();
    await settle();
    restore.start();
    restore.resume();
    await settle();
    expect(live.restore.runs).toHaveLength(1);
  });

  it("does nothing when there is no backup, and when nobody is signed in", async () => {
    const { live, restore, job, session } = await openApp();
    live.keyBackup.backup = ok(null);
    await pass(30_000);
    restore.start();
    expect(job()).toEqual({ kind: "idle" });
    await session.signOut();
    restore.start();
    expect(job()).toEqual({ kind: "idle" });
  });

  it.each([
    [ok(null), { kind: "no_backup" }],
    [
      ok(aBackup({ version: backupVersion("2") })),
      { kind: "backup_changed", expected: "1", actual: "2" },
    ],
    [fail(offline), offline],
  ] as const)(
    "fails before any download when the backup is not what it was: %#",
    async (backup, error) => {
      const { live, restore, job } = await openApp();
      live.keyBackup.backup = backup;
      restore.start();
      await settle();
      expect(job()).toMatchObject({ kind: "failed", version, error });
      expect(live.restore.runs).toEqual([]);
    },
  );
});

describe("rooms that come first", () => {
  const named = (count: number) =>
    ok(Array.from({ length: count }, (_, index) => ({ roomId: `!${index}:x`, name: "Room" })));

  it("are those used last, and not all there are", async () => {
    const { live, restore } = await openApp();
    live.rooms.lastUsed = named(80);
    restore.start();
    await settle();
    const { firstRooms } = live.restore.last.request;
    expect(firstRooms.slice(0, 2)).toEqual(["!0:x", "!1:x"]);
    expect(firstRooms).toHaveLength(50);
  });

  it.each([
    ["cannot be listed", () => fail(offline)],
    ["are not there yet", () => ok([])],
    ["make the list break", () => Promise.reject(new Error("no store"))],
  ])("do not stop a restore when they %s", async (_, lastUsed) => {
    const { live, restore } = await openApp();
    live.rooms.lastUsed = lastUsed();
    restore.start();
    await settle();
    expect(live.restore.last.request.firstRooms).toEqual([]);
  });

  it("hold a restore up for a moment at most", async () => {
    const { live, restore } = await openApp();
    live.rooms.lastUsed = new Promise<never>(() => undefined);
    restore.start();
    await pass(299);
    expect(live.restore.runs).toEqual([]);
    await pass(1);
    expect(live.restore.last.request.firstRooms).toEqual([]);
  });

  it("can be asked for while it runs", async () => {
    const { live, restore, job } = await runningApp();
    restore.bringForward("!b:x");
    expect(live.restore.broughtForward).toEqual(["!b:x"]);
    expect(job()).toMatchObject({ askedRooms: new Set(["!b:x"]) });
  });

  it("come before the others when they are asked for before the engine runs", async () => {
    const { live, restore, job } = await openApp();
    live.rooms.lastUsed = named(2);
    restore.start();
    restore.bringForward("!1:x");
    restore.bringForward("!z:x");
    await settle();
    expect(live.restore.broughtForward).toEqual(["!1:x", "!z:x"]);
    expect(live.restore.last.request.firstRooms).toEqual(["!0:x", "!1:x"]);
    expect(job()).toMatchObject({ askedRooms: new Set(["!1:x", "!z:x"]) });
  });

  it("are asked of nobody when no restore runs", async () => {
    const { live, restore, job } = await openApp();
    restore.bringForward("!b:x");
    expect(live.restore.broughtForward).toEqual([]);
    expect(job()).toEqual({ kind: "idle" });
  });

  it("show their messages while the restore runs, about once a second at most", async () => {
    const { live, queryClient, run, job } = await runningApp();
    const shown = new QueryObserver(queryClient, queriesOf(live).rooms).subscribe(() => undefined);
    await settle();
    const before = live.rooms.asked.list;
    for (let room = 0; room < 30; room++) {
      run.roomReady(`!${room}:x`);
      await pass(100);
    }
    await pass(1_000);
    expect(live.rooms.asked.list - before).toBeGreaterThanOrEqual(3);
    expect(live.rooms.asked.list - before).toBeLessThanOrEqual(5);
    expect(job()).toMatchObject({ readyRooms: { size: 30 } });
    shown();
  });

  it("are forgotten when it stops, and a late word about one changes nothing", async () => {
    const { run, restore, job } = await runningApp();
    run.roomReady("!a:x");
    restore.pause();
    await settle();
    const paused = job();
    run.roomReady("!b:x");
    expect(job()).toBe(paused);
    restore.resume();
    await settle();
    expect(job()).toMatchObject({ askedRooms: { size: 0 }, readyRooms: { size: 0 } });
  });
});

describe("a wait before the server is asked again", () => {
  const waiting: RestoreWait = {
    error: { kind: "rate_limited", retryAfterMs: 12_000 },
    ms: 12_000,
  };

  it("counts down from when it began to nothing, and ends when work goes on", async () => {
    const { run, job } = await runningApp();
    run.progress({ waiting });
    await pass(4_000);
    expect(job()).toMatchObject({ waitLeftMs: expect.closeTo(8_000, -3) });
    // Word of other keys does not begin it anew, whether or not it is told of by the same object.
    run.progress({ waiting: { ...waiting }, received: 1, imported: 1 });
    await pass(4_000);
    expect(job()).toMatchObject({ waitLeftMs: expect.closeTo(4_000, -3) });
    await pass(10_000);
    expect(job()).toMatchObject({ waitLeftMs: 0 });
    run.progress({ waiting: null });
    await pass(400);
    expect(job()).toMatchObject({ waitLeftMs: null });
  });

  it("begins anew when the server asks to wait once more", async () => {
    const { run, job } = await runningApp();
    run.progress({ waiting });
    await pass(12_200);
    run.progress({ waiting: { ...waiting } });
    await pass(400);
    expect(job()).toMatchObject({ waitLeftMs: expect.closeTo(11_600, -3) });
    run.progress({ waiting: null });
    run.progress({ waiting: { error: offline, ms: 3_000 } });
    await pass(400);
    expect(job()).toMatchObject({ waitLeftMs: expect.closeTo(2_600, -3) });
  });
});

describe("a restore that the connection ended", () => {
  async function failedApp(error: AppError) {
    const app = await runningApp();
    const end = () => {
      app.live.restore.last.end({ kind: "failed", report: aReport(), error });
      return settle();
    };
    await end();
    return { ...app, end };
  }

  it.each<AppError>([offline, { kind: "timeout", detail: "" }])(
    "goes on once for each sign that the connection is back: %j",
    async (error) => {
      const { live, job, wakeUp, end } = await failedApp(error);
      await pass(600_000);
      expect(live.restore.runs).toHaveLength(1);
      wakeUp();
      await settle();
      expect(job()).toMatchObject({ kind: "running", resumed: true });
      wakeUp();
      await end();
      await pass(600_000);
      expect(job().kind).toBe("failed");
      expect(live.restore.runs).toHaveLength(2);
      wakeUp();
      await settle();
      expect(live.restore.runs).toHaveLength(3);
    },
  );

  it.each<AppError>([
    { kind: "storage", reason: "quota" },
    { kind: "rate_limited", retryAfterMs: null },
    { kind: "worker_crashed" },
  ])("does not go on by itself after %j", async (error) => {
    const { live, wakeUp } = await failedApp(error);
    wakeUp();
    await settle();
    expect(live.restore.runs).toHaveLength(1);
  });

  it("is left alone when the person paused it", async () => {
    const { live, restore, job, wakeUp } = await runningApp();
    restore.pause();
    await settle();
    wakeUp();
    await settle();
    expect(job().kind).toBe("paused");
    expect(live.restore.runs).toHaveLength(1);
  });
});

describe("a restore that the page did not live to end", () => {
  const remembered = { version, deviceId: alice.deviceId };

  async function nextVisit(interrupted: InterruptedRestore | null) {
    const app = createTestApp(alice);
    app.memory.write(alice.userId, { interrupted });
    app.session.start();
    await settle();
    return { ...app, job: (): RestoreJob => app.store.getState().restoreJob };
  }

  it("is remembered from its start, and over a pause", async () => {
    const { memory, restore } = await runningApp();
    expect(memory.read(alice.userId).interrupted).toEqual(remembered);
    restore.pause();
    await settle();
    expect(memory.read(alice.userId).interrupted).toEqual(remembered);
  });

  it("can be resumed on the next visit", async () => {
    const { job, restore, gateway } = await nextVisit(remembered);
    expect(job()).toEqual({ kind: "interrupted", version });
    restore.resume();
    await settle();
    expect(job()).toMatchObject({ kind: "running", version, resumed: true });
    expect(gateway.session.restore.runs).toHaveLength(1);
  });

  it("is not brought up on another device, whose store is another", async () => {
    const { job } = await nextVisit({ version, deviceId: "OTHER" });
    expect(job()).toEqual({ kind: "idle" });
  });

  it.each(["cancel", "dismiss"] as const)("is forgotten after %s", async (how) => {
    const { job, restore, memory } = await nextVisit(remembered);
    restore[how]();
    expect(job()).toEqual({ kind: "idle" });
    expect(memory.read(alice.userId).interrupted).toBeNull();
  });

  it("is forgotten once it ended, was cancelled while it ran, or its backup is gone", async () => {
    const finished = await runningApp();
    finished.run.end({ kind: "completed", report: aReport() });
    await settle();
    expect(finished.memory.read(alice.userId).interrupted).toBeNull();

    const cancelled = await runningApp();
    cancelled.restore.cancel();
    await settle();
    expect(cancelled.memory.read(alice.userId).interrupted).toBeNull();

    const gone = await openApp();
    gone.live.keyBackup.backup = ok(null);
    gone.restore.start();
    await settle();
    expect(gone.job().kind).toBe("failed");
    expect(gone.memory.read(alice.userId).interrupted).toBeNull();

    const offlineNow = await runningApp();
    offlineNow.run.end({ kind: "failed", report: aReport(), error: offline });
    await settle();
    expect(offlineNow.memory.read(alice.userId).interrupted).toEqual(remembered);
  });
});

describe("running", () => {
  it("passes progress on a few times a second, not at every key", async () => {
    const { run, job, store } = await runningApp();
    let changes = 0;
    store.subscribe(
      (state) => state.restoreJob,
      () => changes++,
    );
    for (let key = 1; key <= 100; key++) {
      run.progress({ stage: "downloading", received: key, imported: key });
      await pass(10);
    }
    await pass(200);
    expect(job()).toMatchObject({ tally: { imported: 100 } });
    expect(changes).toBeLessThanOrEqual(7);
  });

  it("shows the time left as soon as it shows a rate, within two seconds of the first keys", async () => {
    const { run, job } = await runningApp();
    for (let key = 1; key <= 20; key++) {
      run.progress({ expected: 100, received: key, imported: key });
      await pass(100);
      const now = job();
      if (now.kind !== "running") throw new Error("not running");
      expect(now.secondsLeft === null).toBe(now.keysPerSecond === null);
    }
    expect(job()).toMatchObject({ keysPerSecond: expect.closeTo(10, 0) });
  });

  it("knows the rate and the time left after a while, and lets them sink in a stall", async () => {
    const { run, job } = await runningApp();
    for (let key = 1; key <= 50; key++) {
      run.progress({ expected: 100, received: key, imported: key });
      await pass(100);
    }
    await pass(1000);
    const moving = job();
    expect(moving).toMatchObject({ kind: "running" });
    if (moving.kind !== "running" || moving.keysPerSecond === null) throw new Error("no rate");
    expect(moving.keysPerSecond).toBeGreaterThan(7);
    expect(moving.keysPerSecond).toBeLessThan(11);
    expect(moving.secondsLeft).toBeGreaterThanOrEqual(4);
    expect(moving.secondsLeft).toBeLessThanOrEqual(8);
    await pass(120_000);
    expect(job()).toMatchObject({ kind: "running", secondsLeft: null });
  });
});

describe("the current room", () => {
  it("stands still for a second, to be read", async () => {
    const { run, job, store } = await runningApp();
    const rooms = new Set<string | null>();
    store.subscribe(
      (state) => state.restoreJob,
      (next) => {
        if (next.kind === "running") rooms.add(next.tally.currentRoomId);
      },
    );
    for (let key = 1; key <= 50; key++) {
      run.progress({ received: key, imported: key, currentRoomId: `!${key}:x` });
      await pass(100);
    }
    expect(job().kind).toBe("running");
    // Until there is a rate it is shown as it comes.
    expect(rooms.size).toBeLessThanOrEqual(15);
  });
});

describe("the speed that is remembered for the next estimate", () => {
  it("is that of the work, and is kept by a restore that found nothing to do", async () => {
    const { run, live, restore, store, memory } = await runningApp();
    for (let step = 1; step <= 30; step++) {
      run.progress({ expected: 30_000, received: step * 100, imported: step * 100 });
      await pass(100);
    }
    run.end({ kind: "completed", report: aReport({ received: 100, imported: 100 }) });
    await settle();
    const known = { keysPerSecond: expect.closeTo(1_000, -2) };
    expect(store.getState().lastRestore).toMatchObject(known);
    restore.start();
    await settle();
    const unchanged = aReport({ received: 100, already: 100, recalled: 100 });
    live.restore.last.end({ kind: "completed", report: unchanged });
    await settle();
    expect(memory.read(alice.userId).lastRestore).toMatchObject({ already: 100, ...known });
  });
});

describe("ending", () => {
  it("finished: shows the report, remembers the numbers and reads the counts again", async () => {
    const { run, job, live, store, memory } = await runningApp();
    const asked = live.keyBackup.asked.fetchBackupInfo;
    const report = aReport({ received: 98, imported: 90, already: 8 });
    run.end({ kind: "completed", report });
    await settle();
    expect(job()).toEqual({ kind: "finished", version, report });
    const remembered = { version, imported: 90, already: 8, failed: 0, missing: 2 };
    expect(store.getState().lastRestore).toMatchObject(remembered);
    expect(memory.read(alice.userId).lastRestore).toMatchObject(remembered);
    expect(live.keyBackup.asked.fetchBackupInfo).toBe(asked + 1);
  });

  it("failed: keeps the report and can be resumed; nothing is remembered as restored", async () => {
    const { run, job, live, restore, store } = await runningApp();
    const report = aReport({ received: 10, imported: 10 });
    run.end({ kind: "failed", report, error: offline });
    await settle();
    expect(job()).toEqual({ kind: "failed", version, report, error: offline });
    expect(store.getState().lastRestore).toBeNull();
    restore.resume();
    await settle();
    expect(job().kind).toBe("running");
    expect(live.restore.runs).toHaveLength(2);
  });

  it("an engine that throws is a failed job with the newest numbers", async () => {
    const { run, job } = await runningApp();
    run.progress({ received: 7, imported: 7 });
    run.fail(new RangeError("key material"));
    await settle();
    expect(job()).toMatchObject({
      kind: "failed",
      error: { kind: "unexpected", detail: "RangeError" },
      report: { tally: { imported: 7 } },
    });
  });
});

describe("stopping", () => {
  it("pause keeps the report; resume runs again", async () => {
    const { run, job, live, restore } = await runningApp();
    run.progress({ received: 30, imported: 30 });
    restore.pause();
    await settle();
    expect(job()).toMatchObject({ kind: "paused", report: { tally: { imported: 30 } } });
    restore.resume();
    await settle();
    expect(job().kind).toBe("running");
    expect(live.restore.runs).toHaveLength(2);
  });

  it("cancel ends the job, from running and from paused", async () => {
    const { job, restore } = await runningApp();
    restore.cancel();
    await settle();
    expect(job()).toEqual({ kind: "idle" });
    restore.start();
    await settle();
    restore.pause();
    await settle();
    restore.cancel();
    expect(job()).toEqual({ kind: "idle" });
  });

  it("before the engine began counts too", async () => {
    const { live, job, restore } = await openApp();
    const release = live.keyBackup.hold();
    restore.start();
    restore.pause();
    release();
    await settle();
    expect(job()).toMatchObject({ kind: "paused", version });
    expect(live.restore.runs).toEqual([]);
  });

  it("a restore that was complete all the same is said to be complete", async () => {
    const { run, job, restore } = await runningApp();
    const report = aReport({ received: 100, imported: 100 });
    run.end({ kind: "completed", report });
    restore.cancel();
    await settle();
    expect(job()).toEqual({ kind: "finished", version, report });
  });

  it("dismiss clears a report, and never a running job", async () => {
    const { run, job, restore } = await runningApp();
    restore.dismiss();
    expect(job().kind).toBe("running");
    run.end({ kind: "completed", report: aReport() });
    await settle();
    restore.dismiss();
    expect(job()).toEqual({ kind: "idle" });
  });
});
