import type { Bench } from "../lib/Bench.ts";
import { usualPlan, type RunRecord } from "../lib/plan.ts";
import { row, type Row, type Target } from "../lib/rows.ts";
import { median, spread } from "../lib/statistics.ts";
import { compare, keys, keysPerSecond, MB, numbers, type Read } from "./figure.ts";
import { bothSides } from "./speed.ts";

const aboveTarget: Target = { of: "ratio", better: "less", atLeast: 0.4, aim: 0.2 };
const growthTarget: Target = { of: "ratio", better: "less", atLeast: 1.15, aim: 1 };
const steadyTarget: Target = { of: "ratio", better: "more", atLeast: 0.8, aim: 1 };

const above: Read = ({ usage }) =>
  usage === null ? null : (usage.peakBytes - usage.idleBytes) / MB;
const whole: Read = ({ usage }) => (usage === null ? null : usage.peakBytes / MB);
const residentAbove: Read = ({ usage }) =>
  usage === null ? null : (usage.peakResidentBytes - usage.idleResidentBytes) / MB;
const browserAbove: Read = ({ usage }) =>
  usage === null ? null : (usage.browserPeakBytes - usage.browserIdleBytes) / MB;

/** Peak memory beside the SDK's. */
export async function measureMemory(bench: Bench): Promise<readonly Row[]> {
  const { large } = bench.options.sizes;
  const records = await bothSides(bench, large);
  const size = keys(large);
  return [
    compare(`peak memory above the signed-in page, ${size}`, "MB", records, above, aboveTarget),
    compare(`peak memory whole, ${size}`, "MB", records, whole),
    compare(`peak resident above the signed-in page, ${size}`, "MB", records, residentAbove),
    compare(`peak of the browser's process above rest, ${size}`, "MB", records, browserAbove),
    compare(`live in the page before, ${size}`, "MB", records, ({ heap }) => mb(heap.before)),
    compare(`live in the page after, ${size}`, "MB", records, ({ heap }) => mb(heap.after)),
  ];
}

/** Whether a backup four times as large is restored as fast, in as much memory. */
export async function measureScaling(bench: Bench): Promise<readonly Row[]> {
  const { small, large, huge } = bench.options.sizes;
  const ours = async (count: number): Promise<RunRecord[]> =>
    (await bench.runs([usualPlan("ours", count)]))[0] ?? [];
  const atSmall = await ours(small);
  const atLarge = await ours(large);
  const atHuge = await ours(huge);
  const grown = `${keys(huge)} / ${keys(large)}`;
  return [
    relate(`peak memory above the signed-in page, ${grown}`, [atHuge, atLarge], above),
    relate(`peak memory whole, ${grown}`, [atHuge, atLarge], whole),
    {
      ...relate(`rate, ${keys(huge)} / ${keys(small)}`, [atHuge, atSmall], keysPerSecond),
      unit: "keys/s",
      target: steadyTarget,
    },
  ];
}

function relate(
  figure: string,
  [value, baseline]: readonly [RunRecord[], RunRecord[]],
  read: Read,
): Row {
  const values = numbers(value, read);
  return row(
    figure,
    "MB",
    {
      value: median(values),
      baseline: median(numbers(baseline, read)),
      spread: spread(values),
    },
    growthTarget,
  );
}

function mb(bytes: number | null): number | null {
  return bytes === null ? null : bytes / MB;
}
