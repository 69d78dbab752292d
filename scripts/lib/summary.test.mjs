import { expect, it } from "vitest";
import { formatSummary } from "./summary.ts";

it("lists every check and closes with the sum", () => {
  const text = formatSummary([
    { name: "format", passed: 1, failed: 0, seconds: 0.31, remarks: [] },
    { name: "dead-code", passed: 0, failed: 1, seconds: 0.8, remarks: [] },
    { name: "audit", passed: 0, failed: 0, seconds: 1, remarks: ["not asked"] },
    { name: "unit", passed: 1203, failed: 2, seconds: 61, remarks: ["2 tests were skipped"] },
  ]);
  expect(text).toBe(
    [
      "check      result  passed  failed      time",
      "format     ok           1       0     0.3 s",
      "dead-code  FAILED       0       1     0.8 s",
      "audit      –            0       0     1.0 s",
      "  not asked",
      "unit       FAILED    1203       2    61.0 s",
      "  2 tests were skipped",
      "",
      "1204 passed, 3 failed",
    ].join("\n"),
  );
});
