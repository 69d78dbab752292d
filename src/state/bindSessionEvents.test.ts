import { QueryObserver } from "@tanstack/react-query";
import { describe, expect, it } from "vitest";
import type { SessionEvent } from "@/domain/ports";
import { ok } from "@/domain/result";
import { createActiveApp } from "@/testing/createTestApp";
import { backupVersion, noSecretStorage } from "@/testing/facts";
import { settle, withFakeTime } from "@/testing/fakeTime";
import { queriesOf, type ReadingOptions } from "./queries";

withFakeTime();

/** An open session with everything on the screen, so that all that is invalidated is read again. */
async function openApp(options?: { readonly synced: boolean }) {
  const app = await createActiveApp(undefined, options);
  const queries = queriesOf(app.live);
  const show = <T>(query: ReadingOptions<T>): void => {
    new QueryObserver(app.queryClient, query).subscribe(() => undefined);
  };
  show(queries.crossSigning);
  show(queries.secretStorage);
  show(queries.roomKeys);
  show(queries.rooms);
  show(queries.roomKeyCounts);
  await settle();
  const { keyBackup, rooms } = app.live;
  const counts = (): Record<string, number> => ({
    backup: keyBackup.asked.fetchBackupInfo,
    trust: keyBackup.asked.readTrust,
    activeVersion: keyBackup.asked.readActiveVersion,
    crossSigning: keyBackup.asked.readCrossSigning,
    secretStorage: keyBackup.asked.readSecretStorage,
    roomKeys: keyBackup.asked.countRoomKeys,
    rooms: rooms.asked.list,
    roomKeyCounts: rooms.asked.countKeysByRoom,
  });
  /** What is read again because of these events, and how often. */
  async function readAfter(...events: SessionEvent[]): Promise<Record<string, number>> {
    const before = counts();
    app.live.emit(...events);
    await settle();
    const rises = Object.entries(counts()).map(
      ([name, n]) => [name, n - (before[name] ?? 0)] as const,
    );
    return Object.fromEntries(rises.filter(([, rise]) => rise > 0));
  }
  return { ...app, readAfter };
}

const v1 = backupVersion("1");

describe("what each event makes be read again", () => {
  const table: [SessionEvent, string[]][] = [
    [{ kind: "backup_status", enabled: true }, ["activeVersion", "backup", "roomKeys", "trust"]],
    [{ kind: "backup_failed", code: "M_NOT_FOUND" }, ["activeVersion", "backup", "roomKeys"]],
    [{ kind: "upload_remaining", count: 7 }, []],
    [{ kind: "upload_remaining", count: 0 }, ["backup", "roomKeys"]],
    [{ kind: "decryption_key_cached", version: v1 }, ["activeVersion", "secretStorage", "trust"]],
    [{ kind: "identity_changed" }, ["crossSigning", "secretStorage", "trust"]],
    [{ kind: "secrets_changed" }, ["backup", "crossSigning", "secretStorage"]],
    [{ kind: "rooms_changed" }, ["rooms"]],
    [{ kind: "carry_over", state: "running" }, []],
    [
      { kind: "carry_over", state: "incomplete", missing: ["identity"] },
      ["roomKeyCounts", "roomKeys", "rooms"],
    ],
    [{ kind: "carry_over", state: "none", carried: 1 }, ["roomKeyCounts", "roomKeys", "rooms"]],
    [{ kind: "sync", state: "live" }, []],
    [{ kind: "sync", state: "offline" }, ["backup"]],
  ];
  it.each(table)("%o", async (event, names) => {
    const { readAfter } = await openApp();
    const read = await readAfter(event);
    expect(Object.keys(read).toSorted()).toEqual(names);
  });

  it("reads everything again after the first sync", async () => {
    const { readAfter } = await openApp({ synced: false });
    const read = await readAfter({ kind: "sync", state: "live" });
    expect(Object.keys(read)).toHaveLength(8);
  });

  it("reads what is on the server again when the connection is back", async () => {
    const { readAfter } = await openApp();
    await readAfter({ kind: "sync", state: "offline" });
    const read = await readAfter({ kind: "sync", state: "live" });
    expect(Object.keys(read).toSorted()).toEqual(["backup", "crossSigning", "secretStorage"]);
  });

  it("reads once for a burst of events", async () => {
    const { readAfter } = await openApp();
    const burst: SessionEvent[] = Array.from({ length: 50 }, () => ({ kind: "identity_changed" }));
    expect(await readAfter(...burst, { kind: "secrets_changed" })).toEqual({
      backup: 1,
      crossSigning: 1,
      secretStorage: 1,
      trust: 1,
    });
  });

  it("lets a long read of the rooms end, then reads once more for all hints that came meanwhile", async () => {
    const app = await openApp();
    const { rooms } = app.live;
    const slow = Promise.withResolvers<void>();
    let reads = 0;
    rooms.list = async () => {
      reads++;
      await slow.promise;
      return ok([]);
    };
    for (let hint = 0; hint < 20; hint++) {
      app.live.emit({ kind: "rooms_changed" });
      await settle();
    }
    expect(reads).toBe(1);
    slow.resolve();
    await settle();
    expect(reads).toBe(2);
    app.live.emit({ kind: "rooms_changed" });
    await settle();
    expect(reads).toBe(3);
  });

  it("reads the rooms again after a first read that began before the hint", async () => {
    const app = await createActiveApp();
    const slow = Promise.withResolvers<void>();
    let reads = 0;
    app.live.rooms.list = async () => {
      reads++;
      await slow.promise;
      return ok([]);
    };
    new QueryObserver(app.queryClient, queriesOf(app.live).rooms).subscribe(() => undefined);
    app.live.emit({ kind: "rooms_changed" });
    await settle();
    expect(reads).toBe(1);
    slow.resolve();
    await settle();
    expect(reads).toBe(2);
  });

  it("does not keep an answer that was on its way when the event came", async () => {
    const app = await openApp();
    const { keyBackup } = app.live;
    const query = queriesOf(app.live).secretStorage;
    const reading = (): unknown => app.queryClient.getQueryData(query.queryKey);
    app.queryClient.removeQueries({ queryKey: query.queryKey });
    const slow = Promise.withResolvers<void>();
    const old = keyBackup.secretStorage;
    let first = true;
    keyBackup.readSecretStorage = async () => {
      if (!first) return ok(noSecretStorage);
      first = false;
      await slow.promise;
      return old;
    };
    const observer = new QueryObserver(app.queryClient, query);
    observer.subscribe(() => undefined);
    await settle();
    app.live.emit({ kind: "secrets_changed" });
    await settle();
    expect(reading()).toMatchObject({ status: "known", value: { defaultKey: "absent" } });
    slow.resolve();
    await settle();
    expect(reading()).toMatchObject({ status: "known", value: { defaultKey: "absent" } });
  });
});

describe("what events store", () => {
  it("keeps what arrives whole", async () => {
    const { live, store } = await openApp();
    live.emit(
      { kind: "backup_status", enabled: false },
      { kind: "upload_remaining", count: 12 },
      { kind: "decryption_key_cached", version: v1 },
      { kind: "carry_over", state: "incomplete", missing: ["identity"] },
      { kind: "sync", state: "offline" },
    );
    expect(store.getState()).toMatchObject({
      carryOver: "incomplete",
      carryOverMissing: ["identity"],
      backupStatus: false,
      uploadRemaining: { count: 12 },
      keyCachedFor: "1",
      sync: "offline",
      syncedOnce: true,
    });
  });

  it("knows that keys were carried over only from the end of that", async () => {
    const { live, store } = await openApp();
    expect(store.getState().carriedOver).toBe(false);
    live.emit({ kind: "carry_over", state: "running" });
    expect(store.getState().carriedOver).toBe(false);
    live.emit({ kind: "carry_over", state: "incomplete", missing: ["identity"] });
    expect(store.getState().carriedOver).toBe(false);
    live.emit({ kind: "carry_over", state: "none", carried: 2 });
    expect(store.getState()).toMatchObject({ carriedOver: true, carryOverMissing: [] });
  });

  it("has nothing to tell of an ended device that left no keys", async () => {
    const { live, store } = await openApp();
    live.emit({ kind: "carry_over", state: "none", carried: 0 });
    expect(store.getState().carriedOver).toBe(false);
  });

  it("never counts below zero", async () => {
    const { live, store } = await openApp();
    live.emit({ kind: "upload_remaining", count: -1 });
    expect(store.getState().uploadRemaining?.count).toBe(0);
  });

  it("keeps an upload's error until an upload works, also while the SDK tries again", async () => {
    const { live, store } = await openApp();
    live.emit(
      { kind: "backup_failed", code: "M_LIMIT" },
      { kind: "backup_status", enabled: false },
      { kind: "backup_status", enabled: true },
    );
    expect(store.getState().uploadError).toMatchObject({ code: "M_LIMIT" });
    live.emit({ kind: "upload_remaining", count: 3 });
    expect(store.getState().uploadError).toBeNull();
  });
});

describe("what is seen of an upload", () => {
  const failed = (status: number | null, code: string | null, nextTryAt: number | null = 9) =>
    ({
      kind: "upload_attempt",
      attempt: { kind: "failed", at: 5, problem: { status, code }, nextTryAt },
    }) as const;

  it.each([
    [failed(403, "M_FORBIDDEN"), "M_FORBIDDEN"],
    [failed(413, null), "HTTP 413"],
    [failed(404, "M_UNRECOGNIZED"), "M_UNRECOGNIZED"],
    // These pass by themselves, or the SDK tells of them.
    [failed(429, "M_LIMIT_EXCEEDED"), null],
    [failed(500, "M_UNKNOWN"), null],
    [failed(null, null), null],
    [failed(404, "M_NOT_FOUND", null), null],
  ])("%j is an upload error: %s", async (event, code) => {
    const { live, store } = await openApp();
    live.emit(event);
    expect(store.getState().uploadAttempt).toEqual(event.attempt);
    expect(store.getState().uploadError).toEqual(code === null ? null : { code, at: 5 });
    live.emit({ kind: "upload_attempt", attempt: { kind: "taken", at: 6 } });
    expect(store.getState().uploadError).toBeNull();
  });

  it("keeps the time of the first failure until a try works", async () => {
    const { live, store } = await openApp();
    const since = () => store.getState().uploadFailingSince;
    expect(since()).toBeNull();
    live.emit(failed(500, "M_UNKNOWN"));
    const later = failed(502, null);
    live.emit({ ...later, attempt: { ...later.attempt, at: 9 } });
    expect(since()).toBe(5);
    const after = { status: 502, code: null };
    live.emit({ kind: "upload_attempt", attempt: { kind: "sending", at: 10, after } });
    expect(since()).toBe(5);
    live.emit({ kind: "upload_attempt", attempt: { kind: "taken", at: 11 } });
    expect(since()).toBeNull();
  });
});
