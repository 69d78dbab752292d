import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createPacer } from "./pacing.ts";

test("a steady sender gets exactly the link's speed", () => {
  const pacer = createPacer(10_000_000);
  let now = 1_000;
  for (let sent = 0; sent < 1_250_000; sent += 12_500) now += pacer.take(12_500, now);
  expect(now).toBeCloseTo(2_000, 6);
});

test("late timers are made up for", () => {
  const pacer = createPacer(8_000_000, 50);
  let now = 0;
  for (let piece = 0; piece < 100; piece++) {
    const wait = pacer.take(10_000, now);
    now += wait === 0 ? 0 : wait + 3;
  }
  // 1 MB at 1 byte per microsecond, and at most one late timer at the end.
  expect(now).toBeGreaterThanOrEqual(1_000);
  expect(now).toBeLessThanOrEqual(1_003);
});

test("no stretch carries more than the link and one burst", () => {
  const step = fc.record({ idle: fc.integer({ min: 0, max: 500 }), bytes: fc.nat(50_000) });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1 }), (steps) => {
      const pacer = createPacer(8_000_000, 50);
      let now = 0;
      let total = 0;
      for (const { idle, bytes } of steps) {
        now += idle;
        now += pacer.take(bytes, now);
        total += bytes;
        // 1,000 bytes a millisecond.
        expect(total).toBeLessThanOrEqual((now + 50) * 1_000 + 1e-3);
      }
    }),
  );
});
