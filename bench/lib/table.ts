import { judge, type Row, type Unit, type Verdict } from "./rows.ts";

const verdicts: Readonly<Record<Verdict, string>> = {
  aim: "aim",
  yes: "yes",
  no: "NO",
  unknown: "?",
  none: "",
};

/** Rows as a Markdown table, padded so that it reads in a terminal too. */
export function formatTable(rows: readonly Row[]): string {
  const head = ["figure", "value", "baseline", "ratio", "at least", "aim", "met", "spread"];
  const lines = rows.map((row) => [
    row.figure,
    formatNumber(row.value, row.unit),
    formatNumber(row.baseline, row.unit),
    formatNumber(row.ratio, ""),
    bound(row, "atLeast"),
    bound(row, "aim"),
    verdicts[judge(row)],
    row.spread === null ? "" : `±${Math.round(row.spread * 100)} %`,
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => (line[column] ?? "").length)),
  );
  const write = (cells: readonly string[]): string =>
    `| ${cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join(" | ")} |`;
  const rule = `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`;
  return [write(head), rule, ...lines.map(write)].join("\n");
}

/** A number with as many decimals as say something, and its unit; "" for none. */
export function formatNumber(value: number | null, unit: Unit): string {
  if (value === null) return "";
  const decimals = unit === "keys/s" ? 0 : decimalsOf(value);
  const text = value.toLocaleString("en", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  return unit === "" ? text : `${text} ${unit}`;
}

function decimalsOf(value: number): number {
  const size = Math.abs(value);
  if (size >= 100) return 0;
  return size >= 10 ? 1 : 2;
}

function bound({ target, unit }: Row, which: "atLeast" | "aim"): string {
  if (target === null) return "";
  const sign = target.better === "more" ? "≥" : "≤";
  return `${sign} ${formatNumber(target[which], target.of === "value" ? unit : "")}`;
}
