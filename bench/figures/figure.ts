import type { Bench } from "../lib/Bench.ts";
import { row, type Row, type Target, type Unit } from "../lib/rows.ts";
import type { RunRecord } from "../lib/plan.ts";
import { median, spread } from "../lib/statistics.ts";

/** A group of figures that is measured together. */
export interface Figure {
  readonly title: string;
  readonly measure: (bench: Bench) => Promise<readonly Row[]>;
}

export type Read = (record: RunRecord) => number | null;

/** The numbers that could be read. */
export function numbers(records: readonly RunRecord[], read: Read): number[] {
  return records.map(read).filter((value) => value !== null);
}

/** Our median beside the SDK's. */
export function compare(
  figure: string,
  unit: Unit,
  records: { readonly ours: readonly RunRecord[]; readonly sdk: readonly RunRecord[] },
  read: Read,
  target: Target | null = null,
): Row {
  const ours = numbers(records.ours, read);
  return row(
    figure,
    unit,
    { value: median(ours), baseline: median(numbers(records.sdk, read)), spread: spread(ours) },
    target,
  );
}

/** Our median, compared with nothing. */
export function single(
  figure: string,
  unit: Unit,
  records: readonly RunRecord[],
  read: Read,
  target: Target | null = null,
): Row {
  const values = numbers(records, read);
  return row(figure, unit, { value: median(values), spread: spread(values) }, target);
}

export const keysPerSecond: Read = ({ plan, run }) => (plan.count / run.ms) * 1_000;

export const MB = 1e6;

/** A number of keys as in tables. */
export function keys(count: number): string {
  return `${count.toLocaleString("en")} keys`;
}
