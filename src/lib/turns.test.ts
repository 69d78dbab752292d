import { describe, expect, it } from "vitest";
import { createTurns } from "./turns";

describe("turns", () => {
  it("begins the next work only when the one before has ended, in the order of asking", async () => {
    const takeTurn = createTurns();
    const log: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const first = takeTurn(async () => {
      log.push("first begins");
      await promise;
      log.push("first ends");
      return 1;
    });
    const second = takeTurn(async () => {
      log.push("second");
      return 2;
    });
    await Promise.resolve();
    expect(log).toEqual(["first begins"]);
    resolve();
    expect(await Promise.all([first, second])).toEqual([1, 2]);
    expect(log).toEqual(["first begins", "first ends", "second"]);
  });

  it("goes on after work that failed, and tells only its own caller", async () => {
    const takeTurn = createTurns();
    const first = takeTurn(() => Promise.reject(new Error("no")));
    const second = takeTurn(async () => "yes");
    await expect(first).rejects.toThrow("no");
    expect(await second).toBe("yes");
  });
});
