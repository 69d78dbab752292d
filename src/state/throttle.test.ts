import { describe, expect, it, vi } from "vitest";
import { ManualClock } from "@/testing/ManualClock";
import { throttle } from "./throttle";

function make() {
  const clock = new ManualClock();
  const act = vi.fn<() => void>();
  return { clock, act, ...throttle(clock, 1_000, act) };
}

describe("throttle", () => {
  it("acts at once, and once more for everything that came meanwhile", () => {
    const { clock, act, call } = make();
    call();
    call();
    call();
    expect(act).toHaveBeenCalledTimes(1);
    clock.advance(1_000);
    expect(act).toHaveBeenCalledTimes(2);
    clock.advance(5_000);
    expect(act).toHaveBeenCalledTimes(2);
    call();
    expect(act).toHaveBeenCalledTimes(3);
  });

  it("drops what is due when it is stopped", () => {
    const { clock, act, call, stop } = make();
    call();
    call();
    stop();
    clock.advance(5_000);
    expect(act).toHaveBeenCalledTimes(1);
  });
});
