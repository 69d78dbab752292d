import { describe, expect, it } from "vitest";
import type { AppError } from "@/domain/errors";
import { describeWait, describeWaitBegun } from "./describeRestoreWait";

const rateLimited: AppError = { kind: "rate_limited", retryAfterMs: 12_000 };

describe("a wait in a restore", () => {
  it("counts down to the second", () => {
    const wait = { error: rateLimited, ms: 12_000 };
    expect(describeWait(wait, 12_000)).toBe("The server asked to wait: trying again in 12 seconds");
    expect(describeWait(wait, 11_001)).toBe("The server asked to wait: trying again in 12 seconds");
    expect(describeWait(wait, 1_000)).toBe("The server asked to wait: trying again in 1 second");
    expect(describeWait(wait, 0)).toBe("The server asked to wait: trying again now");
  });

  it("is exact also where it is long", () => {
    const wait = { error: rateLimited, ms: 600_000 };
    expect(describeWait(wait, 600_000)).toMatch(/in 10 minutes$/);
    expect(describeWait(wait, 121_000)).toMatch(/in 2 minutes 1 second$/);
    expect(describeWait(wait, 119_000)).toMatch(/in 119 seconds$/);
  });

  it("is told once with its whole length", () => {
    expect(describeWaitBegun({ error: rateLimited, ms: 12_000 })).toBe(
      "The server asked to wait: trying again in 12 seconds",
    );
  });

  it.each<[AppError, string]>([
    [{ kind: "network", detail: "" }, "The connection broke"],
    [{ kind: "timeout", detail: "" }, "The server does not answer"],
    [{ kind: "not_matrix", detail: "" }, "Something else answered in the server’s place"],
    [{ kind: "server", status: 502, errcode: null, message: null }, "The server has a problem"],
    [
      { kind: "server", status: 400, errcode: null, message: null },
      "The server refused the request",
    ],
    [{ kind: "worker_crashed" }, "That did not work"],
  ])("says why: %j", (error, why) => {
    expect(describeWait({ error, ms: 3_000 }, 3_000)).toBe(`${why}: trying again in 3 seconds`);
  });
});
