import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RoomMessage } from "@/domain/rooms";
import { groupMessages } from "./groupMessages";

const anyMessages: fc.Arbitrary<RoomMessage[]> = fc
  .array(
    fc.constantFrom<[string | null, string | null]>(
      ["hello", null],
      [null, "ONE"],
      [null, "OTHER"],
      [null, null],
    ),
  )
  .map((kinds) =>
    kinds.map(([text, failureCode], index) => ({
      eventId: `$${index}`,
      sender: "@bob:example.org",
      sentAt: index,
      text,
      failureCode,
    })),
  );

describe("messages in groups", () => {
  it("loses none, keeps the order, and joins only what fails for the same reason", () => {
    fc.assert(
      fc.property(anyMessages, (messages) => {
        let next = 0;
        for (const { first, last, count } of groupMessages(messages)) {
          const members = messages.slice(next, next + count);
          next += count;
          expect(members[0]).toBe(first);
          expect(members.at(-1)).toBe(last);
          if (count > 1) {
            expect(new Set(members.map(({ failureCode }) => failureCode)).size).toBe(1);
            expect(members.every(({ text }) => text === null)).toBe(true);
          }
        }
        expect(next).toBe(messages.length);
      }),
    );
  });

  it("never leaves two neighbours that say the same", () => {
    fc.assert(
      fc.property(anyMessages, (messages) => {
        const groups = groupMessages(messages);
        for (const [index, { first }] of groups.entries()) {
          const before = groups[index - 1]?.last;
          if (first.text === null && before?.text === null) {
            expect(before.failureCode).not.toBe(first.failureCode);
          }
        }
      }),
    );
  });
});
