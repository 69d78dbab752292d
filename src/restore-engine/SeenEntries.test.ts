import { describe, expect, it } from "vitest";
import { SeenEntries } from "./SeenEntries";

describe("entries met before", () => {
  it("lets each entry through once per run", () => {
    const seen = new SeenEntries();
    const count = 30_000;
    let passed = 0;
    for (const _download of [1, 2]) {
      for (let index = 0; index < count; index++) {
        passed += seen.add(`!room${index % 7}`, `session${index}`) ? 1 : 0;
      }
      expect(passed).toBe(count);
    }
    expect(seen.add("!room0", "another")).toBe(true);
    expect(seen.add("!room0", "another")).toBe(false);
  });

  it("does not take room and session for one text", () => {
    const seen = new SeenEntries();
    expect(seen.add("!ab", "c")).toBe(true);
    expect(seen.add("!a", "bc")).toBe(true);
  });
});
