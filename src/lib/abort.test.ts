import { describe, expect, it } from "vitest";
import { ManualClock } from "@/testing/ManualClock";
import { raceAbort, sleep, TIMED_OUT, withTimeout } from "./abort";

const never = new Promise<never>(() => undefined);

describe("raceAbort", () => {
  it("settles as the work does", async () => {
    const { signal } = new AbortController();
    await expect(raceAbort(Promise.resolve(1), signal)).resolves.toBe(1);
    await expect(raceAbort(Promise.reject(new RangeError("x")), signal)).rejects.toThrow(
      RangeError,
    );
  });

  it("rejects at once when aborted, before or during the work", async () => {
    const controller = new AbortController();
    const race = raceAbort(never, controller.signal);
    controller.abort();
    await expect(race).rejects.toThrow(controller.signal.reason as Error);
    await expect(raceAbort(never, controller.signal)).rejects.toThrow("abort");
  });
});

describe("sleep", () => {
  it("lasts exactly as long as asked", async () => {
    const clock = new ManualClock();
    let awake = false;
    const sleeping = sleep(100, clock, new AbortController().signal).then(() => (awake = true));
    clock.advance(99);
    await Promise.resolve();
    expect(awake).toBe(false);
    clock.advance(1);
    await sleeping;
    expect(awake).toBe(true);
  });

  it("ends when aborted", async () => {
    const controller = new AbortController();
    const sleeping = sleep(100, new ManualClock(), controller.signal);
    controller.abort(new RangeError("enough"));
    await expect(sleeping).rejects.toThrow("enough");
    await expect(sleep(100, new ManualClock(), controller.signal)).rejects.toThrow("enough");
  });
});

describe("withTimeout", () => {
  it("gives the result when it is there in time, the mark when not", async () => {
    const clock = new ManualClock();
    await expect(withTimeout(Promise.resolve("done"), 10, clock)).resolves.toBe("done");
    const late = withTimeout(never, 10, clock);
    clock.advance(10);
    await expect(late).resolves.toBe(TIMED_OUT);
  });
});
