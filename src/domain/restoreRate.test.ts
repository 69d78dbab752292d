import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aTally, offline } from "@/testing/facts";
import type { RestoreTally } from "./restore";
import {
  addSample,
  addTally,
  overallSpeed,
  type RateMeter,
  readRate,
  readSpeed,
  type RestoreMeters,
  secondsFor,
  startRateMeter,
  startRestoreMeters,
} from "./restoreRate";

/** What one meter of keys says of its speed and of the time for what remains. */
function rateOf(meter: RateMeter, remaining: number) {
  const keysPerSecond = readSpeed(meter);
  return { keysPerSecond, secondsLeft: secondsFor(remaining, keysPerSecond) };
}

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
    expect(rateOf(meter, 100)).toEqual({ keysPerSecond: null, secondsLeft: null });
    expect(rateOf(addSample(meter, 500, 50), 50).keysPerSecond).toBeNull();
    expect(rateOf(steady(meter, 1500, 100), 1000).keysPerSecond).toBeNull();
  });

  it("says the rate and the time left together, within two seconds of the first key", () => {
    const early = rateOf(steady(startRateMeter(0), 2000, 100), 1000);
    expect(early.keysPerSecond).toBeCloseTo(100, 5);
    expect(early.secondsLeft).toBe(10);
  });

  it("is the true rate of a steady work, and the time left is what remains at it", () => {
    const { keysPerSecond, secondsLeft } = rateOf(steady(startRateMeter(0), 20_000, 200), 1000);
    expect(keysPerSecond).toBeCloseTo(200, 5);
    expect(secondsLeft).toBe(5);
  });

  it("does not count the wait for the first key", () => {
    let meter = startRateMeter(0);
    for (let t = 500; t <= 30_000; t += 500) meter = addSample(meter, t, 0);
    expect(rateOf(meter, 1000)).toEqual({ keysPerSecond: null, secondsLeft: null });
    expect(rateOf(steady(meter, 10_000, 100), 100).keysPerSecond).toBeCloseTo(100, 5);
  });

  it("settles on bursts: keys that come by the thousand every two seconds", () => {
    let meter = startRateMeter(0);
    const rates: number[] = [];
    for (let t = 500; t <= 60_000; t += 500) {
      meter = addSample(meter, t, Math.floor(t / 2000) * 1000);
      const { keysPerSecond } = rateOf(meter, 1);
      if (t > 30_000 && keysPerSecond !== null) rates.push(keysPerSecond);
    }
    expect(Math.min(...rates)).toBeGreaterThan(400);
    expect(Math.max(...rates)).toBeLessThan(600);
  });

  it("sinks in a stall until no time left is promised", () => {
    const moving = steady(startRateMeter(0), 10_000, 10);
    const stalled = steady(moving, 120_000, 0);
    expect(rateOf(stalled, 100).keysPerSecond).toBeLessThan(0.05);
    expect(rateOf(stalled, 100).secondsLeft).toBeNull();
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
        const { keysPerSecond, secondsLeft } = rateOf(meter, remaining);
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

/** Follows a restore that tells of itself every half second. */
function follow(meters: RestoreMeters, from: number, tallies: readonly Partial<RestoreTally>[]) {
  let at = from;
  let next = meters;
  for (const changes of tallies) {
    at += 500;
    next = addTally(next, at, aTally({ expected: 100_000, ...changes }));
  }
  return { meters: next, at, tally: aTally({ expected: 100_000, ...tallies.at(-1) }) };
}
const steps = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const recalling = steps(20).map((step) => ({
  received: step * 2_500,
  already: step * 2_500,
  recalled: step * 2_500,
  bytes: step * 2_000_000,
}));

describe("the rate of a restore that goes on", () => {
  it("does not take keys for work that an earlier run had settled", () => {
    const { meters, tally } = follow(startRestoreMeters(0), 0, recalling);
    expect(readRate(meters, tally)).toMatchObject({ keysPerSecond: null, secondsLeft: null });
    expect(readRate(meters, tally).bytesPerSecond).toBeCloseTo(4_000_000, 0);
  });

  it("is the speed of the work as soon as there is work, and the time left is what remains at it", () => {
    const begun = follow(startRestoreMeters(0), 0, recalling);
    const working = steps(10).map((step) => ({
      received: 50_000 + step * 1_000,
      already: 50_000,
      recalled: 50_000,
      imported: step * 1_000,
    }));
    const { meters, tally } = follow(begun.meters, begun.at, working);
    const { keysPerSecond, secondsLeft } = readRate(meters, tally);
    expect(keysPerSecond).toBeCloseTo(2_000, 0);
    expect(secondsLeft).toBe(20);
  });

  it("does not sink while the restore waits as the server asked, and sinks in a stall", () => {
    const working = steps(10).map((step) => ({ received: step * 500, imported: step * 500 }));
    const { meters, at, tally } = follow(startRestoreMeters(0), 0, working);
    const before = readRate(meters, tally);
    const still = { received: 5_000, imported: 5_000 };
    const waiting = { error: offline, ms: 60_000 };
    const waited = follow(
      meters,
      at,
      steps(120).map(() => ({ ...still, waiting })),
    );
    expect(readRate(waited.meters, waited.tally)).toEqual(before);
    const stalled = follow(
      meters,
      at,
      steps(120).map(() => still),
    );
    expect(readRate(stalled.meters, stalled.tally).keysPerSecond).toBeLessThan(1);
  });

  it("counts what comes in during a wait", () => {
    const waiting = { error: offline, ms: 60_000 };
    const { meters, tally } = follow(
      startRestoreMeters(0),
      0,
      steps(10).map((step) => ({ received: step * 500, imported: step * 500, waiting })),
    );
    expect(readRate(meters, tally).keysPerSecond).toBeCloseTo(1_000, 0);
  });

  it("never calls anything faster than the work was, however recalled keys and waits are mixed in", () => {
    const sample = fc.record({
      worked: fc.nat(1_000),
      recalled: fc.nat(20_000),
      waits: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(sample, { minLength: 4, maxLength: 60 }), (samples) => {
        let imported = 0;
        let recalled = 0;
        const tallies = samples.map((next) => {
          imported += next.worked;
          recalled += next.recalled;
          const received = imported + recalled;
          const waiting = next.waits ? { error: offline, ms: 1 } : null;
          return { received, imported, already: recalled, recalled, waiting };
        });
        const { meters, tally } = follow(startRestoreMeters(0), 0, tallies);
        const { keysPerSecond, secondsLeft } = readRate(meters, tally);
        if (keysPerSecond !== null) {
          expect(keysPerSecond).toBeGreaterThanOrEqual(0);
          expect(keysPerSecond).toBeLessThanOrEqual(2_000 + 1e-6);
        }
        if (secondsLeft !== null) expect(secondsLeft).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe("the speed that is remembered", () => {
  const working = (count: number, perStep: number) =>
    steps(count).map((step) => ({ received: step * perStep, imported: step * perStep }));

  it("is that of the work over the whole restore, without waits and recalled keys", () => {
    const begun = follow(startRestoreMeters(0), 0, recalling);
    const after = steps(20).map((step) => ({
      already: 50_000,
      recalled: 50_000,
      imported: step * 1_000,
    }));
    expect(overallSpeed(follow(begun.meters, begun.at, after).meters)).toBeCloseTo(2_000, 0);
  });

  it.each([
    ["too few keys", working(20, 10)],
    ["too short a time", working(1, 10_000)],
    ["only recalled keys", recalling],
    ["nothing", []],
  ])("is none with %s", (_, tallies) => {
    expect(overallSpeed(follow(startRestoreMeters(0), 0, tallies).meters)).toBeNull();
  });
});
