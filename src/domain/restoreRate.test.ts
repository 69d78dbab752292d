import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addSample, type RateMeter, readRate, startRateMeter } from "./restoreRate";

/** Samples every `everyMs` of a work that settles `perSecond` keys a second. */
function steady(meter: RateMeter, ms: number, perSecond: number, everyMs = 500): RateMeter {
  const { at, done } = meter;
  let next = meter;
  for (let t = everyMs; t <= ms; t += everyMs) {
    next = addSample(next, at + t, done + Math.round((t / 1000) * perSecond));
  }
  return next;
}

describe("the restore's rate", () => {
  it("says nothing until it means something", () => {
    const meter = startRateMeter(0);
    expect(readRate(meter, 100)).toEqual({ keysPerSecond: null, secondsLeft: null });
    expect(readRate(addSample(meter, 500, 50), 50).keysPerSecond).toBeNull();
    expect(readRate(steady(meter, 1500, 100), 1000).keysPerSecond).toBeNull();
  });

  it("says the rate and the time left together, within two seconds of the first key", () => {
    const early = readRate(steady(startRateMeter(0), 2000, 100), 1000);
    expect(early.keysPerSecond).toBeCloseTo(100, 5);
    expect(early.secondsLeft).toBe(10);
  });

  it("is the true rate of a steady work, and the time left is what remains at it", () => {
    const { keysPerSecond, secondsLeft } = readRate(steady(startRateMeter(0), 20_000, 200), 1000);
    expect(keysPerSecond).toBeCloseTo(200, 5);
    expect(secondsLeft).toBe(5);
  });

  it("does not count the wait for the first key", () => {
    let meter = startRateMeter(0);
    for (let t = 500; t <= 30_000; t += 500) meter = addSample(meter, t, 0);
    expect(readRate(meter, 1000)).toEqual({ keysPerSecond: null, secondsLeft: null });
    expect(readRate(steady(meter, 10_000, 100), 100).keysPerSecond).toBeCloseTo(100, 5);
  });

  it("settles on bursts: keys that come by the thousand every two seconds", () => {
    let meter = startRateMeter(0);
    const rates: number[] = [];
    for (let t = 500; t <= 60_000; t += 500) {
      meter = addSample(meter, t, Math.floor(t / 2000) * 1000);
      const { keysPerSecond } = readRate(meter, 1);
      if (t > 30_000 && keysPerSecond !== null) rates.push(keysPerSecond);
    }
    expect(Math.min(...rates)).toBeGreaterThan(400);
    expect(Math.max(...rates)).toBeLessThan(600);
  });

  it("sinks in a stall until no time left is promised", () => {
    const moving = steady(startRateMeter(0), 10_000, 10);
    const stalled = steady(moving, 120_000, 0);
    expect(readRate(stalled, 100).keysPerSecond).toBeLessThan(0.05);
    expect(readRate(stalled, 100).secondsLeft).toBeNull();
  });

  it("stays finite, never negative, and between the slowest and the fastest it saw", () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 250, max: 5000 }), fc.nat({ max: 5000 })), {
      minLength: 2,
      maxLength: 40,
    });
    fc.assert(
      fc.property(steps, fc.nat(), (samples, remaining) => {
        let meter = addSample(startRateMeter(0), 250, 1);
        const speeds = [4];
        for (const [ms, keys] of samples) {
          meter = addSample(meter, meter.at + ms, meter.done + keys);
          speeds.push(keys / (ms / 1000));
        }
        const { keysPerSecond, secondsLeft } = readRate(meter, remaining);
        if (keysPerSecond !== null) {
          expect(keysPerSecond).toBeGreaterThanOrEqual(Math.min(...speeds) - 1e-6);
          expect(keysPerSecond).toBeLessThanOrEqual(Math.max(...speeds) + 1e-6);
        }
        if (secondsLeft !== null) expect(Number.isInteger(secondsLeft)).toBe(true);
      }),
    );
  });

  it("ignores a clock that runs backwards and a count that shrinks", () => {
    const meter = steady(startRateMeter(0), 5000, 10);
    expect(addSample(meter, 4000, 60)).toBe(meter);
    expect(addSample(meter, 6000, 10)).toBe(meter);
  });
});
