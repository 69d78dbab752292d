import { ratio } from "./statistics.ts";

export type Unit = "keys/s" | "s" | "ms" | "MB" | "%" | "µs" | "";

/** What is asked of a figure. */
export interface Target {
  /** Which number is judged. */
  readonly of: "value" | "ratio";
  /** Whether more or less is better. */
  readonly better: "more" | "less";
  readonly atLeast: number;
  readonly aim: number;
}

/** One line of the result. */
export interface Row {
  readonly figure: string;
  readonly unit: Unit;
  readonly value: number | null;
  /** The SDK's, or what the figure says it is compared with. */
  readonly baseline: number | null;
  readonly ratio: number | null;
  readonly target: Target | null;
  /** Largest distance of a single run from the median, as a share. */
  readonly spread: number | null;
}

export type Verdict = "aim" | "yes" | "no" | "unknown" | "none";

/** A row; the ratio is the value's to the baseline. */
export function row(
  figure: string,
  unit: Unit,
  measured: {
    readonly value: number | null;
    readonly baseline?: number | null;
    readonly spread?: number | null;
  },
  target: Target | null = null,
): Row {
  const { value, baseline = null, spread = null } = measured;
  return { figure, unit, value, baseline, ratio: ratio(value, baseline), target, spread };
}

/** Whether a row meets its target; `none` without one, `unknown` without a number. */
export function judge({ target, value, ratio: measuredRatio }: Row): Verdict {
  if (target === null) return "none";
  const number = target.of === "value" ? value : measuredRatio;
  if (number === null) return "unknown";
  const reaches = (bound: number): boolean =>
    target.better === "more" ? number >= bound : number <= bound;
  if (reaches(target.aim)) return "aim";
  return reaches(target.atLeast) ? "yes" : "no";
}
