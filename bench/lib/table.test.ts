import { expect, test } from "vitest";
import { judge, row, type Target } from "./rows.ts";
import { formatNumber, formatTable } from "./table.ts";

const faster: Target = { of: "ratio", better: "more", atLeast: 2.5, aim: 4 };
const shorter: Target = { of: "value", better: "less", atLeast: 50, aim: 16 };

test("a row is judged by its ratio or its value, whichever the target names", () => {
  expect(judge(row("rate", "keys/s", { value: 400, baseline: 100 }, faster))).toBe("aim");
  expect(judge(row("rate", "keys/s", { value: 250, baseline: 100 }, faster))).toBe("yes");
  expect(judge(row("rate", "keys/s", { value: 249, baseline: 100 }, faster))).toBe("no");
  expect(judge(row("rate", "keys/s", { value: 249 }, faster))).toBe("unknown");
  expect(judge(row("task", "ms", { value: 16, baseline: 1 }, shorter))).toBe("aim");
  expect(judge(row("task", "ms", { value: 50 }, shorter))).toBe("yes");
  expect(judge(row("task", "ms", { value: 50.1 }, shorter))).toBe("no");
  expect(judge(row("task", "ms", { value: 1 }))).toBe("none");
});

test("numbers have the decimals that say something", () => {
  expect(formatNumber(4123.4, "keys/s")).toBe("4,123 keys/s");
  expect(formatNumber(0.0512, "")).toBe("0.05");
  expect(formatNumber(12.34, "ms")).toBe("12.3 ms");
  expect(formatNumber(null, "ms")).toBe("");
});

test("the table lines up and names what is not met", () => {
  const table = formatTable([
    row("rate", "keys/s", { value: 200, baseline: 100, spread: 0.031 }, faster),
    row("longest task", "ms", { value: 9.5 }, shorter),
  ]);
  expect(table.split("\n")).toEqual([
    "| figure       |      value |   baseline | ratio |  at least |       aim | met | spread |",
    "|--------------|------------|------------|-------|-----------|-----------|-----|--------|",
    "| rate         | 200 keys/s | 100 keys/s |  2.00 |    ≥ 2.50 |    ≥ 4.00 |  NO |   ±3 % |",
    "| longest task |    9.50 ms |            |       | ≤ 50.0 ms | ≤ 16.0 ms | aim |        |",
  ]);
});
