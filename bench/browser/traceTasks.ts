import type { CDPSession } from "playwright";

/** The main thread's tasks in one stretch of time. */
export interface TaskTimes {
  readonly count: number;
  readonly longestMs: number;
  /** The longest by processor time: what is left when another program held the processor. */
  readonly longestCpuMs: number;
  /** How many took longer than a frame of 60 Hz. */
  readonly overFrame: number;
}

/** One event of Chromium's trace format; times in microseconds. */
export interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

const FRAME_US = 16_000;
const CATEGORIES = ["disabled-by-default-devtools.timeline"];

/**
 * Traces every task of the page's process from now on; the answer ends it. It costs speed, so it has
 * runs of its own.
 */
export async function traceTasks(session: CDPSession): Promise<() => Promise<TaskTimes>> {
  await session.send("Tracing.start", {
    transferMode: "ReturnAsStream",
    traceConfig: {
      recordMode: "recordContinuously",
      traceBufferSizeInKb: 400_000,
      includedCategories: CATEGORIES,
      excludedCategories: ["*"],
    },
  });
  return async () => {
    const complete = new Promise<string>((resolve, reject) => {
      session.once("Tracing.tracingComplete", ({ stream, dataLossOccurred }) => {
        if (dataLossOccurred || stream === undefined) reject(new Error("the trace lost events"));
        else resolve(stream);
      });
    });
    await session.send("Tracing.end");
    return summarizeTasks(await readEvents(session, await complete));
  };
}

/** Picks out the tasks of the busiest page's main thread. */
export function summarizeTasks(events: readonly TraceEvent[]): TaskTimes {
  const mains = new Set(
    events
      .filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain")
      .map(threadOf),
  );
  const byThread = Map.groupBy(
    events.filter((event) => event.name === "RunTask" && mains.has(threadOf(event))),
    threadOf,
  );
  const [tasks = []] = [...byThread.values()].toSorted((a, b) => b.length - a.length);
  if (tasks.length === 0) throw new Error("the trace has no tasks of a page");
  return {
    count: tasks.length,
    longestMs: longest(tasks.map(({ dur = 0 }) => dur)) / 1_000,
    longestCpuMs: longest(tasks.map(({ tdur = 0 }) => tdur)) / 1_000,
    overFrame: tasks.filter(({ dur = 0 }) => dur > FRAME_US).length,
  };
}

/** Not Math.max over all of them: a long trace has more tasks than a call takes arguments. */
function longest(times: readonly number[]): number {
  return times.reduce((most, time) => Math.max(most, time), 0);
}

function threadOf({ pid, tid }: TraceEvent): string {
  return `${pid} ${tid}`;
}

/**
 * Reads a finished trace. Chromium writes one event a line; only the few kinds of use are parsed, so
 * that a trace of a hundred megabytes is never held whole.
 */
async function readEvents(session: CDPSession, handle: string): Promise<TraceEvent[]> {
  const events: TraceEvent[] = [];
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { data, eof, base64Encoded } = await session.send("IO.read", { handle, size: 1 << 20 });
    rest +=
      base64Encoded === true ? decoder.decode(Buffer.from(data, "base64"), { stream: true }) : data;
    const lines = rest.split("\n");
    rest = eof ? "" : (lines.pop() ?? "");
    for (const line of lines) {
      const event = parseEvent(line);
      if (event !== null) events.push(event);
    }
    if (eof) break;
  }
  await session.send("IO.close", { handle });
  return events;
}

/** The event on one line of a trace, if it is one of those that are used. */
export function parseEvent(line: string): TraceEvent | null {
  if (!/"name":"(?:RunTask|thread_name)"/.test(line)) return null;
  return JSON.parse(line.slice(line.indexOf("{"), line.lastIndexOf("}") + 1)) as TraceEvent;
}
