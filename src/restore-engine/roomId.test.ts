import { describe, expect, it } from "vitest";
import { isRoomId } from "./roomId";

describe("room ids", () => {
  it.each([
    "!a:example.org",
    "!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM",
    "!é:x",
    `!${"x".repeat(254)}`,
  ])("accepts %s", (text) => {
    expect(isRoomId(text)).toBe(true);
  });

  it.each([
    ["the empty text", ""],
    ["a lone sigil", "!"],
    ["no sigil", "notaroom"],
    ["a prototype's name", "__proto__"],
    ["an alias", "#a:example.org"],
    ["a line break", "!a\n:x"],
    ["a NUL", "!\u0000:x"],
    ["a C1 control", "!\u0085:x"],
    ["256 bytes", `!${"x".repeat(255)}`],
    ["256 bytes in fewer characters", `!${"é".repeat(127)}x`],
  ])("refuses %s", (_what, text) => {
    expect(isRoomId(text)).toBe(false);
  });
});
