import { describe, expect, it } from "vitest";
import { shortenText } from "./shortenText";

describe("text of other people", () => {
  it("is left alone when it is short", () => {
    expect(shortenText("Hello\n\tthere 👋", 40)).toBe("Hello\n\tthere 👋");
  });

  it("is cut with an ellipsis, never through a character", () => {
    const cut = shortenText("👋".repeat(100), 10);
    expect(cut).toBe(`${"👋".repeat(9)}…`);
    expect(cut.isWellFormed()).toBe(true);
  });

  it("loses control characters", () => {
    expect(shortenText("a\u0000b\u001Bc\u007Fd", 40)).toBe("abcd");
  });
});
