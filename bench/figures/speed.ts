import type { Bench } from "../lib/Bench.ts";
import { row, type Row, type Target } from "../lib/rows.ts";
import { usualPlan, type RunRecord } from "../lib/plan.ts";
import { median, spread } from "../lib/statistics.ts";
import { compare, keys, keysPerSecond, numbers, single, type Read } from "./figure.ts";

const rateTarget: Target = { of: "ratio", better: "more", atLeast: 2.5, aim: 4 };
const firstRoomTarget: Target = { of: "value", better: "less", atLeast: 3, aim: 1 };
const secondTarget: Target = { of: "ratio", better: "less", atLeast: 0.15, aim: 0.05 };

/** The usual runs of both sides, in turn. */
export async function bothSides(
  bench: Bench,
  count: number,
): Promise<{ readonly ours: RunRecord[]; readonly sdk: RunRecord[] }> {
  const [ours = [], sdk = []] = await bench.runs([
    usualPlan("ours", count),
    usualPlan("sdk", count),
  ]);
  return { ours, sdk };
}

/** Processor time of all of the browser's processes, in microseconds per key. */
const cpuPerKey: Read = ({ plan, usage }) =>
  usage === null
    ? null
    : ((usage.rendererCpuMs + usage.browserCpuMs + usage.otherCpuMs) * 1_000) / plan.count;

/** Keys per second at both sizes, and what they cost in processor time. */
export async function measureRate(bench: Bench): Promise<readonly Row[]> {
  const { small, large } = bench.options.sizes;
  const rows: Row[] = [];
  for (const count of new Set([small, large])) {
    const records = await bothSides(bench, count);
    rows.push(
      compare(`rate, ${keys(count)}`, "keys/s", records, keysPerSecond, rateTarget),
      compare(`processor time per key, ${keys(count)}`, "µs", records, cpuPerKey),
    );
  }
  return rows;
}

/** How long until a person can read the room used last. */
export async function measureFirstRoom(bench: Bench): Promise<readonly Row[]> {
  const { large } = bench.options.sizes;
  const { ours } = await bothSides(bench, large);
  const read: Read = ({ run }) => (run.firstRoomMs === null ? null : run.firstRoomMs / 1_000);
  return [single(`last used room readable, ${keys(large)}`, "s", ours, read, firstRoomTarget)];
}

/** The same restore once more, when nothing is new; the baseline is the first one. */
export async function measureSecond(bench: Bench): Promise<readonly Row[]> {
  const { large } = bench.options.sizes;
  const { ours } = await bothSides(bench, large);
  const again = numbers(ours, (record) => (record.again === null ? null : record.again.ms / 1_000));
  const first = median(numbers(ours, ({ run }) => run.ms / 1_000));
  return [
    row(
      `second restore / first, ${keys(large)}`,
      "s",
      { value: median(again), baseline: first, spread: spread(again) },
      secondTarget,
    ),
    single(
      `keys decrypted in the second, ${keys(large)}`,
      "",
      ours,
      (record) => record.again?.decrypted ?? null,
    ),
  ];
}
