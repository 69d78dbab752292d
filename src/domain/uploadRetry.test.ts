import { describe, expect, it } from "vitest";
import { NO_FAILURES, nextUploadTry, type UploadFailureFacts } from "./uploadRetry";

/** The waits in seconds after the same failure, again and again. */
function waits(failure: Partial<UploadFailureFacts>, times: number): (number | null)[] {
  let count = NO_FAILURES;
  return Array.from({ length: times }, () => {
    const next = nextUploadTry(count, {
      status: 500,
      code: null,
      retryAfterMs: null,
      aborted: false,
      ...failure,
    });
    count = next.count;
    return next.waitMs === null ? null : next.waitMs / 1000;
  });
}

describe("when the SDK tries again", () => {
  it("repeats a request four times, then the loop waits a little, and so on", () => {
    expect(waits({}, 12)).toEqual([2, 4, 8, 16, 1, 2, 4, 8, 16, 2, 2, 4]);
    expect(waits({ status: null }, 5)).toEqual([2, 4, 8, 16, 1]);
  });

  it("gives a refused request up at once, and waits sixteen seconds at most", () => {
    for (const failure of [
      { status: 403, code: "M_FORBIDDEN" },
      { status: 413, code: null },
      { status: 404, code: "M_UNRECOGNIZED" },
      { status: null, aborted: true },
    ]) {
      expect(waits(failure, 7)).toEqual([1, 2, 4, 8, 16, 16, 16]);
    }
  });

  it("waits as long as the server asks to", () => {
    const asked = { status: 429, code: "M_LIMIT_EXCEEDED", retryAfterMs: 7_000 };
    expect(waits(asked, 6)).toEqual([7, 7, 7, 7, 7, 7]);
    expect(waits({ ...asked, retryAfterMs: null }, 6)).toEqual([2, 4, 8, 16, 1, 2]);
  });

  it("sends nothing by itself when the backup is gone or another one", () => {
    expect(waits({ status: 404, code: "M_NOT_FOUND" }, 1)).toEqual([null]);
    expect(waits({ status: 403, code: "M_WRONG_ROOM_KEYS_VERSION" }, 1)).toEqual([null]);
  });
});
