import { expect, test } from "vitest";
import { parseEvent, summarizeTasks, type TraceEvent } from "./traceTasks.ts";

const thread = (pid: number, tid: number, name: string): TraceEvent => ({
  name: "thread_name",
  ph: "M",
  pid,
  tid,
  args: { name },
});

const task = (pid: number, tid: number, dur: number, tdur = dur): TraceEvent => ({
  name: "RunTask",
  ph: "X",
  pid,
  tid,
  dur,
  tdur,
});

test("only the busiest page's main thread counts", () => {
  const events = [
    thread(1, 1, "CrRendererMain"),
    thread(1, 2, "DedicatedWorker thread"),
    thread(2, 1, "CrRendererMain"),
    task(1, 1, 10_000),
    task(1, 1, 40_000, 12_000),
    task(1, 1, 17_000),
    task(1, 2, 90_000),
    task(2, 1, 80_000),
    { name: "FunctionCall", ph: "X", pid: 1, tid: 1, dur: 99_000 },
  ];
  expect(summarizeTasks(events)).toEqual({
    count: 3,
    longestMs: 40,
    longestCpuMs: 17,
    overFrame: 2,
  });
});

test("a long trace has more tasks than a call takes arguments", () => {
  const events = [
    thread(1, 1, "CrRendererMain"),
    ...Array.from({ length: 300_000 }, () => task(1, 1, 2_000)),
    task(1, 1, 5_000),
  ];
  expect(summarizeTasks(events)).toMatchObject({ count: 300_001, longestMs: 5 });
});

test("a trace without tasks is an error, not a perfect score", () => {
  expect(() => summarizeTasks([thread(1, 1, "CrRendererMain")])).toThrow("no tasks");
});

test("lines are read as Chromium writes them, and others are passed over", () => {
  const text =
    '{"args":{},"cat":"c","dur":7,"name":"RunTask","ph":"X","pid":1,"tdur":5,"tid":2,"ts":3}';
  expect(parseEvent(`${text},`)).toMatchObject({ name: "RunTask", dur: 7, tdur: 5 });
  expect(parseEvent(text)).toMatchObject({ pid: 1, tid: 2 });
  expect(parseEvent('{"traceEvents":[')).toBeNull();
  expect(parseEvent('{"name":"UpdateCounters","ph":"I"},')).toBeNull();
});
