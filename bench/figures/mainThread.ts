import type { Bench } from "../lib/Bench.ts";
import { usualPlan, type RunRecord } from "../lib/plan.ts";
import type { Row, Target } from "../lib/rows.ts";
import { compare, keys } from "./figure.ts";
import { bothSides } from "./speed.ts";

const longestTarget: Target = { of: "value", better: "less", atLeast: 50, aim: 16 };
const blockedTarget: Target = { of: "ratio", better: "less", atLeast: 0.25, aim: 0.05 };

/**
 * The longest task by trace, which sees every task, in runs of its own; blocked time by the page's
 * observer of long tasks, in the runs that measure speed, since it costs nothing.
 */
export async function measureMainThread(bench: Bench): Promise<readonly Row[]> {
  const { small, large } = bench.options.sizes;
  const rows: Row[] = [];
  for (const count of new Set([small, large])) {
    // One round of the large one: it is there to show that tasks do not grow with the backup.
    const rounds = count === small ? bench.options.rounds : 1;
    const records = await traced(bench, count, rounds);
    const label = `longest main-thread task, ${keys(count)}`;
    rows.push(
      compare(label, "ms", records, ({ tasks }) => tasks?.longestMs ?? null, longestTarget),
      compare(
        `longest by processor time, ${keys(count)}`,
        "ms",
        records,
        ({ tasks }) => tasks?.longestCpuMs ?? null,
      ),
      compare(
        `tasks longer than 16 ms, ${keys(count)}`,
        "",
        records,
        ({ tasks }) => tasks?.overFrame ?? null,
      ),
    );
  }
  const records = await bothSides(bench, large);
  return [
    ...rows,
    compare(
      `main thread blocked, ${keys(large)}`,
      "ms",
      records,
      ({ run }) => run.longTasks.blockedMs,
      blockedTarget,
    ),
    compare(
      `long tasks together, ${keys(large)}`,
      "ms",
      records,
      ({ run }) => run.longTasks.totalMs,
    ),
    compare(
      `longest long task, ${keys(large)}`,
      "ms",
      records,
      ({ run }) => run.longTasks.longestMs,
    ),
  ];
}

async function traced(
  bench: Bench,
  count: number,
  rounds: number,
): Promise<{ readonly ours: RunRecord[]; readonly sdk: RunRecord[] }> {
  const [ours = [], sdk = []] = await bench.runs(
    [
      { ...usualPlan("ours", count), trace: true },
      { ...usualPlan("sdk", count), trace: true },
    ],
    rounds,
  );
  return { ours, sdk };
}
