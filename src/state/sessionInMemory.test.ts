import { describe, expect, it } from "vitest";
import type { AppError } from "@/domain/errors";
import { fail, ok } from "@/domain/result";
import { createTestApp, type TestApp } from "@/testing/createTestApp";
import { alice, offline } from "@/testing/facts";
import { settle, withFakeTime } from "@/testing/fakeTime";

withFakeTime();

const request = {
  target: { baseUrl: alice.homeserverUrl, host: "matrix.example.org", discoveredFrom: null },
  username: alice.userId,
  password: "correct horse",
};
const noStorage: AppError = { kind: "storage", reason: "unavailable" };

async function started(app: TestApp): Promise<TestApp> {
  app.session.start();
  await settle();
  return app;
}

async function signedIn(app = createTestApp()): Promise<TestApp> {
  await started(app);
  expect(await app.session.signIn({ ...request, memoryOnly: true })).toMatchObject({ ok: true });
  await settle();
  return app;
}

const phaseOf = ({ store }: TestApp): unknown => store.getState().phase;

describe("a session in memory by choice", () => {
  it("is opened, says what it is, and writes nothing to the browser's storage", async () => {
    const app = await signedIn();
    expect(app.gateway.signIns).toEqual([{ ...request, memoryOnly: true }]);
    expect(phaseOf(app)).toMatchObject({ kind: "active", memoryOnly: true });
    const { user } = app.gateway.session;
    app.memory.write(user.userId, { proven: null });
    app.session.rememberKeyTest({ at: 5, version: null, result: "works", against: null });
    app.restore.start();
    await settle();
    expect(app.memory.read(user.userId).lastKeyTest).not.toBeNull();
    expect(app.storage.items.size).toBe(0);
    expect(app.gateway.stored).toBeNull();
  });

  it("can begin on another page, and with a token", async () => {
    const way = { kind: "oauth" } as const;
    const { target } = request;
    const left = await started(createTestApp());
    await left.session.signInElsewhere({ target, way, memoryOnly: true });
    expect(left.gateway.redirects).toEqual([{ target, way, memoryOnly: true }]);

    const back = createTestApp();
    back.gateway.redirected = ok(alice);
    back.gateway.redirectedInMemory = true;
    back.session.start({ kind: "oauth", state: "s", issuer: null, code: "secret" });
    await settle();
    expect(phaseOf(back)).toMatchObject({ kind: "active", memoryOnly: true });
    expect([back.lock.heldHere, back.storage.items.size]).toEqual([false, 0]);

    const byToken = await started(createTestApp());
    await byToken.session.signInWithToken({ target, accessToken: "secret", memoryOnly: true });
    await settle();
    expect(phaseOf(byToken)).toMatchObject({ kind: "active", memoryOnly: true });
    expect([byToken.lock.heldHere, byToken.gateway.stored]).toEqual([false, null]);
  });

  it("needs no lock, so that another tab can have a session of its own", async () => {
    const app = await signedIn();
    expect(app.lock.heldHere).toBe(false);
  });

  it("leaves nothing of itself in the page when it is signed out of, and takes the lock again", async () => {
    const app = await signedIn();
    const { user } = app.gateway.session;
    app.session.rememberKeyTest({ at: 5, version: null, result: "works", against: null });
    expect(await app.session.signOut()).toEqual(ok(undefined));
    await settle();
    expect(phaseOf(app)).toEqual({ kind: "signed_out", reason: "by_choice" });
    expect(app.lock.heldHere).toBe(true);
    expect(app.memory.read(user.userId).lastKeyTest).toBeNull();
    expect(app.storage.items.size).toBe(0);
    // The next one is stored again, unless it is asked for otherwise.
    await app.session.signIn(request);
    await settle();
    expect(phaseOf(app)).not.toHaveProperty("memoryOnly");
    expect(app.gateway.stored).not.toBeNull();
    expect(app.lock.heldHere).toBe(true);
  });

  it("never touches what another tab has stored meanwhile, and says how it ended", async () => {
    const app = await signedIn();
    app.gateway.stored = alice;
    app.lock.heldElsewhere = true;
    app.gateway.session.signedOut = fail(offline);
    expect(await app.session.signOut()).toEqual(fail(offline));
    await settle();
    expect(phaseOf(app)).toEqual({ kind: "locked", takenOver: false, left: "local_only" });
    expect(app.gateway.stored).toEqual(alice);
    app.session.takeOver();
    await settle();
    expect(phaseOf(app)).toMatchObject({ kind: "active", user: alice });
    expect(phaseOf(app)).not.toHaveProperty("memoryOnly");
  });

  it.each([true, false])(
    "that the server ended (softly: %s) asks for the password and makes a new device in memory",
    async (soft) => {
      const app = await signedIn();
      const first = app.gateway.session;
      first.emit({ kind: "signed_out", soft });
      await settle();
      expect(phaseOf(app)).toMatchObject({ kind: "ended", user: first.user, memoryOnly: true });
      expect(first.log).toEqual(["close"]);
      await app.session.signIn({ ...request, username: "@mallory:evil.example" });
      await settle();
      expect(app.gateway.signIns.at(-1)).toEqual({ ...request, memoryOnly: true });
      expect(phaseOf(app)).toMatchObject({ kind: "active", memoryOnly: true });
    },
  );

  it("that the server ended goes on with an access token, where no password is taken", async () => {
    const app = await signedIn();
    app.gateway.session.emit({ kind: "signed_out", soft: false });
    await settle();
    const { target } = request;
    expect(await app.session.signInWithToken({ target, accessToken: "secret" })).toMatchObject({
      ok: true,
    });
    await settle();
    expect(phaseOf(app)).toMatchObject({ kind: "active", memoryOnly: true });
  });

  it("that cannot be opened is still one in memory, and is tried again without a reload", async () => {
    const app = await signedIn();
    app.gateway.session.emit({ kind: "signed_out", soft: false });
    await settle();
    app.gateway.openError = offline;
    await app.session.signIn(request);
    await settle();
    expect(phaseOf(app)).toMatchObject({ kind: "failed", error: offline, memoryOnly: true });
    app.gateway.openError = null;
    app.session.retryOpen();
    await settle();
    expect(phaseOf(app)).toMatchObject({ kind: "active", memoryOnly: true });
  });

  it.each([
    [null, "by_choice"],
    [offline, "local_only"],
  ] as const)("that cannot be opened is ended on the server: %o", async (endError, reason) => {
    const app = await started(createTestApp());
    app.gateway.openError = offline;
    app.gateway.endError = endError;
    await app.session.signIn({ ...request, memoryOnly: true });
    await settle();
    await app.session.forget();
    await settle();
    expect(phaseOf(app)).toEqual({ kind: "signed_out", reason });
    expect(app.gateway.ends).toBe(1);
  });

  it("that the server ended gives its keys in a file, and only then", async () => {
    const app = await signedIn();
    const request = { passphrase: "of a file", signal: new AbortController().signal };
    expect(await app.session.exportEnded(request)).toEqual(fail({ kind: "closed" }));
    app.gateway.session.emit({ kind: "signed_out", soft: false });
    await settle();
    expect(await app.session.exportEnded(request)).toMatchObject({ ok: true, value: { count: 3 } });
    expect(app.gateway.exports).toEqual(["of a file"]);
    expect(phaseOf(app)).toMatchObject({ kind: "ended", memoryOnly: true });
  });

  it("that the server ended can be let go of, and nothing that is stored goes with it", async () => {
    const app = await signedIn();
    app.gateway.stored = alice;
    app.lock.heldElsewhere = true;
    app.gateway.session.emit({ kind: "signed_out", soft: false });
    await settle();
    await app.session.forget();
    await settle();
    expect(phaseOf(app)).toMatchObject({ kind: "locked", left: "by_choice" });
    expect(app.gateway.stored).toEqual(alice);
  });

  it("is dropped when another tab takes over while the password is on its way", async () => {
    const app = await started(createTestApp());
    const release = app.gateway.hold();
    const signingIn = app.session.signIn({ ...request, memoryOnly: true });
    await settle();
    const taken = app.lock.giveToAnotherTab();
    release();
    await signingIn;
    await taken;
    await settle();
    expect(phaseOf(app)).toEqual({ kind: "locked", takenOver: true });
    expect(app.gateway.sessions).toEqual([]);
    expect(app.gateway.forgets).toBe(1);
  });

  it("is not made where a session is stored: that one goes on", async () => {
    const app = await started(createTestApp(alice));
    app.gateway.session.emit({ kind: "signed_out", soft: true });
    await settle();
    await app.session.signIn({ ...request, memoryOnly: true });
    expect(app.gateway.signIns).toEqual([{ ...request, deviceId: alice.deviceId }]);
  });
});

describe("a browser that stores nothing", () => {
  it("gets a session in memory whatever is asked for, and other tabs are not held up", async () => {
    const app = createTestApp();
    app.gateway.readError = noStorage;
    await started(app);
    expect(phaseOf(app)).toEqual({ kind: "signed_out", reason: null, memoryOnly: true });
    expect(app.lock.heldHere).toBe(false);
    await app.session.signIn(request);
    await settle();
    expect(app.gateway.signIns).toEqual([{ ...request, memoryOnly: true }]);
    await app.session.signOut();
    await settle();
    expect(phaseOf(app)).toEqual({ kind: "signed_out", reason: "by_choice", memoryOnly: true });
    app.session.startOver();
    expect(phaseOf(app)).toEqual({ kind: "signed_out", reason: null, memoryOnly: true });
  });

  it("since it has no locks is none in which this tab waits for another one", async () => {
    const app = createTestApp();
    app.lock.exists = false;
    app.gateway.readError = noStorage;
    await started(app);
    expect(phaseOf(app)).toEqual({ kind: "signed_out", reason: null, memoryOnly: true });
    await app.session.signIn(request);
    await settle();
    expect(phaseOf(app)).toMatchObject({ kind: "active", memoryOnly: true });
    await app.session.signOut();
    await settle();
    expect(phaseOf(app)).toEqual({ kind: "signed_out", reason: "by_choice", memoryOnly: true });
  });

  it("is looked at again when asked, and what is stored then opens", async () => {
    const app = createTestApp(alice);
    app.gateway.readError = noStorage;
    await started(app);
    app.gateway.readError = null;
    app.session.retryOpen();
    await settle();
    expect(phaseOf(app)).toMatchObject({ kind: "active", user: alice });
    expect(app.lock.heldHere).toBe(true);
  });

  it("is not looked at again while a sign-in is on its way, which would be lost", async () => {
    const app = createTestApp();
    app.gateway.readError = noStorage;
    await started(app);
    const release = app.gateway.hold();
    const signingIn = app.session.signIn(request);
    await settle();
    app.session.retryOpen();
    release();
    expect(await signingIn).toMatchObject({ ok: true });
    await settle();
    expect(phaseOf(app)).toMatchObject({ kind: "active", memoryOnly: true });
    expect(app.gateway.forgets).toBe(0);
  });

  it.each<AppError>([
    { kind: "insecure_page" },
    { kind: "crypto_unavailable", detail: "" },
    { kind: "storage", reason: "blocked" },
  ])("but %o is no reason for one", async (error) => {
    const app = createTestApp();
    app.gateway.readError = error;
    await started(app);
    expect(phaseOf(app)).toEqual({ kind: "failed", user: null, error });
  });
});
