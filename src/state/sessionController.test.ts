import { describe, expect, it, vi } from "vitest";
import type { AppError } from "@/domain/errors";
import type { LastRestore } from "@/domain/restoreJob";
import { fail, ok } from "@/domain/result";
import { createTestApp, type TestApp } from "@/testing/createTestApp";
import { alice, aBackup, aReport, backupVersion, offline } from "@/testing/facts";
import { FakeGateway } from "@/testing/FakeGateway";
import { settle, withFakeTime } from "@/testing/fakeTime";
import { attachSession, type AttachSession } from "./attachSession";
import { createAppServices } from "./createAppServices";
import { createMemory } from "./memory";
import type { SessionDeps } from "./sessionDeps";

withFakeTime();

function servicesWith(deps: Pick<SessionDeps, "gateway"> & Partial<SessionDeps>) {
  return createAppServices({
    attachSession: () => Promise.resolve(attachSession),
    lock: createTestApp().lock,
    memory: createMemory(null),
    wakeUps: () => () => undefined,
    leaveFor: () => undefined,
    ...deps,
  });
}

const request = {
  target: {
    baseUrl: "https://matrix.example.org",
    host: "matrix.example.org",
    discoveredFrom: null,
  },
  username: "@alice:example.org",
  password: "correct horse",
};
const aRestore: LastRestore = {
  version: backupVersion("1"),
  at: 1,
  imported: 5,
  already: 0,
  failed: 0,
  missing: 0,
  keysPerSecond: null,
};
const wrongPassword: AppError = { kind: "wrong_password" };
const softLogout: AppError = { kind: "signed_out", soft: true };
const hardLogout: AppError = { kind: "signed_out", soft: false };

async function started(app: TestApp): Promise<TestApp> {
  app.session.start();
  await settle();
  return app;
}

const activeApp = (): Promise<TestApp> => started(createTestApp(alice));
const kind = ({ store }: TestApp): string => store.getState().phase.kind;
const phaseOf = ({ store }: TestApp): unknown => store.getState().phase;

describe("at the start", () => {
  it("is signed out when nothing is stored", async () => {
    const app = await started(createTestApp());
    expect(phaseOf(app)).toEqual({ kind: "signed_out", reason: null });
  });

  it("says so when what was stored has been cleared by the browser, until it is signed in again", async () => {
    const app = await activeApp();
    await app.session.dispose();
    const next = createTestApp(null, app.storage);
    await started(next);
    expect(phaseOf(next)).toEqual({ kind: "signed_out", reason: "evicted" });
    await next.session.signIn(request);
    await settle();
    expect(next.memory.readDevice()?.deviceId).toBe("NEWDEVICE");
    await next.session.signOut();
    expect(phaseOf(await started(createTestApp(null, app.storage)))).toMatchObject({
      reason: null,
    });
  });

  it("opens what is stored, and goes through every phase on the way", async () => {
    const app = createTestApp(alice);
    const phases: string[] = [];
    app.store.subscribe(
      (state) => state.phase.kind,
      (phase) => phases.push(phase),
    );
    await started(app);
    expect(phases).toEqual(["opening", "active"]);
    expect(phaseOf(app)).toEqual({
      kind: "active",
      user: alice,
      sessionId: app.gateway.session.id,
    });
    expect(app.session.liveSession()?.id).toBe(app.gateway.session.id);
  });

  it("starts once, however often it is told to", async () => {
    const app = createTestApp(alice);
    app.session.start();
    app.session.start();
    await settle();
    app.session.start();
    await settle();
    expect(app.gateway.sessions).toHaveLength(1);
  });

  it("says what failed when the stored session cannot be read, and tries again when asked", async () => {
    const app = createTestApp(alice);
    app.gateway.readError = { kind: "storage", reason: "blocked" };
    await started(app);
    expect(phaseOf(app)).toEqual({ kind: "failed", user: null, error: app.gateway.readError });
    app.gateway.readError = null;
    app.session.retryOpen();
    await settle();
    expect(kind(app)).toBe("active");
  });

  it("says what failed when the session does not open, and tries again when asked", async () => {
    const app = createTestApp(alice);
    app.gateway.openError = { kind: "crypto_unavailable", detail: "wasm" };
    await started(app);
    expect(phaseOf(app)).toEqual({ kind: "failed", user: alice, error: app.gateway.openError });
    app.gateway.openError = null;
    app.session.retryOpen();
    await settle();
    expect(kind(app)).toBe("active");
  });

  it("loads the app's other part again after it did not arrive", async () => {
    const load = vi.fn<() => Promise<FakeGateway>>();
    load.mockRejectedValueOnce(new TypeError("Failed to fetch dynamically imported module"));
    load.mockResolvedValue(new FakeGateway());
    const { store, session } = servicesWith({ gateway: load });
    session.start();
    await settle();
    expect(store.getState().phase).toMatchObject({
      kind: "failed",
      error: { kind: "part_missing" },
    });
    session.retryOpen();
    await settle();
    expect(store.getState().phase).toEqual({ kind: "signed_out", reason: null });
    expect(load).toHaveBeenCalledTimes(2);
  });

  it("opens the session once what belongs to it has arrived, too", async () => {
    const app = createTestApp(alice);
    const load = vi.fn<() => Promise<AttachSession>>();
    load.mockRejectedValueOnce(new TypeError("Failed to fetch dynamically imported module"));
    load.mockResolvedValue(attachSession);
    const { store, session } = servicesWith({
      gateway: () => Promise.resolve(app.gateway),
      attachSession: load,
    });
    session.start();
    await settle();
    expect(store.getState().phase).toMatchObject({
      kind: "failed",
      error: { kind: "part_missing" },
    });
    expect(app.gateway.sessions).toEqual([]);
    session.retryOpen();
    await settle();
    expect(store.getState().phase).toMatchObject({ kind: "active", user: alice });
  });

  it("does not stay on a spinner when opening throws", async () => {
    const app = createTestApp(alice);
    app.gateway.onOpen = () => {
      throw new RangeError("secret detail");
    };
    await started(app);
    expect(phaseOf(app)).toEqual({
      kind: "failed",
      user: alice,
      error: { kind: "unexpected", detail: "RangeError" },
    });
  });
});

describe("signing in", () => {
  it("opens the new session", async () => {
    const app = await started(createTestApp());
    expect(await app.session.signIn(request)).toMatchObject({ ok: true });
    await settle();
    expect(kind(app)).toBe("active");
    expect(app.gateway.signIns).toEqual([request]);
  });

  it("stays on the form with the error when it is refused", async () => {
    const app = await started(createTestApp());
    app.gateway.signInError = wrongPassword;
    expect(await app.session.signIn(request)).toEqual(fail(wrongPassword));
    expect(kind(app)).toBe("signed_out");
  });

  it("signs in once for a double click", async () => {
    const app = await started(createTestApp());
    const results = await Promise.all([app.session.signIn(request), app.session.signIn(request)]);
    expect(results.map((result) => result.ok)).toEqual([true, true]);
    await settle();
    expect(app.gateway.signIns).toHaveLength(1);
    expect(app.gateway.sessions).toHaveLength(1);
  });

  it("is refused while a session is open", async () => {
    const app = await activeApp();
    expect(await app.session.signIn(request)).toEqual(fail({ kind: "closed" }));
    expect(app.gateway.signIns).toEqual([]);
  });

  it("passes the search for a homeserver on", async () => {
    const app = await started(createTestApp());
    expect(await app.session.findHomeserver({ homeserver: "x", username: "" })).toBe(
      app.gateway.found,
    );
  });
});

describe("signing out", () => {
  it("keeps when the key was tested, for this user, until the person leaves", async () => {
    const app = await activeApp();
    const test = { at: 5, version: backupVersion("1"), result: "works", against: null } as const;
    app.session.rememberKeyTest(test);
    expect(app.store.getState().lastKeyTest).toEqual(test);
    expect(app.memory.read(alice.userId).lastKeyTest).toEqual(test);
    await app.session.signOut();
    expect(app.store.getState().lastKeyTest).toBeNull();
    app.session.rememberKeyTest(test);
    expect(app.memory.read(alice.userId).lastKeyTest).toBeNull();
    expect(app.store.getState().lastKeyTest).toBeNull();
  });

  it("ends the session on the server and forgets what it left in this browser", async () => {
    const app = await activeApp();
    const live = app.gateway.session;
    expect(app.memory.read(alice.userId).seen).toBeNull();
    live.emit({ kind: "sync", state: "live" });
    await settle();
    expect(app.memory.read(alice.userId).seen).not.toBeNull();
    expect(await app.session.signOut()).toEqual(ok(undefined));
    expect(phaseOf(app)).toEqual({ kind: "signed_out", reason: "by_choice" });
    expect(live.log).toEqual(["signOut"]);
    expect(live.listeners).toBe(0);
    expect(app.memory.read(alice.userId)).toEqual({
      seen: null,
      lastRestore: null,
      interrupted: null,
      lastKeyTest: null,
      proven: null,
      signedInAt: null,
    });
    expect(
      app.queryClient
        .getQueryCache()
        .getAll()
        .filter((q) => q.queryKey[1] === live.id),
    ).toEqual([]);
    expect(app.session.liveSession()).toBeNull();
  });

  it("is done here also when the server could not be told, and says so", async () => {
    const app = await activeApp();
    app.gateway.session.signedOut = fail(offline);
    expect(await app.session.signOut()).toEqual(fail(offline));
    expect(phaseOf(app)).toEqual({ kind: "signed_out", reason: "local_only" });
  });

  it("never says that everything was removed while something is left, and tries again", async () => {
    const app = await activeApp();
    const blocked: AppError = { kind: "storage", reason: "blocked" };
    app.gateway.session.signedOut = fail(blocked);
    app.gateway.forgetError = blocked;
    expect(await app.session.signOut()).toEqual(fail(blocked));
    const failed = { kind: "failed", user: alice, error: blocked, leaving: "by_choice" };
    expect(phaseOf(app)).toEqual(failed);
    expect(app.session.liveSession()).toBeNull();
    app.session.retryOpen();
    await settle();
    expect(phaseOf(app)).toEqual(failed);
    app.gateway.forgetError = null;
    app.session.retryOpen();
    await settle();
    expect(phaseOf(app)).toEqual({ kind: "signed_out", reason: "by_choice" });
    expect(app.gateway.stored).toBeNull();
    expect(app.gateway.sessions).toHaveLength(1);
  });

  it("says both when the server could not be told and something is left", async () => {
    const app = await activeApp();
    app.gateway.session.signedOut = fail(offline);
    app.gateway.forgetError = { kind: "storage", reason: "blocked" };
    await app.session.signOut();
    expect(phaseOf(app)).toMatchObject({ kind: "failed", error: { kind: "storage" } });
    app.gateway.forgetError = null;
    await app.session.forget();
    expect(phaseOf(app)).toEqual({ kind: "signed_out", reason: "local_only" });
  });

  it("happens once for a double click", async () => {
    const app = await activeApp();
    await Promise.all([app.session.signOut(), app.session.signOut()]);
    expect(app.gateway.session.log).toEqual(["signOut"]);
  });

  it("stops a running restore first", async () => {
    const app = await activeApp();
    const live = app.gateway.session;
    app.restore.start();
    await settle();
    const { signal } = live.restore.last;
    await app.session.signOut();
    expect(signal.aborted).toBe(true);
    expect(app.store.getState().restoreJob).toEqual({ kind: "idle" });
  });
});

describe("when the server ends the session", () => {
  it("softly: keeps the store, asks for the password and reopens the same device", async () => {
    const app = await activeApp();
    const first = app.gateway.session;
    first.emit({ kind: "signed_out", soft: true }, { kind: "signed_out", soft: true });
    await settle();
    expect(phaseOf(app)).toEqual({ kind: "expired", user: alice });
    expect(first.log).toEqual(["close"]);
    expect(app.gateway.stored).toEqual(alice);

    const other = {
      ...request,
      username: "@mallory:evil.example",
      target: { ...request.target, baseUrl: "https://evil.example" },
    };
    await app.session.signIn(other);
    await settle();
    expect(app.gateway.signIns).toMatchObject([
      {
        username: alice.userId,
        deviceId: alice.deviceId,
        target: { baseUrl: alice.homeserverUrl },
      },
    ]);
    expect(phaseOf(app)).toMatchObject({ kind: "active", user: alice });
    expect(app.gateway.session).not.toBe(first);
  });

  it("softly, in mid-restore: the job is paused and can be resumed afterwards", async () => {
    const app = await activeApp();
    app.restore.start();
    await settle();
    app.gateway.session.emit({ kind: "signed_out", soft: true });
    await settle();
    expect(app.store.getState().restoreJob.kind).toBe("paused");
    await app.session.signIn(request);
    await settle();
    app.restore.resume();
    await settle();
    expect(app.gateway.session.restore.runs).toHaveLength(1);
  });

  it("for good: closes, notes it, and removes nothing", async () => {
    const app = await activeApp();
    const live = app.gateway.session;
    app.memory.write(alice.userId, { lastRestore: aRestore });
    live.emit({ kind: "signed_out", soft: false }, { kind: "signed_out", soft: false });
    await settle();
    expect(phaseOf(app)).toEqual({ kind: "ended", user: alice });
    expect(live.log).toEqual(["close"]);
    expect(app.gateway).toMatchObject({ stored: alice, ended: true });
    expect(app.memory.read(alice.userId).lastRestore).toEqual(aRestore);
  });

  it("for good: a new device of the same user follows, of which no restore is told", async () => {
    const app = await activeApp();
    app.memory.write(alice.userId, { lastRestore: aRestore });
    app.restore.start();
    await settle();
    app.gateway.session.emit({ kind: "signed_out", soft: false });
    await settle();
    const typed = { ...request, username: "@mallory:evil.example" };
    await app.session.signIn({ ...typed, target: { ...typed.target, baseUrl: "https://evil" } });
    await settle();
    expect(app.gateway.signIns).toEqual([
      {
        username: alice.userId,
        target: { ...request.target, baseUrl: alice.homeserverUrl },
        password: request.password,
      },
    ]);
    expect(app.gateway.endedDevices).toEqual([alice.deviceId]);
    expect(phaseOf(app)).toMatchObject({ kind: "active", user: { deviceId: "NEWDEVICE" } });
    expect(app.store.getState()).toMatchObject({ restoreJob: { kind: "idle" }, lastRestore: null });
  });

  it("for good, and a reload: shown at once, without trying the dead session", async () => {
    const app = createTestApp(alice);
    app.gateway.ended = true;
    await started(app);
    expect(phaseOf(app)).toEqual({ kind: "ended", user: alice });
    expect(app.gateway.sessions).toEqual([]);
  });

  it("for good, and a wrong password: stays, with everything kept", async () => {
    const app = createTestApp(alice);
    app.gateway.ended = true;
    app.gateway.signInError = wrongPassword;
    await started(app);
    expect(await app.session.signIn(request)).toEqual(fail(wrongPassword));
    expect(phaseOf(app)).toEqual({ kind: "ended", user: alice });
    expect(app.gateway).toMatchObject({ stored: alice, ended: true });
  });

  it("for good, and it cannot be noted: nothing is signed in over it", async () => {
    const app = await activeApp();
    app.gateway.markError = { kind: "storage", reason: "blocked" };
    app.gateway.session.emit({ kind: "signed_out", soft: false });
    await settle();
    expect(kind(app)).toBe("ended");
    expect(await app.session.signIn(request)).toEqual(fail(app.gateway.markError));
    expect(app.gateway.signIns).toEqual([]);
    app.gateway.markError = null;
    expect(await app.session.signIn(request)).toMatchObject({ ok: true });
    await settle();
    expect(app.gateway.endedDevices).toEqual([alice.deviceId]);
  });

  it("for good: removes what is stored only when the person says so", async () => {
    const app = createTestApp(alice);
    app.gateway.ended = true;
    await started(app);
    await app.session.forget();
    expect(phaseOf(app)).toEqual({ kind: "signed_out", reason: "by_choice" });
    expect(app.gateway.stored).toBeNull();
  });

  it.each([
    [softLogout, "expired"],
    [hardLogout, "ended"],
  ])("already while opening: %o", async (error, phase) => {
    const app = createTestApp(alice);
    app.gateway.openError = error;
    await started(app);
    expect(kind(app)).toBe(phase);
  });

  it("opens the next session only after the last one has closed", async () => {
    const app = await activeApp();
    const first = app.gateway.session;
    const closed = Promise.withResolvers<void>();
    first.close = () => closed.promise;
    first.emit({ kind: "signed_out", soft: true });
    void app.session.signIn(request);
    await settle();
    expect(app.gateway.sessions).toHaveLength(1);
    closed.resolve();
    await settle();
    expect(app.gateway.sessions).toHaveLength(2);
    expect(kind(app)).toBe("active");
  });
});

describe("two tabs", () => {
  it("the second one is locked, and touches nothing", async () => {
    const app = createTestApp(alice);
    app.lock.heldElsewhere = true;
    await started(app);
    expect(phaseOf(app)).toEqual({ kind: "locked", takenOver: false });
    expect(app.gateway.sessions).toEqual([]);
  });

  it("`Use here` takes the session over", async () => {
    const app = createTestApp(alice);
    app.lock.heldElsewhere = true;
    await started(app);
    app.session.takeOver();
    await settle();
    expect(kind(app)).toBe("active");
  });

  it("stays locked when the other tab does not answer", async () => {
    const app = createTestApp(alice);
    app.lock.heldElsewhere = true;
    app.lock.frozenElsewhere = true;
    await started(app);
    app.session.takeOver();
    await settle();
    expect(phaseOf(app)).toEqual({ kind: "locked", takenOver: false });
  });

  it("the first one closes its session and its restore before it gives the lock up", async () => {
    const app = await activeApp();
    const live = app.gateway.session;
    app.restore.start();
    await settle();
    await app.lock.giveToAnotherTab();
    expect(live.restore.last.signal.aborted).toBe(true);
    expect(live.log).toEqual(["close"]);
    expect(phaseOf(app)).toEqual({ kind: "locked", takenOver: true });
    expect(app.gateway.stored).toEqual(alice);
  });

  it("the second one is told what goes on in the first, for as long as it waits", async () => {
    const first = await activeApp();
    const second = createTestApp(alice);
    second.lock.heldElsewhere = true;
    await started(second);
    expect(second.store.getState().otherTab).toEqual({ kind: "silent" });
    const tell = (): void => second.lock.tell({ kind: "held", status: first.lock.describeHere() });
    tell();
    expect(second.store.getState().otherTab).toEqual({
      kind: "answering",
      userId: alice.userId,
      restore: null,
    });
    first.restore.start();
    await settle();
    tell();
    expect(second.store.getState().otherTab).toMatchObject({ restore: { done: 0 } });
    for (const status of [null, 7, []]) {
      second.lock.tell({ kind: "held", status });
      expect(second.store.getState().otherTab).toEqual({ kind: "silent" });
    }
    second.lock.tell({ kind: "free" });
    expect(second.store.getState().otherTab).toEqual({ kind: "gone" });
    second.session.takeOver();
    await settle();
    expect(second.lock.watchers).toBe(0);
    expect(first.lock.watchers).toBe(0);
  });

  it("a restore that ran in the first goes on by itself in the second, and once only", async () => {
    const first = await activeApp();
    first.gateway.session.emit({ kind: "sync", state: "live" });
    first.gateway.session.keyBackup.backup = ok(aBackup());
    await first.session.checkAgain();
    first.restore.start();
    await settle();
    expect(first.store.getState().restoreJob.kind).toBe("running");
    await first.lock.giveToAnotherTab();
    const second = createTestApp(alice, first.storage);
    second.gateway.onOpen = ({ keyBackup }) => {
      keyBackup.backup = ok(aBackup());
    };
    await started(second);
    expect(second.store.getState().restoreJob).toMatchObject({ kind: "running", resumed: true });
    expect(second.memory.read(alice.userId).interrupted).not.toHaveProperty("handedOver");
  });

  it("a restore that was paused in the first waits in the second", async () => {
    const first = await activeApp();
    first.gateway.session.keyBackup.backup = ok(aBackup());
    await first.session.checkAgain();
    first.restore.start();
    await settle();
    first.restore.pause();
    await settle();
    await first.lock.giveToAnotherTab();
    const second = await started(createTestApp(alice, first.storage));
    expect(second.store.getState().restoreJob.kind).toBe("interrupted");
  });

  it("the first one says nothing of its restore while it waits, and reads what became of it when it is back", async () => {
    const first = await activeApp();
    first.gateway.session.keyBackup.backup = ok(aBackup());
    await first.session.checkAgain();
    first.restore.start();
    await settle();
    const giving = first.lock.giveToAnotherTab();
    // Also while it stops: what goes on is the other tab's to tell.
    expect(first.store.getState().restoreJob).toEqual({ kind: "idle" });
    await giving;
    expect(first.store.getState().restoreJob).toEqual({ kind: "idle" });

    const second = createTestApp(alice, first.storage);
    second.gateway.onOpen = ({ keyBackup }) => {
      keyBackup.backup = ok(aBackup());
    };
    await started(second);
    const report = aReport({ received: 100, imported: 100 });
    second.gateway.session.restore.last.end({ kind: "completed", report });
    await settle();
    await second.lock.giveToAnotherTab();
    first.session.takeOver();
    await settle();
    expect(kind(first)).toBe("active");
    expect(first.store.getState().restoreJob).toEqual({ kind: "idle" });
    expect(first.store.getState().lastRestore).toEqual(
      second.memory.read(alice.userId).lastRestore,
    );
    expect(first.store.getState().lastRestore).not.toBeNull();
  });

  it.each(["pause", "cancel"] as const)(
    "a restore that is just being stopped (%s) does not go on by itself in the other",
    async (how) => {
      const first = await activeApp();
      first.gateway.session.keyBackup.backup = ok(aBackup());
      await first.session.checkAgain();
      first.restore.start();
      await settle();
      first.restore[how]();
      await first.lock.giveToAnotherTab();
      const { interrupted } = first.memory.read(alice.userId);
      if (how === "cancel") expect(interrupted).toBeNull();
      else expect(interrupted).toEqual({ version: "1", deviceId: alice.deviceId });
    },
  );

  it("a session still opening is closed before the lock is given up", async () => {
    const app = createTestApp(alice);
    const release = app.gateway.hold();
    await started(app);
    expect(kind(app)).toBe("opening");
    let given = false;
    const giving = app.lock.giveToAnotherTab().then(() => {
      given = true;
    });
    await settle();
    expect(given).toBe(false);
    release();
    await giving;
    expect(app.gateway.session.log).toEqual(["close"]);
    expect(phaseOf(app)).toEqual({ kind: "locked", takenOver: true });
  });

  it("an unlock and a set-up under way are ended before the lock is given up", async () => {
    const app = await activeApp();
    const live = app.gateway.session;
    const unlocking = Promise.withResolvers<Awaited<ReturnType<typeof live.keyBackup.unlock>>>();
    const settingUp = Promise.withResolvers<Awaited<ReturnType<typeof live.setUp.run>>>();
    live.keyBackup.unlock = () => unlocking.promise;
    live.setUp.run = () => settingUp.promise;
    const session = app.session.liveSession();
    const key = live.setUp.generateRecoveryKey();
    void session?.keyBackup.unlock(key);
    void session?.setUp.run(key, { onStep: () => {}, askPassword: () => Promise.resolve(null) });
    let given = false;
    const giving = app.lock.giveToAnotherTab().then(() => {
      given = true;
    });
    await settle();
    unlocking.resolve(fail({ kind: "closed" }));
    await settle();
    expect(given).toBe(false);
    settingUp.resolve(fail({ kind: "closed" }));
    await giving;
  });

  it("a sign-in under way is ended before the lock is given up, and opens nothing here", async () => {
    const app = await started(createTestApp());
    const release = app.gateway.hold();
    void app.session.signIn(request);
    const giving = app.lock.giveToAnotherTab();
    release();
    await giving;
    expect(app.gateway.sessions).toEqual([]);
    expect(kind(app)).toBe("locked");
  });
});

describe("waking from a sleep", () => {
  it("reads again what others may have changed, once for all signs of one waking", async () => {
    const app = await activeApp();
    const { keyBackup } = app.gateway.session;
    keyBackup.backup = ok(aBackup());
    app.gateway.session.emit({ kind: "sync", state: "live" });
    await settle();
    const before = keyBackup.asked.fetchBackupInfo;
    app.wakeUp();
    app.wakeUp();
    await settle();
    expect(keyBackup.asked.fetchBackupInfo).toBe(before + 1);
    await app.session.signOut();
    app.wakeUp();
    await settle();
    expect(keyBackup.asked.fetchBackupInfo).toBe(before + 1);
  });
});

describe("leaving", () => {
  it("forget closes the session and removes what is stored", async () => {
    const app = await activeApp();
    await app.session.forget();
    expect(app.gateway.session.log).toEqual(["close"]);
    expect(app.gateway.stored).toBeNull();
    expect(phaseOf(app)).toEqual({ kind: "signed_out", reason: "by_choice" });
  });

  const lost: AppError = { kind: "storage", reason: "lost" };

  it.each([
    [null, "by_choice"],
    [offline, "local_only"],
  ] as const)(
    "a session that could not be opened is ended on the server (%o), and removed in any case",
    async (endError, reason) => {
      const app = createTestApp(alice);
      app.gateway.openError = lost;
      app.gateway.endError = endError;
      await started(app);
      const release = app.gateway.hold();
      const leaving = app.session.signOut();
      await settle();
      // What it is told with is kept until it was told.
      expect(phaseOf(app)).toEqual({ kind: "starting", leaving: true });
      expect(app.gateway.stored).toEqual(alice);
      release();
      expect(await leaving).toEqual(ok(undefined));
      expect(phaseOf(app)).toEqual({ kind: "signed_out", reason });
      expect(app.gateway.stored).toBeNull();
      expect(app.gateway.ends).toBe(1);
    },
  );

  it("tells the server once, also when the removal has to be tried again", async () => {
    const app = createTestApp(alice);
    app.gateway.openError = lost;
    app.gateway.forgetError = { kind: "storage", reason: "blocked" };
    await started(app);
    await app.session.forget();
    expect(phaseOf(app)).toMatchObject({ kind: "failed", leaving: "by_choice" });
    app.gateway.forgetError = null;
    app.session.retryOpen();
    await settle();
    expect(phaseOf(app)).toEqual({ kind: "signed_out", reason: "by_choice" });
    expect(app.gateway.ends).toBe(1);
  });

  it.each([
    [softLogout, "local_only"],
    [hardLogout, "by_choice"],
  ] as const)("tells nobody with a token that is dead: %o", async (error, reason) => {
    const app = createTestApp(alice);
    app.gateway.openError = error;
    await started(app);
    await app.session.forget();
    expect(phaseOf(app)).toEqual({ kind: "signed_out", reason });
    expect(app.gateway.ends).toBe(0);
  });

  it("forget says when it could not remove everything", async () => {
    const app = await activeApp();
    app.gateway.forgetError = { kind: "storage", reason: "blocked" };
    await app.session.forget();
    expect(phaseOf(app)).toEqual({
      kind: "failed",
      user: alice,
      error: app.gateway.forgetError,
      leaving: "by_choice",
    });
  });

  it("start over leads to the form without removing anything, only where no session is stored", async () => {
    const app = createTestApp(alice);
    app.gateway.openError = offline;
    await started(app);
    app.session.startOver();
    expect(kind(app)).toBe("failed");

    const unread = createTestApp(alice);
    unread.gateway.readError = offline;
    await started(unread);
    unread.session.startOver();
    expect(phaseOf(unread)).toEqual({ kind: "signed_out", reason: null });
    expect(unread.gateway.stored).toEqual(alice);
  });

  it("dispose closes the session, keeps what is stored and frees the lock", async () => {
    const app = await activeApp();
    await app.session.dispose();
    expect(app.gateway.session.log).toEqual(["close"]);
    expect(app.gateway.stored).toEqual(alice);
    expect(app.lock.heldHere).toBe(false);
  });

  it("drops answers that come after the session was closed", async () => {
    const app = await activeApp();
    const live = app.gateway.session;
    const release = live.keyBackup.hold();
    live.keyBackup.backup = ok(aBackup({ count: 5 }));
    const checking = app.session.checkAgain();
    await app.session.signOut();
    release();
    await checking;
    await settle();
    live.emit({ kind: "backup_failed", code: "M_NOT_FOUND" });
    expect(app.store.getState().uploadError).toBeNull();
    const left = app.queryClient.getQueryCache().getAll();
    expect(left.filter((query) => query.queryKey[1] === live.id)).toEqual([]);
  });
});
