import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RestoreFailure } from "@/domain/restore";
import { groupFailures } from "./groupFailures";

const anyFailure: fc.Arbitrary<RestoreFailure> = fc.record({
  roomId: fc.constantFrom("!a:x", "!b:x", "__proto__", "constructor", ""),
  sessionId: fc.string(),
  reason: fc.constantFrom("malformed", "undecryptable", "rejected"),
});

describe("failures by room", () => {
  it("loses none, whatever the rooms are called", () => {
    fc.assert(
      fc.property(fc.array(anyFailure), (failures) => {
        const groups = groupFailures(failures);
        expect(new Set(groups.map(({ roomId }) => roomId)).size).toBe(groups.length);
        for (const { roomId, total, reasons } of groups) {
          expect(total).toBe(failures.filter((failure) => failure.roomId === roomId).length);
          expect(reasons.reduce((sum, { count }) => sum + count, 0)).toBe(total);
        }
        expect(groups.reduce((sum, { total }) => sum + total, 0)).toBe(failures.length);
      }),
    );
  });

  it("puts the worst room first", () => {
    const at = (roomId: string, reason: RestoreFailure["reason"]) => ({
      roomId,
      sessionId: "s",
      reason,
    });
    const groups = groupFailures([
      at("!a:x", "malformed"),
      at("!b:x", "malformed"),
      at("!b:x", "undecryptable"),
      at("!b:x", "undecryptable"),
    ]);
    expect(groups).toEqual([
      {
        roomId: "!b:x",
        total: 3,
        reasons: [
          { reason: "undecryptable", count: 2 },
          { reason: "malformed", count: 1 },
        ],
      },
      { roomId: "!a:x", total: 1, reasons: [{ reason: "malformed", count: 1 }] },
    ]);
  });
});
