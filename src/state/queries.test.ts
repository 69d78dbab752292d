import { describe, expect, it } from "vitest";
import type { AppError } from "@/domain/errors";
import { UNREAD } from "@/domain/reading";
import { fail, ok } from "@/domain/result";
import { aBackup, known, offline, stale } from "@/testing/facts";
import { FakeLiveSession } from "@/testing/FakeLiveSession";
import { nextReading, queriesOf, roomKeysPollMs } from "./queries";

const busy: AppError = { kind: "rate_limited", retryAfterMs: null };

describe("nextReading", () => {
  it("is known by the newest success, whatever was before", () => {
    for (const before of [UNREAD, known(1, 5), stale(1, 5)]) {
      expect(nextReading(before, ok(2), 9)).toEqual(known(2, 9));
    }
  });

  it("has failed since the first failure when it was never known", () => {
    const failed = nextReading(UNREAD, fail(offline), 3);
    expect(failed).toEqual({ status: "failed", error: offline, at: 3 });
    expect(nextReading(failed, fail(busy), 9)).toEqual({ status: "failed", error: busy, at: 3 });
  });

  it("keeps the last value with its own time beside the newest error", () => {
    const old = nextReading(known(null, 5), fail(offline), 9);
    expect(old).toEqual({ status: "stale", value: null, at: 5, error: offline });
    expect(nextReading(old, fail(busy), 12)).toEqual({
      status: "stale",
      value: null,
      at: 5,
      error: busy,
    });
  });
});

describe("the queries of a session", () => {
  it("are the same for one session and never shared between two", () => {
    const [one, two] = [new FakeLiveSession(), new FakeLiveSession()];
    expect(queriesOf(one)).toBe(queriesOf(one));
    expect(queriesOf(one).backup.queryKey).not.toEqual(queriesOf(two).backup.queryKey);
  });

  it("judge trust anew when the version, the key or a signature changed, and not for a count", () => {
    const { trust } = queriesOf(new FakeLiveSession());
    const key = (changes: Parameters<typeof aBackup>[0]): unknown =>
      trust(aBackup(changes)).queryKey;
    expect(key({ count: 5, etag: "9" })).toEqual(key({}));
    expect(key({ publicKey: "other" })).not.toEqual(key({}));
    expect(key({ authData: { signatures: {} } })).not.toEqual(key({}));
    expect(trust(aBackup({ count: 5 }))).toBe(trust(aBackup({ count: 6 })));
  });
});

describe("counting room keys", () => {
  const after = (total: number, backedUp: number): number =>
    roomKeysPollMs(known({ total, backedUp }));

  it("is repeated more often while some wait, and rarely in a store where it takes long", () => {
    expect(after(100, 99)).toBeLessThan(after(100, 100));
    expect(after(100_000, 100_000)).toBeGreaterThan(after(100, 100));
    expect(after(100_000, 99_999)).toBeLessThan(after(100_000, 100_000));
    expect(roomKeysPollMs(UNREAD)).toBe(after(100, 100));
  });
});
