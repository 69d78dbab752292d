import { describe, expect, it } from "vitest";
import { fail, ok } from "@/domain/result";
import type { RedirectAnswer } from "@/domain/signIn";
import { createTestApp } from "@/testing/createTestApp";
import { alice } from "@/testing/facts";
import { settle, withFakeTime } from "@/testing/fakeTime";

withFakeTime();

const target = { baseUrl: "https://typed.test", host: "typed.test", discoveredFrom: null };
const way = { kind: "sso", providerId: "oidc-one" } as const;
const answer: RedirectAnswer = { kind: "sso", state: "s", loginToken: "secret" };
const spent = { kind: "sign_in", reason: "spent", host: "hs.test" } as const;

describe("leaving for another page", () => {
  it("goes there, and stays where it is when that is not possible", async () => {
    const app = createTestApp();
    app.session.start();
    await settle();
    expect(await app.session.signInElsewhere({ target, way })).toEqual(ok(undefined));
    expect(app.left).toEqual(["https://elsewhere.test/"]);
    expect(app.gateway.redirects).toEqual([{ target, way }]);
    app.gateway.signInError = { kind: "storage", reason: "unavailable" };
    expect(await app.session.signInElsewhere({ target, way })).toEqual(
      fail(app.gateway.signInError),
    );
    expect(app.left).toHaveLength(1);
  });

  it("keeps device and homeserver of an expired session", async () => {
    const app = createTestApp(alice);
    app.gateway.openError = { kind: "signed_out", soft: true };
    app.session.start();
    await settle();
    await app.session.signInElsewhere({ target, way });
    expect(app.gateway.redirects).toEqual([
      { target: { ...target, baseUrl: alice.homeserverUrl }, way, deviceId: alice.deviceId },
    ]);
  });

  it("marks a session that was ended, and asks for a new device", async () => {
    const app = createTestApp(alice);
    app.gateway.ended = true;
    app.session.start();
    await settle();
    await app.session.signInElsewhere({ target, way });
    expect(app.gateway.redirects).toEqual([
      { target: { ...target, baseUrl: alice.homeserverUrl }, way },
    ]);
    app.gateway.markError = { kind: "storage", reason: "blocked" };
    expect(await app.session.signInElsewhere({ target, way })).toEqual(fail(app.gateway.markError));
  });

  it("is not possible from an open session", async () => {
    const app = createTestApp(alice);
    app.session.start();
    await settle();
    expect(await app.session.signInElsewhere({ target, way })).toEqual(fail({ kind: "closed" }));
    expect(app.left).toEqual([]);
  });
});

describe("coming back", () => {
  it("opens the session that the answer gives", async () => {
    const app = createTestApp();
    app.gateway.redirected = ok(alice);
    app.session.start(answer);
    await settle();
    expect(app.gateway.answers).toEqual([answer]);
    expect(app.store.getState()).toMatchObject({ phase: { kind: "active" }, signInProblem: null });
  });

  it("says what went wrong, and goes on as it would have without", async () => {
    const app = createTestApp();
    app.gateway.redirected = fail(spent);
    app.session.start(answer);
    await settle();
    expect(app.store.getState()).toMatchObject({
      phase: { kind: "signed_out" },
      signInProblem: spent,
    });
    app.session.dismissSignInProblem();
    expect(app.store.getState().signInProblem).toBeNull();
  });

  it("says of what the form held that it is finished, until it is known what came of it", async () => {
    const app = createTestApp();
    const release = app.gateway.holdRedirect();
    app.gateway.redirected = fail(spent);
    const begun = { homeserver: "hs.test", memoryOnly: true };
    app.session.start(answer, begun);
    await settle();
    expect(app.store.getState()).toMatchObject({ phase: { kind: "starting" }, finishing: true });
    release();
    await settle();
    expect(app.store.getState()).toMatchObject({
      phase: { kind: "signed_out" },
      finishing: false,
      begun,
    });
    // What a session was begun with is nothing for the next one.
    await app.session.signIn({ target, username: "@alice:typed.test", password: "x" });
    await settle();
    expect(app.store.getState()).toMatchObject({ phase: { kind: "active" }, begun: null });
  });

  it("finishes nothing without an answer, or without having asked", async () => {
    for (const [reply, begun] of [
      [null, { homeserver: "hs.test", memoryOnly: false }],
      [answer, null],
    ] as const) {
      const app = createTestApp();
      const states: boolean[] = [];
      app.store.subscribe((state) => states.push(state.finishing));
      app.session.start(reply, begun);
      await settle();
      expect(states).not.toContain(true);
    }
  });

  it("does not say that it was interrupted where a good session is stored: it may be that one", async () => {
    const interrupted = { kind: "sign_in", reason: "interrupted", host: "hs.test" } as const;
    for (const [stored, ended, said] of [
      [alice, false, null],
      [alice, true, interrupted],
      [null, false, interrupted],
    ] as const) {
      const app = createTestApp(stored);
      app.gateway.ended = ended;
      app.gateway.redirected = fail(interrupted);
      app.session.start(null);
      await settle();
      expect(app.store.getState().signInProblem).toEqual(said);
    }
  });

  it("takes the answer once, and only when this tab holds the lock", async () => {
    const app = createTestApp();
    app.lock.heldElsewhere = true;
    app.gateway.redirected = ok(alice);
    app.session.start(answer);
    await settle();
    expect(app.gateway.answers).toEqual([]);
    app.session.takeOver();
    await settle();
    expect(app.gateway.answers).toEqual([answer]);
    expect(app.store.getState().phase.kind).toBe("active");
    // What is stored is opened once more, and there is nothing left to be taken.
    await app.lock.giveToAnotherTab();
    app.session.takeOver();
    await settle();
    expect(app.gateway.answers).toEqual([answer]);
    expect(app.store.getState()).toMatchObject({ phase: { kind: "active" }, signInProblem: null });
  });

  it("does not say of the new device what was restored to the ended one", async () => {
    const app = createTestApp(alice);
    app.gateway.ended = true;
    app.gateway.redirected = ok({ ...alice, deviceId: "NEW" });
    app.memory.write(alice.userId, { proven: null });
    app.session.start(answer);
    await settle();
    expect(app.gateway.endedDevices).toEqual([alice.deviceId]);
    expect(app.store.getState().phase.kind).toBe("active");
    expect(app.memory.read(alice.userId).lastRestore).toBeNull();
  });
});

describe("after signing out, the other page", () => {
  const left = async (app: ReturnType<typeof createTestApp>) => {
    await settle();
    expect(app.store.getState().stillSignedInAt).toBeNull();
    await app.session.signOut();
    return app.store.getState().stillSignedInAt;
  };

  it.each([true, false])("is named where it signed the person in; in memory: %s", async (held) => {
    const app = createTestApp();
    app.gateway.redirected = ok(alice);
    app.gateway.redirectedInMemory = held;
    app.session.start(answer);
    expect(await left(app)).toBe("elsewhere.test");
    expect(app.memory.read(alice.userId).signedInAt).toBeNull();
  });

  it("is named also when the session was opened anew, or has ended", async () => {
    const first = createTestApp();
    first.gateway.redirected = ok(alice);
    first.session.start(answer);
    await settle();
    const again = createTestApp(alice, first.storage);
    again.gateway.openError = { kind: "signed_out", soft: true };
    again.session.start();
    await settle();
    await again.session.forget();
    expect(again.store.getState().stillSignedInAt).toBe("elsewhere.test");
  });

  it("is the authorization server, however the session came about", async () => {
    const app = createTestApp(alice);
    app.gateway.onOpen = (session) => {
      session.oauth = {
        issuer: "https://auth.test/",
        tokenEndpoint: "https://auth.test/token",
        revocationEndpoint: "https://auth.test/revoke",
        registrationEndpoint: null,
        accountUrl: null,
      };
    };
    app.session.start();
    expect(await left(app)).toBe("auth.test");
  });

  it("is not spoken of after a password, or where it is not known", async () => {
    const app = createTestApp();
    app.session.start();
    await settle();
    await app.session.signIn({ target, username: alice.userId, password: "p" });
    expect(await left(app)).toBeNull();
    const earlier = createTestApp(alice);
    earlier.session.start();
    expect(await left(earlier)).toBeNull();
  });
});
