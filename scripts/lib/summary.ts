import type { CheckResult } from "./runCheck.ts";

/** The table that closes `npm test`; its last line is exactly "N passed, N failed". */
export function formatSummary(results: readonly CheckResult[]): string {
  const width = Math.max(...results.map(({ name }) => name.length), "check".length);
  const row = (name: string, [result, passed, failed, time]: readonly string[]) =>
    `${name.padEnd(width)}  ${result?.padEnd(6)}  ${passed?.padStart(6)}  ${failed?.padStart(6)}  ${time?.padStart(8)}`;
  const total = (key: "passed" | "failed") => results.reduce((sum, result) => sum + result[key], 0);
  return [
    row("check", ["result", "passed", "failed", "time"]),
    ...results.flatMap(({ name, passed, failed, seconds, remarks }) => [
      row(name, [
        resultOf(passed, failed),
        String(passed),
        String(failed),
        `${seconds.toFixed(1)} s`,
      ]),
      ...remarks.map((remark) => `  ${remark}`),
    ]),
    "",
    `${total("passed")} passed, ${total("failed")} failed`,
  ].join("\n");
}

function resultOf(passed: number, failed: number): string {
  if (failed > 0) return "FAILED";
  return passed > 0 ? "ok" : "–";
}
