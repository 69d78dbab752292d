import { describe, expect, it } from "vitest";
import type { RestoreCursorStore } from "@/domain/ports";
import { ok } from "@/domain/result";
import { backupVersion } from "@/testing/facts";
import { RestoreCursor } from "./RestoreCursor";

/** A store in which every note waits until the test lets it be written. */
function slowStore() {
  const written: number[] = [];
  const waiting: (() => void)[] = [];
  const store: RestoreCursorStore = {
    read: async () => ok(null),
    begin: async () => ok(undefined),
    append: async (_version, settled) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      written.push(settled.length / 2);
      return ok(undefined);
    },
    complete: async () => ok(undefined),
  };
  return { store, written, waiting };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

describe("the cursor of a restore", () => {
  it("gathers notes while the store is busy, so that at most one write is behind", async () => {
    const { store, written, waiting } = slowStore();
    const options = { store, version: backupVersion("1"), held: 0, expected: 100, everyKeys: 2 };
    const cursor = RestoreCursor.open(ok(null), options);
    await settled();
    for (let key = 0; key < 10; key++) {
      cursor.settle([key, key], 1);
      await settled();
    }
    expect(waiting).toHaveLength(1);
    waiting.shift()?.();
    await settled();
    expect(written).toEqual([2]);
    // All that came meanwhile is the next note.
    expect(waiting).toHaveLength(1);
    waiting.shift()?.();
    await settled();
    expect(written).toEqual([2, 8]);

    cursor.settle([10, 10], 1);
    const closed = cursor.close(null);
    await settled();
    waiting.shift()?.();
    await closed;
    expect(written).toEqual([2, 8, 1]);
  });
});
