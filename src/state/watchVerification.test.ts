import { beforeEach, describe, expect, it } from "vitest";
import { fail, ok } from "@/domain/result";
import { aBackup, backupVersion, offline, trustedBackup } from "@/testing/facts";
import { FakeLiveSession } from "@/testing/FakeLiveSession";
import { asked, incoming } from "@/testing/FakeVerification";
import { ManualClock } from "@/testing/ManualClock";
import { createAppStore } from "./appStore";
import type { KeyBackupQueryName } from "./queries";
import { KEY_WAIT_MS, watchVerification } from "./watchVerification";

const locked = ok({ signature: "trusted", key: "absent" } as const);

let session: FakeLiveSession;
let clock: ManualClock;
let store: ReturnType<typeof createAppStore>;
let invalidated: KeyBackupQueryName[];
let watch: ReturnType<typeof watchVerification>;

beforeEach(() => {
  session = new FakeLiveSession();
  session.keyBackup.trust = locked;
  clock = new ManualClock();
  store = createAppStore();
  invalidated = [];
  const invalidate = (names: readonly KeyBackupQueryName[]): void => {
    invalidated.push(...names);
  };
  watch = watchVerification({ session, store, invalidate, clock });
});

const keyWait = () => store.getState().keyWait;
const verify = (): void => session.verification.enter({ kind: "verified", flow: asked });
const cached = (): void =>
  session.emit({ kind: "decryption_key_cached", version: backupVersion("1") });
/** Lets every read that is under way answer. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

describe("the verification", () => {
  it("is in the store as it is in the session", () => {
    session.verification.enter({ kind: "requested", flow: asked });
    expect(store.getState().verification).toEqual({ kind: "requested", flow: asked });
  });

  it("starts no wait before it has worked, nor for a helper", async () => {
    session.verification.enter({ kind: "confirmed", flow: asked });
    session.verification.enter({ kind: "verified", flow: incoming });
    await settle();
    expect(keyWait()).toEqual({ kind: "none" });
    expect(invalidated).toContain("crossSigning");
  });
});

describe("the wait for the key", () => {
  it("ends when the key is here by a fresh read", async () => {
    verify();
    await settle();
    expect(keyWait()).toEqual({ kind: "waiting" });
    session.keyBackup.trust = ok(trustedBackup);
    cached();
    await settle();
    expect(keyWait()).toEqual({ kind: "arrived", version: "1" });
    expect(invalidated).toContain("trust");
    clock.advance(KEY_WAIT_MS);
    await settle();
    expect(keyWait().kind).toBe("arrived");
  });

  it("does not end because an event says so, when the key does not fit", async () => {
    verify();
    session.keyBackup.trust = ok({ signature: "trusted", key: "mismatch" });
    cached();
    await settle();
    expect(keyWait()).toEqual({ kind: "waiting" });
  });

  it("ends at once when the key was faster than the verification's end", async () => {
    session.keyBackup.trust = ok(trustedBackup);
    verify();
    await settle();
    expect(keyWait().kind).toBe("arrived");
  });

  it("ends at once when the server has no backup, by a fresh read", async () => {
    session.keyBackup.backup = ok(null);
    verify();
    await settle();
    expect(keyWait()).toEqual({ kind: "no_backup" });
  });

  it("goes on when the server cannot be asked, and says so when the time is over", async () => {
    session.keyBackup.backup = fail(offline);
    verify();
    await settle();
    expect(keyWait()).toEqual({ kind: "waiting" });
    clock.advance(KEY_WAIT_MS);
    await settle();
    expect(keyWait()).toEqual({ kind: "late", error: offline });
  });

  it("is late after its time, not before, and a late key is taken all the same", async () => {
    verify();
    await settle();
    clock.advance(KEY_WAIT_MS - 1);
    await settle();
    expect(keyWait()).toEqual({ kind: "waiting" });
    clock.advance(1);
    await settle();
    expect(keyWait()).toEqual({ kind: "late", error: null });
    session.keyBackup.trust = ok(trustedBackup);
    cached();
    await settle();
    expect(keyWait().kind).toBe("arrived");
  });

  it("looks once more at its end, for a key whose event was missed", async () => {
    verify();
    await settle();
    session.keyBackup.trust = ok(trustedBackup);
    clock.advance(KEY_WAIT_MS);
    await settle();
    expect(keyWait()).toEqual({ kind: "arrived", version: "1" });
  });

  it("begins anew when the key is asked for again", async () => {
    verify();
    await settle();
    clock.advance(KEY_WAIT_MS);
    await settle();
    await watch.askAgain();
    expect(session.verification.log).toEqual(["requestKeys"]);
    expect(keyWait()).toEqual({ kind: "waiting" });
    clock.advance(KEY_WAIT_MS);
    await settle();
    expect(keyWait().kind).toBe("late");
  });

  it("asks for nothing when there is no wait", async () => {
    await watch.askAgain();
    session.keyBackup.trust = ok(trustedBackup);
    verify();
    await settle();
    await watch.askAgain();
    expect(session.verification.log).toEqual([]);
  });

  it("names the version that the key fits", async () => {
    session.keyBackup.backup = ok(aBackup({ version: backupVersion("7") }));
    session.keyBackup.trust = ok(trustedBackup);
    verify();
    await settle();
    expect(keyWait()).toEqual({ kind: "arrived", version: "7" });
  });

  it("is over with the session: no late answer, no timer, no listener", async () => {
    const release = session.keyBackup.hold();
    verify();
    watch.stop();
    session.keyBackup.trust = ok(trustedBackup);
    release();
    cached();
    clock.advance(KEY_WAIT_MS);
    await settle();
    expect(keyWait()).toEqual({ kind: "waiting" });
    expect(session.listeners).toBe(0);
    session.verification.enter({ kind: "asking" });
    expect(store.getState().verification.kind).toBe("verified");
  });
});
