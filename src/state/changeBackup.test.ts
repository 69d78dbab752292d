import { describe, expect, it } from "vitest";
import { fail, ok } from "@/domain/result";
import { createActiveApp } from "@/testing/createTestApp";
import { aBackup, alice, backupVersion, offline } from "@/testing/facts";
import { pass, settle, withFakeTime } from "@/testing/fakeTime";

withFakeTime();

const v2 = aBackup({ version: backupVersion("2"), publicKey: "another key" });

async function openApp() {
  const app = await createActiveApp();
  await settle();
  expect(app.memory.read(alice.userId).seen).toMatchObject({ version: "1" });
  return app;
}

describe("a change that the person makes here", () => {
  it("is no notice, not even while it is under way, and what comes later is", async () => {
    const { live, store, session, memory } = await openApp();
    const done = Promise.withResolvers<void>();
    const change = session.changeBackup(async () => {
      live.keyBackup.backup = ok(null);
      live.emit({ kind: "backup_status", enabled: false });
      await done.promise;
      return ok("done");
    });
    await pass(30_000);
    expect(store.getState().notice).toBeNull();
    done.resolve();
    expect(await change).toEqual(ok("done"));
    await settle();
    expect(store.getState().notice).toBeNull();
    expect(memory.read(alice.userId).seen).toBeNull();

    live.keyBackup.backup = ok(aBackup());
    await pass(30_000);
    live.keyBackup.backup = ok(v2);
    live.keyBackup.trust = ok({ signature: "untrusted", key: "mismatch" });
    await pass(30_000);
    expect(store.getState().notice).toMatchObject({
      kind: "replaced",
      before: { version: "1" },
      now: { version: "2" },
    });
  });

  it("is no notice either when the server could not be read right after it", async () => {
    const { live, store, session } = await openApp();
    await session.changeBackup(async () => {
      live.keyBackup.backup = fail(offline);
      return ok(undefined);
    });
    live.keyBackup.backup = ok(null);
    await pass(30_000);
    expect(store.getState().notice).toBeNull();
  });

  it("that fails takes nothing away from what is noticed later", async () => {
    const { live, store, session } = await openApp();
    expect(await session.changeBackup(async () => fail(offline))).toEqual(fail(offline));
    live.keyBackup.backup = ok(null);
    await pass(30_000);
    expect(store.getState().notice).toMatchObject({
      kind: "disappeared",
      before: { version: "1" },
    });
  });

  it("that fails hides nothing that somebody else did meanwhile", async () => {
    const { live, store, session } = await openApp();
    await session.changeBackup(async () => {
      live.keyBackup.backup = ok(null);
      return fail(offline);
    });
    await settle();
    expect(store.getState().notice).toMatchObject({
      kind: "disappeared",
      before: { version: "1" },
    });
  });

  it("that throws is an error like any other", async () => {
    const { session } = await openApp();
    const thrown = await session.changeBackup(() => Promise.reject(new TypeError("bug")));
    expect(thrown).toEqual(fail({ kind: "unexpected", detail: "TypeError" }));
  });

  it("needs an open session", async () => {
    const { session } = await openApp();
    await session.dispose();
    expect(await session.changeBackup(async () => ok(1))).toEqual(fail({ kind: "closed" }));
    expect(await session.switchUpload(false)).toEqual(fail({ kind: "closed" }));
  });
});

describe("the upload of this device", () => {
  it("is off until it is turned on again", async () => {
    const { session, store } = await openApp();
    await session.switchUpload(false);
    expect(store.getState().uploadOff).toBe(true);
    await session.switchUpload(true);
    expect(store.getState().uploadOff).toBe(false);
  });

  it("is shown as what it is, however the switch has ended", async () => {
    const { live, session, store } = await openApp();
    const unstored = { kind: "storage", reason: "quota" } as const;
    live.removal.switched = ok({ unstored });
    expect(await session.switchUpload(false)).toEqual(ok({ unstored }));
    expect(store.getState().uploadOff).toBe(true);
    live.removal.switched = fail(offline);
    expect(await session.switchUpload(true)).toEqual(fail(offline));
    expect(store.getState().uploadOff).toBe(true);
  });

  it("is known from the start where it was turned off at an earlier visit", async () => {
    const app = await createActiveApp((live) => {
      live.removal.uploadOff = true;
    });
    expect(app.store.getState().uploadOff).toBe(true);
  });

  it("does not stall while it is off", async () => {
    const { live, session, store } = await openApp();
    await session.switchUpload(false);
    live.keyBackup.roomKeys = ok({ total: 103, backedUp: 100 });
    await pass(180_000);
    expect(store.getState().uploadStalled).toBe(false);
    await session.switchUpload(true);
    await pass(180_000);
    expect(store.getState().uploadStalled).toBe(true);
  });
});
