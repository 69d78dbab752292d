import { describe, expect, it } from "vitest";
import { UNREAD } from "@/domain/reading";
import { aBackup, backupVersion, failedReading, known, stale } from "@/testing/facts";
import { currentUploadError, doubtWithout, pendingKeys } from "./overview";

describe("pendingKeys", () => {
  const uploading = [known(aBackup()), known(backupVersion("1"))] as const;

  it("is what the store holds beyond what is backed up", () => {
    expect(pendingKeys(known({ total: 10, backedUp: 7 }), null, ...uploading)).toBe(3);
    expect(pendingKeys(known({ total: 7, backedUp: 7 }), null, ...uploading)).toBe(0);
  });

  it("is what the upload reported since", () => {
    const counts = known({ total: 10, backedUp: 7 }, 100);
    expect(pendingKeys(counts, { count: 2, at: 101 }, ...uploading)).toBe(2);
    expect(pendingKeys(counts, { count: 500, at: 99 }, ...uploading)).toBe(3);
  });

  it("is not known without a fresh count, whatever was reported before", () => {
    expect(pendingKeys(UNREAD, null, ...uploading)).toBeNull();
    expect(pendingKeys(failedReading, null, ...uploading)).toBeNull();
    expect(pendingKeys(stale({ total: 10, backedUp: 7 }), null, ...uploading)).toBeNull();
    for (const reading of [UNREAD, failedReading, stale({ total: 500, backedUp: 100 }, 2000)]) {
      expect(pendingKeys(reading, { count: 0, at: 1000 }, ...uploading)).toBeNull();
      expect(pendingKeys(reading, { count: 4, at: 9000 }, ...uploading)).toBeNull();
    }
  });

  it("is known only at the extremes while nothing is uploaded", () => {
    const off = known(null);
    const some = known({ total: 10, backedUp: 0 });
    expect(pendingKeys(some, null, known(null), off)).toBe(10);
    expect(pendingKeys(some, null, known(aBackup()), off)).toBeNull();
    expect(pendingKeys(some, null, failedReading, off)).toBeNull();
    expect(pendingKeys(known({ total: 0, backedUp: 0 }), null, failedReading, off)).toBe(0);
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

describe("doubtWithout", () => {
  const triedAt = 1_000_000;
  const longAgo = triedAt - 60_001;
  const lately = triedAt - 59_000;

  it("leaves everything alone while the backup can be read", () => {
    const old = known(1, 5);
    expect(doubtWithout(UNREAD, triedAt, old)).toBe(old);
    expect(doubtWithout(known(aBackup(), triedAt), triedAt, old)).toBe(old);
  });

  it("forgives a server that has failed for no longer than a poll", () => {
    const old = known(1, 5);
    expect(doubtWithout(stale(aBackup(), lately), triedAt, old)).toBe(old);
  });

  it("takes nothing for fresh that could have changed unseen since", () => {
    expect(doubtWithout(stale(aBackup(), longAgo), triedAt, known(1, 5))).toEqual(stale(1, 5));
    expect(doubtWithout(failedReading, triedAt, known(1, 5))).toEqual(stale(1, 5));
  });

  it("believes what was read lately, and changes nothing about what is not known anyway", () => {
    const gone = stale(aBackup(), longAgo);
    for (const reading of [known(1, lately), UNREAD, failedReading, stale(1, 5)]) {
      expect(doubtWithout(gone, triedAt, reading)).toBe(reading);
    }
  });
});
