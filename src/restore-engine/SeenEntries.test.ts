import { describe, expect, it } from "vitest";
import { SeenEntries } from "./SeenEntries";

describe("entries met before", () => {
  it("lets each entry through once per run, though the download begins anew", () => {
    const seen = new SeenEntries();
    const count = 30_000;
    let passed = 0;
    for (let index = 0; index < count; index++) {
      passed += seen.add(`!room${index % 7}`, `session${index}`, 1) ? 1 : 0;
    }
    expect(passed).toBe(count);
    for (let index = 0; index < count; index++) {
      passed += seen.add(`!room${index % 7}`, `session${index}`, 2) ? 1 : 0;
    }
    expect(passed).toBe(count);
    expect(seen.add("!room0", "another", 2)).toBe(true);
  });

  it("lets a repetition within one download through, for the store to judge", () => {
    const seen = new SeenEntries();
    expect(seen.add("!a", "s", 1)).toBe(true);
    expect(seen.add("!a", "s", 1)).toBe(true);
    expect(seen.add("!a", "s", 2)).toBe(false);
    expect(seen.add("!a", "s", 2)).toBe(false);
  });

  it("does not take room and session for one text", () => {
    const seen = new SeenEntries();
    expect(seen.add("!ab", "c", 1)).toBe(true);
    expect(seen.add("!a", "bc", 2)).toBe(true);
  });
});
