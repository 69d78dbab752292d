import { describe, expect, it } from "vitest";
import { fail, ok } from "@/domain/result";
import { createActiveApp } from "@/testing/createTestApp";
import { aBackup, backupVersion, offline } from "@/testing/facts";
import type { FakeLiveSession } from "@/testing/FakeLiveSession";
import { pass, settle, withFakeTime } from "@/testing/fakeTime";

withFakeTime();

const three = ok({ total: 103, backedUp: 100 });

async function openApp(prepare?: (session: FakeLiveSession) => void) {
  const app = await createActiveApp(prepare);
  await settle();
  const { keyBackup } = app.live;
  return { ...app, keyBackup, stalled: () => app.store.getState().uploadStalled };
}

const withThree = () =>
  openApp((session) => {
    session.keyBackup.roomKeys = three;
  });

describe("counting the room keys", () => {
  it("finds a key that arrived with the next poll, and then follows it closely", async () => {
    const { keyBackup } = await openApp();
    const counted = (): number => keyBackup.asked.countRoomKeys;
    let before = counted();
    await pass(30_000);
    expect(counted()).toBe(before + 1);
    keyBackup.roomKeys = three;
    await pass(30_000);
    before = counted();
    await pass(30_000);
    expect(counted()).toBe(before + 3);
    keyBackup.roomKeys = ok({ total: 103, backedUp: 103 });
    await pass(10_000);
    before = counted();
    await pass(30_000);
    expect(counted()).toBe(before + 1);
  });
});

describe("after something came by sync", () => {
  it("counts soon, and once for a burst", async () => {
    const { live, keyBackup } = await openApp();
    await pass(10_000);
    const before = keyBackup.asked.countRoomKeys;
    for (let event = 0; event < 10; event++) live.emit({ kind: "rooms_changed" });
    await pass(1_100);
    expect(keyBackup.asked.countRoomKeys).toBe(before + 1);
    for (let second = 0; second < 10; second++) {
      live.emit({ kind: "rooms_changed" });
      await pass(1_000);
    }
    expect(keyBackup.asked.countRoomKeys).toBeLessThanOrEqual(before + 3);
  });

  it("leaves a store that takes long to count to the poll", async () => {
    const { live, keyBackup } = await openApp((session) => {
      session.keyBackup.roomKeys = ok({ total: 60_000, backedUp: 60_000 });
    });
    const before = keyBackup.asked.countRoomKeys;
    live.emit({ kind: "rooms_changed" });
    await pass(60_000);
    expect(keyBackup.asked.countRoomKeys).toBe(before);
  });

  it("counts no more once the session is closed", async () => {
    const { live, keyBackup, session } = await openApp();
    live.emit({ kind: "rooms_changed" });
    await session.dispose();
    const before = keyBackup.asked.countRoomKeys;
    await pass(60_000);
    expect(keyBackup.asked.countRoomKeys).toBe(before);
  });
});

describe("an upload that does not get on", () => {
  it("is noticed after a minute, though the SDK says nothing", async () => {
    const { stalled } = await withThree();
    await pass(55_000);
    expect(stalled()).toBe(false);
    await pass(15_000);
    expect(stalled()).toBe(true);
  });

  it("is noticed also while more keys arrive", async () => {
    const { keyBackup, stalled } = await withThree();
    for (let more = 1; more <= 7; more++) {
      keyBackup.roomKeys = ok({ total: 103 + more, backedUp: 100 });
      await pass(10_000);
    }
    expect(stalled()).toBe(true);
  });

  it("is over with the first key that is taken", async () => {
    const { keyBackup, stalled } = await withThree();
    await pass(70_000);
    keyBackup.roomKeys = ok({ total: 103, backedUp: 101 });
    await pass(10_000);
    expect(stalled()).toBe(false);
    await pass(70_000);
    expect(stalled()).toBe(true);
    keyBackup.roomKeys = ok({ total: 103, backedUp: 103 });
    await pass(10_000);
    expect(stalled()).toBe(false);
  });

  it("is over with a report of the upload, which tells only of what was taken", async () => {
    const { live, stalled } = await withThree();
    await pass(70_000);
    expect(stalled()).toBe(true);
    live.emit({ kind: "upload_remaining", count: 3 });
    expect(stalled()).toBe(false);
  });

  it("is over when the upload is switched off, which is another failure", async () => {
    const { live, keyBackup, stalled } = await withThree();
    await pass(70_000);
    keyBackup.activeVersion = ok(null);
    live.emit({ kind: "backup_status", enabled: false });
    await settle();
    expect(stalled()).toBe(false);
  });

  it("goes by the version: another one starts anew", async () => {
    const { live, keyBackup, stalled } = await withThree();
    await pass(50_000);
    keyBackup.activeVersion = ok(backupVersion("2"));
    live.emit({ kind: "backup_status", enabled: true });
    await pass(30_000);
    expect(stalled()).toBe(false);
  });
});

describe("an upload that is not blamed", () => {
  it("one that gets on, however slowly", async () => {
    const { keyBackup, stalled } = await withThree();
    for (let taken = 0; taken < 8; taken++) {
      keyBackup.roomKeys = ok({ total: 200, backedUp: 100 + taken });
      await pass(50_000);
      expect(stalled()).toBe(false);
    }
  });

  it("one without a connection; the minute begins when it is back", async () => {
    const { live, stalled } = await withThree();
    await pass(30_000);
    live.emit({ kind: "sync", state: "offline" });
    await pass(300_000);
    live.emit({ kind: "sync", state: "live" });
    await pass(50_000);
    expect(stalled()).toBe(false);
    await pass(30_000);
    expect(stalled()).toBe(true);
    live.emit({ kind: "sync", state: "offline" });
    expect(stalled()).toBe(true);
  });

  it("one that nobody could count meanwhile", async () => {
    const { keyBackup, stalled } = await withThree();
    await pass(20_000);
    keyBackup.roomKeys = fail(offline);
    await pass(300_000);
    expect(stalled()).toBe(false);
    keyBackup.roomKeys = three;
    await pass(40_000);
    expect(stalled()).toBe(false);
  });

  it("one of a session that has been closed", async () => {
    const { session, store } = await withThree();
    await pass(30_000);
    await session.dispose();
    await pass(300_000);
    expect(store.getState().uploadStalled).toBe(false);
  });
});

describe("an upload of which nothing is seen", () => {
  it("is started again once, and named when that does not help", async () => {
    const { live, stalled } = await withThree();
    await pass(25_000);
    expect(live.upload.restarts).toBe(0);
    await pass(15_000);
    expect(live.upload.restarts).toBe(1);
    expect(stalled()).toBe(false);
    await pass(300_000);
    expect(live.upload.restarts).toBe(1);
    expect(stalled()).toBe(true);
  });

  it("is started again once more after it had gone on", async () => {
    const { live, keyBackup } = await withThree();
    await pass(45_000);
    keyBackup.roomKeys = ok({ total: 103, backedUp: 102 });
    await pass(45_000);
    expect(live.upload.restarts).toBe(2);
  });

  it("is left alone while it is seen to try", async () => {
    const { live, stalled } = await withThree();
    const problem = { status: 500, code: null };
    for (let second = 0; second < 100; second += 10) {
      const at = Date.now();
      live.emit(
        { kind: "upload_attempt", attempt: { kind: "sending", at, after: null } },
        {
          kind: "upload_attempt",
          attempt: { kind: "failed", at, problem, nextTryAt: at + 10_000 },
        },
      );
      await pass(10_000);
    }
    expect(live.upload.restarts).toBe(0);
    expect(stalled()).toBe(true);
  });

  it("is left alone where it is off, or nothing waits", async () => {
    const { live } = await openApp((session) => {
      session.keyBackup.roomKeys = three;
      session.keyBackup.activeVersion = ok(null);
      session.keyBackup.trust = ok({ signature: "untrusted", key: "absent" });
    });
    await pass(120_000);
    expect(live.upload.restarts).toBe(0);
  });
});

describe("the most that waited", () => {
  it("is what is counted from, until nothing waits", async () => {
    const { keyBackup, store } = await withThree();
    expect(store.getState().uploadPeak).toBe(3);
    keyBackup.roomKeys = ok({ total: 110, backedUp: 100 });
    await pass(10_000);
    keyBackup.roomKeys = ok({ total: 110, backedUp: 106 });
    await pass(10_000);
    expect(store.getState().uploadPeak).toBe(10);
    keyBackup.roomKeys = ok({ total: 110, backedUp: 110 });
    await pass(10_000);
    expect(store.getState().uploadPeak).toBeNull();
  });
});

describe("a server that counts fewer keys than it was given", () => {
  const ninetyNine = ok(aBackup({ count: 99 }));

  it("is named only when a later read still says so, and no longer once it does not", async () => {
    const { keyBackup, store } = await openApp((session) => {
      session.keyBackup.backup = ninetyNine;
    });
    await pass(15_000);
    expect(store.getState().serverShort).toBe(false);
    await pass(30_000);
    expect(store.getState().serverShort).toBe(true);
    keyBackup.backup = ok(aBackup());
    await pass(30_000);
    expect(store.getState().serverShort).toBe(false);
  });

  it("is not blamed for keys that are on their way", async () => {
    const { store } = await openApp((session) => {
      session.keyBackup.backup = ninetyNine;
      session.keyBackup.roomKeys = ok({ total: 100, backedUp: 99 });
    });
    await pass(120_000);
    expect(store.getState().serverShort).toBe(false);
  });
});
