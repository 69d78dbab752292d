import type { RoomMessage } from "@/domain/rooms";

/** Messages in their order. What cannot be read for the same reason, one after the other, is one group. */
export interface MessageGroup {
  readonly first: RoomMessage;
  readonly last: RoomMessage;
  readonly count: number;
}

/** Loses none and changes no order; a readable message is always a group of its own. */
export function groupMessages(messages: readonly RoomMessage[]): readonly MessageGroup[] {
  const groups: MessageGroup[] = [];
  for (const message of messages) {
    const open = groups.at(-1);
    if (open !== undefined && sameFailure(open.last, message)) {
      groups[groups.length - 1] = { ...open, last: message, count: open.count + 1 };
    } else {
      groups.push({ first: message, last: message, count: 1 });
    }
  }
  return groups;
}

function sameFailure(a: RoomMessage, b: RoomMessage): boolean {
  return a.text === null && b.text === null && a.failureCode === b.failureCode;
}
