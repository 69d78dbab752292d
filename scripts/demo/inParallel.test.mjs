import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { inParallel } from "./inParallel.ts";

describe("inParallel", () => {
  it("keeps the order and the limit", async () => {
    let running = 0;
    let most = 0;
    const results = await inParallel([5, 1, 4, 2, 3], 2, async (turns) => {
      running += 1;
      most = Math.max(most, running);
      for (let turn = 0; turn < turns; turn += 1) await setImmediate();
      running -= 1;
      return turns * 10;
    });
    expect(results).toEqual([50, 10, 40, 20, 30]);
    expect(most).toBe(2);
  });

  it("begins nothing after a failure", async () => {
    /** @type {number[]} */
    const begun = [];
    const work = async (/** @type {number} */ item) => {
      begun.push(item);
      if (item === 2) throw new Error("two");
      await setImmediate();
    };
    await expect(inParallel([1, 2, 3, 4, 5, 6], 2, work)).rejects.toThrow("two");
    await setImmediate();
    expect(begun).toEqual([1, 2]);
  });
});
