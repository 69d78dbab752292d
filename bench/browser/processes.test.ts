import { expect, test } from "vitest";
import { parseBusyTicks, parseStat } from "./processes.ts";

test("a process name with blanks and brackets does not shift the fields", () => {
  const name = "(Chrome) (x) y";
  const text = `4711 (${name}) S 99 1 1 0 -1 0 10 0 0 0 250 50 0 0 20 0 12 0 5 6 7`;
  expect(parseStat(text)).toEqual({ ppid: 99, utime: 250, stime: 50 });
});

test("idle and waiting time is not busy", () => {
  expect(parseBusyTicks("cpu  100 20 30 9000 500 1 2 4 0 0\ncpu0 1 1 1 1\n")).toBe(157);
});
