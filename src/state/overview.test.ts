import { describe, expect, it } from "vitest";
import { UNREAD } from "@/domain/reading";
import { failedReading, known, stale } from "@/testing/facts";
import { currentUploadError, pendingKeys } from "./overview";

describe("pendingKeys", () => {
  it("is what the store holds beyond what is backed up", () => {
    expect(pendingKeys(known({ total: 10, backedUp: 7 }), null)).toBe(3);
    expect(pendingKeys(known({ total: 7, backedUp: 7 }), null)).toBe(0);
  });

  it("is what the upload reported since", () => {
    const counts = known({ total: 10, backedUp: 7 }, 100);
    expect(pendingKeys(counts, { count: 2, at: 101 })).toBe(2);
    expect(pendingKeys(counts, { count: 500, at: 99 })).toBe(3);
  });

  it("is not known without a fresh count or a report", () => {
    expect(pendingKeys(UNREAD, null)).toBeNull();
    expect(pendingKeys(failedReading, null)).toBeNull();
    expect(pendingKeys(stale({ total: 10, backedUp: 7 }), null)).toBeNull();
    expect(pendingKeys(UNREAD, { count: 4, at: 1 })).toBe(4);
  });
});

describe("currentUploadError", () => {
  const error = { code: "M_LIMIT", at: 100 };

  it("stays until a later count shows that nothing waits", () => {
    expect(currentUploadError(error, UNREAD)).toBe(error);
    expect(currentUploadError(error, known({ total: 5, backedUp: 4 }, 200))).toBe(error);
    expect(currentUploadError(error, known({ total: 5, backedUp: 5 }, 50))).toBe(error);
    expect(currentUploadError(error, stale({ total: 5, backedUp: 5 }, 200))).toBe(error);
    expect(currentUploadError(error, known({ total: 5, backedUp: 5 }, 200))).toBeNull();
    expect(currentUploadError(null, UNREAD)).toBeNull();
  });
});
