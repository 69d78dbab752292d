import { environmentManager } from "@tanstack/react-query";
import { afterEach, beforeEach, vi } from "vitest";

/** Within the calling test file time passes only when a test says so, also for react-query. */
export function withFakeTime(): void {
  beforeEach(() => {
    vi.useFakeTimers();
    // Without a window react-query takes this for a server and never polls.
    environmentManager.setIsServer(() => false);
  });
  afterEach(() => {
    vi.useRealTimers();
  });
}

/** Lets this much time pass, and everything that follows from it happen. */
export async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

/** Lets everything that waits for nothing but its turn happen. */
export async function settle(): Promise<void> {
  await pass(5);
}
