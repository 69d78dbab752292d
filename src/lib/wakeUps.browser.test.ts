import { describe, expect, it, vi } from "vitest";
import { onWakeUp } from "./wakeUps";

describe("signs that the connection may be back", () => {
  it.each<[string, () => void]>([
    ["the browser is online", () => window.dispatchEvent(new Event("online"))],
    ["the tab can be seen", () => document.dispatchEvent(new Event("visibilitychange"))],
    ["the page was frozen", () => document.dispatchEvent(new Event("resume"))],
    [
      "the page is back from the history",
      () => window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })),
    ],
  ])("%s", (_, happen) => {
    const listener = vi.fn<() => void>();
    const stop = onWakeUp(listener);
    happen();
    expect(listener).toHaveBeenCalledOnce();
    stop();
    happen();
    expect(listener).toHaveBeenCalledOnce();
  });

  it.each([
    ["the computer slept for an hour", 3_600_000],
    ["the clock was set back by a day", -86_400_000],
  ])("%s", (_, jump) => {
    vi.useFakeTimers({ toFake: ["Date", "setInterval", "clearInterval"] });
    const listener = vi.fn<() => void>();
    const stop = onWakeUp(listener);
    try {
      vi.advanceTimersByTime(60_000);
      expect(listener).not.toHaveBeenCalled();
      vi.setSystemTime(Date.now() + jump);
      vi.advanceTimersByTime(60_000);
      expect(listener).toHaveBeenCalledOnce();
    } finally {
      stop();
      vi.useRealTimers();
    }
  });

  it("are not given by a page that is hidden, or loaded for the first time", () => {
    const listener = vi.fn<() => void>();
    const stop = onWakeUp(listener);
    vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    document.dispatchEvent(new Event("visibilitychange"));
    window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: false }));
    expect(listener).not.toHaveBeenCalled();
    vi.restoreAllMocks();
    stop();
  });
});
