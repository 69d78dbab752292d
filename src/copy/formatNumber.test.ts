import { describe, expect, it } from "vitest";
import { formatBytes, formatCount, formatNumber, wholePercent } from "./formatNumber";

describe("numbers", () => {
  it("group thousands and agree with their noun", () => {
    expect(formatNumber(1234567)).toBe("1,234,567");
    expect(formatCount(0, "key")).toBe("0 keys");
    expect(formatCount(1, "key")).toBe("1 key");
    expect(formatCount(2000, "key")).toBe("2,000 keys");
    expect(formatCount(2, "device of yours", "devices of yours")).toBe("2 devices of yours");
  });

  it("say 100 % only when all is done", () => {
    expect(wholePercent(1999, 2000)).toBe(99);
    expect(wholePercent(2000, 2000)).toBe(100);
    expect(wholePercent(3, 0)).toBe(0);
    expect(wholePercent(12, 10)).toBe(100);
  });
});

describe("bytes", () => {
  it.each([
    [0, "0 bytes"],
    [1, "1 byte"],
    [999, "999 bytes"],
    [1_000, "1 kB"],
    [842_000, "842 kB"],
    [999_949, "999.9 kB"],
    [999_950, "1 MB"],
    [1_684_000, "1.7 MB"],
    [999_950_000, "1 GB"],
  ])("%d is %s", (bytes, words) => {
    expect(formatBytes(bytes)).toBe(words);
  });
});
