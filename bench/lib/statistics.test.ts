import * as fc from "fast-check";
import { expect, test } from "vitest";
import { median, ratio, spread } from "./statistics.ts";

test("the median is the middle value", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([7])).toBe(7);
  expect(median([])).toBeNull();
});

test("half of the values are on either side of the median", () => {
  const values = fc.array(fc.integer(), { minLength: 1 });
  fc.assert(
    fc.property(values, (list) => {
      const middle = median(list) ?? Number.NaN;
      expect(list.filter((value) => value < middle).length).toBeLessThanOrEqual(list.length / 2);
      expect(list.filter((value) => value > middle).length).toBeLessThanOrEqual(list.length / 2);
    }),
  );
});

test("the spread is the farthest value's distance", () => {
  expect(spread([90, 100, 120])).toBeCloseTo(0.2);
  expect(spread([5, 5])).toBe(0);
  expect(spread([5])).toBeNull();
  expect(spread([0, 0])).toBeNull();
});

test("a ratio needs both sides", () => {
  expect(ratio(1, 4)).toBe(0.25);
  expect(ratio(0, 4)).toBe(0);
  expect(ratio(1, 0)).toBeNull();
  expect(ratio(null, 1)).toBeNull();
  expect(ratio(1, null)).toBeNull();
});
