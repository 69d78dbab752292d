import { describe, expect, it } from "vitest";
import { fail, ok } from "@/domain/result";
import { createActiveApp } from "@/testing/createTestApp";
import { aBackup, alice, backupVersion, offline } from "@/testing/facts";
import type { FakeLiveSession } from "@/testing/FakeLiveSession";
import { pass, settle, withFakeTime } from "@/testing/fakeTime";
import { queriesOf } from "./queries";

withFakeTime();

const v2 = backupVersion("2");
const elsewhere = aBackup({ version: v2, publicKey: "another key" });
const mismatch = ok({ signature: "trusted", key: "mismatch" } as const);
const absent = ok({ signature: "untrusted", key: "absent" } as const);

async function openApp(prepare?: (session: FakeLiveSession) => void) {
  const app = await createActiveApp(prepare);
  await settle();
  const reading = (name: "backup" | "activeVersion"): unknown =>
    app.queryClient.getQueryData(queriesOf(app.live)[name].queryKey);
  return { ...app, reading };
}

describe("polling the backup", () => {
  it("reads it at once, and again every thirty seconds", async () => {
    const { live, reading } = await openApp();
    expect(live.keyBackup.asked.fetchBackupInfo).toBeGreaterThan(0);
    const before = live.keyBackup.asked.fetchBackupInfo;
    live.keyBackup.backup = ok(aBackup({ count: 101 }));
    await pass(30_000);
    expect(live.keyBackup.asked.fetchBackupInfo).toBe(before + 1);
    expect(reading("backup")).toMatchObject({ status: "known", value: { count: 101 } });
  });

  it("shows a failed read at once beside the last value, and tries again soon", async () => {
    const { live, reading } = await openApp();
    live.keyBackup.backup = fail(offline);
    await pass(30_000);
    expect(reading("backup")).toMatchObject({
      status: "stale",
      value: { version: "1" },
      error: offline,
    });
    live.keyBackup.backup = ok(null);
    await pass(2_000);
    expect(reading("backup")).toMatchObject({ status: "known", value: null });
  });

  it("waits longer from failure to failure, thirty seconds at most", async () => {
    const { live, reading } = await openApp((session) => {
      session.keyBackup.backup = fail(offline);
    });
    expect(reading("backup")).toMatchObject({ status: "failed", error: offline });
    const at: number[] = [];
    const began = Date.now();
    let asked = live.keyBackup.asked.fetchBackupInfo;
    for (let second = 0; second < 150; second++) {
      await pass(1000);
      if (live.keyBackup.asked.fetchBackupInfo > asked) at.push((Date.now() - began) / 1000);
      asked = live.keyBackup.asked.fetchBackupInfo;
    }
    const gaps = at.map((time, index) => Math.round(time - (at[index - 1] ?? 0)));
    expect(gaps.slice(-2)).toEqual([30, 30]);
    expect(gaps[0]).toBeLessThanOrEqual(4);
    for (const [index, gap] of gaps.entries())
      expect(gap).toBeGreaterThanOrEqual(gaps[index - 1] ?? 0);
  });

  it("follows the server's wish to be asked less often", async () => {
    const { live } = await openApp();
    live.keyBackup.backup = fail({ kind: "rate_limited", retryAfterMs: 90_000 });
    await pass(30_000);
    const asked = live.keyBackup.asked.fetchBackupInfo;
    await pass(85_000);
    expect(live.keyBackup.asked.fetchBackupInfo).toBe(asked);
    await pass(10_000);
    expect(live.keyBackup.asked.fetchBackupInfo).toBe(asked + 1);
  });

  it("turns a port that throws into a failed read, without its message", async () => {
    const { reading } = await openApp((session) => {
      session.keyBackup.fetchBackupInfo = () => Promise.reject(new TypeError("a secret"));
    });
    expect(reading("backup")).toMatchObject({
      status: "failed",
      error: { kind: "unexpected", detail: "TypeError" },
    });
  });
});

describe("telling the SDK to look again", () => {
  it("does so once when upload is off though the backup may be used", async () => {
    const { live, store } = await openApp((session) => {
      session.keyBackup.activeVersion = ok(null);
      session.keyBackup.onRecheck = () => {
        session.keyBackup.activeVersion = ok(backupVersion("1"));
      };
    });
    expect(live.keyBackup.asked.recheck).toBe(1);
    await pass(120_000);
    expect(live.keyBackup.asked.recheck).toBe(1);
    expect(store.getState().rechecking).toBe(false);
  });

  it("never loops when it changes nothing", async () => {
    const { live } = await openApp((session) => {
      session.keyBackup.activeVersion = ok(null);
    });
    await pass(600_000);
    live.emit({ kind: "backup_status", enabled: false }, { kind: "identity_changed" });
    await pass(60_000);
    expect(live.keyBackup.asked.recheck).toBe(1);
  });

  it("says that it is doing so until the answer has been read", async () => {
    const { live, store } = await openApp();
    const release = live.keyBackup.hold();
    live.keyBackup.backup = ok(elsewhere);
    live.keyBackup.onRecheck = () => {
      live.keyBackup.activeVersion = ok(v2);
    };
    await pass(30_000);
    release();
    await settle();
    expect(live.keyBackup.asked.recheck).toBe(1);
    expect(store.getState().rechecking).toBe(false);
  });

  it("does so when the version changed elsewhere, and when the backup is gone", async () => {
    const { live } = await openApp();
    live.keyBackup.backup = ok(elsewhere);
    await pass(30_000);
    expect(live.keyBackup.asked.recheck).toBe(1);
    live.keyBackup.onRecheck = () => {
      live.keyBackup.activeVersion = ok(null);
    };
    live.keyBackup.backup = ok(null);
    await pass(30_000);
    expect(live.keyBackup.asked.recheck).toBe(2);
    await pass(300_000);
    expect(live.keyBackup.asked.recheck).toBe(2);
  });

  it("does nothing for a backup that may not be used: looking switches nothing on", async () => {
    const { live } = await openApp((session) => {
      session.keyBackup.activeVersion = ok(null);
      session.keyBackup.trust = absent;
    });
    await pass(60_000);
    expect(live.keyBackup.asked.recheck).toBe(0);
  });

  it("tries again with the next read of the backup after the recheck got no answer", async () => {
    const { live } = await openApp((session) => {
      session.keyBackup.activeVersion = ok(null);
      session.keyBackup.rechecked = fail(offline);
    });
    expect(live.keyBackup.asked.recheck).toBe(1);
    live.keyBackup.rechecked = ok(undefined);
    await pass(30_000);
    expect(live.keyBackup.asked.recheck).toBe(2);
    await pass(300_000);
    expect(live.keyBackup.asked.recheck).toBe(2);
  });

  it("tries again when somebody asks to check again", async () => {
    const { live, session } = await openApp((fake) => {
      fake.keyBackup.activeVersion = ok(null);
    });
    await session.checkAgain();
    await settle();
    expect(live.keyBackup.asked.recheck).toBe(2);
  });
});

describe("changes made elsewhere", () => {
  it("says nothing of the backup it sees first, and remembers it", async () => {
    const { store, memory } = await openApp();
    expect(store.getState().notice).toBeNull();
    expect(memory.read(alice.userId).seen).toMatchObject({ version: "1" });
  });

  it("notices a deleted backup, until it is dismissed", async () => {
    const { live, store, session, memory } = await openApp();
    live.keyBackup.backup = ok(null);
    await pass(30_000);
    expect(store.getState().notice).toMatchObject({
      kind: "disappeared",
      before: { version: "1", count: 100 },
    });
    expect(memory.read(alice.userId).seen).not.toBeNull();
    session.dismissNotice();
    await pass(30_000);
    expect(store.getState().notice).toBeNull();
    expect(memory.read(alice.userId).seen).toBeNull();
  });

  it("keeps a deletion that nobody accepted, whatever is there again, also over a reload", async () => {
    const { live, store, session, memory } = await openApp();
    live.keyBackup.backup = ok(null);
    await pass(30_000);
    expect(memory.read(alice.userId).seen).toMatchObject({ version: "1", wasGone: true });
    // Set up again on another device, with the same recovery key.
    live.keyBackup.backup = ok(aBackup({ version: v2 }));
    await pass(30_000);
    expect(store.getState().notice).toMatchObject({
      kind: "replaced",
      before: { version: "1" },
      now: { version: "2" },
      opened: true,
    });
    session.dismissNotice();
    await pass(30_000);
    expect(store.getState().notice).toBeNull();
    expect(memory.read(alice.userId).seen).not.toHaveProperty("wasGone");
  });

  it("forgets a deletion that the server only made up", async () => {
    const { live, store, memory } = await openApp();
    const there = live.keyBackup.backup;
    live.keyBackup.backup = ok(null);
    await pass(30_000);
    live.keyBackup.backup = there;
    await pass(30_000);
    expect(store.getState().notice).toBeNull();
    expect(memory.read(alice.userId).seen).not.toHaveProperty("wasGone");
  });

  it("tells of an older version that this device opens: the newer one was deleted", async () => {
    const { live, store, memory } = await openApp((fake) => {
      fake.keyBackup.backup = ok(aBackup({ version: v2 }));
      fake.keyBackup.activeVersion = ok(v2);
    });
    live.keyBackup.backup = ok(aBackup({ publicKey: "an older key" }));
    await pass(30_000);
    expect(store.getState().notice).toMatchObject({ kind: "rolled_back", opened: true });
    expect(memory.read(alice.userId).seen).toMatchObject({ version: "2" });
  });

  it("does not take a failed read for a deleted backup", async () => {
    const { live, store } = await openApp();
    live.keyBackup.backup = fail(offline);
    await pass(90_000);
    expect(store.getState().notice).toBeNull();
  });

  it("notices a replaced backup whose key is not here", async () => {
    const { live, store } = await openApp();
    live.keyBackup.backup = ok(elsewhere);
    live.keyBackup.trust = mismatch;
    await pass(30_000);
    expect(store.getState().notice).toMatchObject({
      kind: "replaced",
      before: { version: "1" },
      now: { version: "2", publicKey: "another key" },
    });
  });

  it("takes the notice back when the new backup's key is cached here", async () => {
    const { live, store, memory } = await openApp();
    live.keyBackup.backup = ok(elsewhere);
    live.keyBackup.trust = mismatch;
    await pass(30_000);
    live.keyBackup.trust = ok({ signature: "trusted", key: "match" });
    live.emit({ kind: "decryption_key_cached", version: v2 });
    await settle();
    expect(store.getState().notice).toBeNull();
    expect(memory.read(alice.userId).seen).toMatchObject({ version: "2" });
  });

  it("accepts what it told of, and nothing that came after it", async () => {
    const { live, store, session, memory } = await openApp();
    live.keyBackup.backup = ok(elsewhere);
    live.keyBackup.trust = mismatch;
    await pass(30_000);
    // A third one comes before anybody has read the notice anew.
    const third = aBackup({ version: backupVersion("3"), publicKey: "a third key" });
    live.keyBackup.backup = ok(third);
    session.dismissNotice();
    expect(memory.read(alice.userId).seen).toMatchObject({ version: "2", earlier: ["1"] });
    await pass(30_000);
    expect(store.getState().notice).toMatchObject({
      kind: "replaced",
      before: { version: "2" },
      now: { version: "3" },
    });
  });

  it("knows an older version that is back, and forgets the notice when the newer returns", async () => {
    const { live, store } = await openApp((fake) => {
      fake.keyBackup.backup = ok(aBackup({ version: v2 }));
      fake.keyBackup.activeVersion = ok(v2);
    });
    live.keyBackup.backup = ok(aBackup({ publicKey: "an older key" }));
    live.keyBackup.trust = mismatch;
    await pass(30_000);
    expect(store.getState().notice).toMatchObject({ kind: "rolled_back", now: { version: "1" } });
    live.keyBackup.backup = ok(aBackup({ version: v2 }));
    live.keyBackup.trust = ok({ signature: "trusted", key: "match" });
    await pass(30_000);
    expect(store.getState().notice).toBeNull();
  });

  it("says nothing of another count, and remembers it as what was last there", async () => {
    const { live, store, memory } = await openApp();
    live.keyBackup.backup = ok(aBackup({ count: 90, etag: "8" }));
    await pass(30_000);
    expect(store.getState().notice).toBeNull();
    expect(memory.read(alice.userId).seen).toMatchObject({ version: "1", count: 90 });
  });

  it("is not alarmed by a new version with the same key", async () => {
    const { live, store } = await openApp();
    live.keyBackup.backup = ok(aBackup({ version: v2 }));
    live.keyBackup.trust = absent;
    await pass(30_000);
    expect(store.getState().notice).toBeNull();
  });

  it("notices another key under the same version, and has the SDK look again once", async () => {
    const { live, store } = await openApp();
    live.keyBackup.backup = ok(aBackup({ publicKey: "another key" }));
    live.keyBackup.trust = mismatch;
    await pass(30_000);
    expect(store.getState().notice).toMatchObject({
      kind: "key_swapped",
      before: { version: "1" },
      now: { version: "1", publicKey: "another key" },
    });
    await pass(120_000);
    expect(live.keyBackup.asked.recheck).toBe(1);
  });

  it("remembers over a reload what it had seen", async () => {
    const { memory, live, session, gateway, store } = await openApp();
    expect(live.id).not.toBe("");
    memory.write(alice.userId, {
      seen: { version: backupVersion("0"), publicKey: "old", count: null, at: 0, earlier: [] },
    });
    gateway.onOpen = (next) => {
      next.keyBackup.trust = mismatch;
    };
    live.emit({ kind: "signed_out", soft: true });
    await settle();
    const { user } = live;
    await session.signIn({
      target: { baseUrl: user.homeserverUrl, host: "", discoveredFrom: null },
      username: user.userId,
      password: "pw",
    });
    await settle();
    gateway.session.emit({ kind: "sync", state: "live" });
    await settle();
    expect(store.getState().notice).toMatchObject({
      kind: "replaced",
      before: { version: "0" },
      now: { version: "1" },
    });
  });
});
