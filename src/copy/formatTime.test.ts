import { describe, expect, it } from "vitest";
import { formatDateTime, formatDuration, formatMoment, formatRelativeTime } from "./formatTime";

const now = Date.UTC(2026, 10, 23, 12, 0, 0);
const ago = (seconds: number) => formatRelativeTime(now - seconds * 1_000, now);

describe("relative time", () => {
  it.each([
    [0, "just now"],
    [4.9, "just now"],
    [5, "5 seconds ago"],
    [59, "59 seconds ago"],
    [60, "1 minute ago"],
    [3_599, "59 minutes ago"],
    [3_600, "1 hour ago"],
    [86_400, "yesterday"],
    [86_400 * 29, "29 days ago"],
    [86_400 * 40, "last month"],
    [86_400 * 800, "2 years ago"],
  ])("%d seconds back is %s", (seconds, words) => {
    expect(ago(seconds)).toBe(words);
  });

  it("calls a time ahead of a slow clock now", () => {
    expect(ago(-30)).toBe("just now");
  });

  it("says a time far ahead of a wrong clock as it is, and not how long ago it was", () => {
    expect(ago(-86_400)).toBe(formatDateTime(now + 86_400_000));
  });
});

describe("a moment", () => {
  it("leaves the date out only for today", () => {
    const noon = new Date(2026, 10, 23, 12).getTime();
    expect(formatMoment(noon - 60_000, noon)).not.toContain("2026");
    expect(formatMoment(noon - 86_400_000, noon)).toContain("Nov 22, 2026");
  });
});

describe("a duration", () => {
  it.each([
    [0, "less than 5 seconds"],
    [5, "5 seconds"],
    [11, "15 seconds"],
    [54.9, "55 seconds"],
    [55, "1 minute"],
    [100, "2 minutes"],
    [3_599, "1 hour"],
    [4_800, "1 hour 20 minutes"],
    [7_200, "2 hours"],
  ])("%d s is %s", (seconds, words) => {
    expect(formatDuration(seconds)).toBe(words);
  });
});
