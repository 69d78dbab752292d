import { expect, test } from "vitest";
import { benchHelp, benchNames, parseBenchOptions } from "./benchOptions.mjs";

test("without options everything but Synapse is measured, three times", () => {
  expect(parseBenchOptions([])).toEqual({
    help: false,
    only: benchNames.filter((name) => name !== "synapse"),
    rounds: 3,
    sizes: { small: 10_000, large: 100_000, huge: 400_000 },
    out: null,
  });
});

test("a quick run has one size and nothing that compares sizes", () => {
  const { only, rounds, sizes } = parseBenchOptions(["--quick"]);
  expect(only).not.toContain("scaling");
  expect(rounds).toBe(1);
  expect(sizes).toEqual({ small: 10_000, large: 10_000, huge: 10_000 });
});

test("figures are selected by name", () => {
  expect(parseBenchOptions(["--only", "memory,rate", "--rounds", "5"])).toMatchObject({
    only: ["rate", "memory"],
    rounds: 5,
  });
  expect(parseBenchOptions(["--only", "rate", "--synapse"]).only).toEqual(["rate", "synapse"]);
  expect(parseBenchOptions(["--sizes", "1000,2000,2000", "--out", "first"])).toMatchObject({
    sizes: { small: 1_000, large: 2_000, huge: 2_000 },
    out: "first",
  });
});

test.each([
  [["--only", "speed"], "speed"],
  [["--rounds", "0"], "--rounds"],
  [["--sizes", "2000,1000,4000"], "--sizes"],
  [["--sizes", "2000"], "--sizes"],
  [["--sizes", "200,300,400", "--quick"], "--quick"],
  [["--out", "../there"], "--out"],
  [["--slow"], "--slow"],
])("%j is refused by name", (args, named) => {
  expect(() => parseBenchOptions(args)).toThrow(named);
});

test("the help names every figure", () => {
  for (const name of benchNames) expect(benchHelp).toContain(name);
});
