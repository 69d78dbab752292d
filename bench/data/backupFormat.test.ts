import { expect, test } from "vitest";
import {
  BODY_END,
  BODY_START,
  joinParts,
  planRooms,
  SEPARATOR,
  splitEvenly,
} from "./backupFormat.ts";

test("keys are spread over full rooms and one for the rest", () => {
  expect(planRooms(1000, 200)).toEqual([200, 200, 200, 200, 200]);
  expect(planRooms(450, 200)).toEqual([200, 200, 50]);
  expect(planRooms(3, 200)).toEqual([3]);
});

test("splitting keeps every item once and in order", () => {
  const list = [1, 2, 3, 4, 5, 6, 7];
  for (const parts of [1, 2, 3, 7, 20]) {
    const stretches = splitEvenly(list, parts);
    expect(stretches.flat()).toEqual(list);
    expect(stretches.length).toBeLessThanOrEqual(parts);
    expect(stretches.every((stretch) => stretch.length > 0)).toBe(true);
  }
});

test("the joined index points at each room's object in the joined body", () => {
  const write = (names: readonly string[]) => {
    let text = "";
    const rooms = names.map((roomId) => {
      text += `${text === "" ? "" : SEPARATOR}${JSON.stringify(roomId)}:`;
      const start = text.length;
      text += `{"sessions":{"${roomId}":1}}`;
      return { roomId, start, end: text.length, keys: 1 };
    });
    return { text, part: { path: "", bytes: text.length, rooms } };
  };
  const written = [write(["!a", "!b"]), write(["!c"])];
  const body = BODY_START + written.map(({ text }) => text).join(SEPARATOR) + BODY_END;
  const { rooms, bytes } = joinParts(written.map(({ part }) => part));
  expect(bytes).toBe(body.length);
  expect(Object.keys(JSON.parse(body).rooms)).toEqual(["!a", "!b", "!c"]);
  for (const { roomId, start, end } of rooms) {
    expect(JSON.parse(body.slice(start, end))).toEqual({ sessions: { [roomId]: 1 } });
  }
});
