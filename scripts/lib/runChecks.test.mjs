import { describe, expect, it } from "vitest";
import { runChecks } from "./runChecks.ts";

/** @typedef {import("./checkList.mjs").Check} Check */

/** @param {string} name @param {Check["when"]} [when] @returns {Check} */
function check(name, when) {
  return { name, command: [name], counted: "exit", minutes: 1, ...(when && { when }) };
}

/** @param {string} name */
function result(name) {
  return { name, seconds: 1, passed: 1, failed: 0, remarks: [] };
}

const all = [check("lint"), check("slow", "beside"), check("build"), check("stories", "alone")];

describe("runChecks", () => {
  it("goes on with the others beside a slow one, and begins what runs alone after all of them", async () => {
    /** @type {string[]} */
    const events = [];
    const { promise: slowMayEnd, resolve: endSlow } = Promise.withResolvers();
    const results = await runChecks(
      all,
      async ({ name }, hold) => {
        events.push(`${name} begins`);
        if (name === "build") endSlow(undefined);
        if (name === "slow") await slowMayEnd;
        hold?.(`output of ${name}`);
        events.push(`${name} ends`);
        return result(name);
      },
      new AbortController().signal,
      (text) => events.push(`printed: ${text}`),
    );
    expect(results.map(({ name }) => name)).toEqual(["lint", "slow", "build", "stories"]);
    expect(events.indexOf("slow begins")).toBeLessThan(events.indexOf("build begins"));
    expect(events.indexOf("build begins")).toBeLessThan(events.indexOf("slow ends"));
    expect(events.slice(-3)).toEqual(["printed: output of slow", "stories begins", "stories ends"]);
  });

  it("holds back only what runs beside", async () => {
    /** @type {Map<string, boolean>} */
    const held = new Map();
    await runChecks(
      all,
      async ({ name }, hold) => {
        held.set(name, hold !== undefined);
        return result(name);
      },
      new AbortController().signal,
      () => {},
    );
    expect([...held].filter(([, isHeld]) => isHeld)).toEqual([["slow", true]]);
  });

  it("begins nothing more once it is told to end", async () => {
    const ending = new AbortController();
    const results = await runChecks(
      all,
      async ({ name }) => {
        ending.abort();
        return result(name);
      },
      ending.signal,
      () => {},
    );
    expect(results.map(({ name }) => name)).toEqual(["lint"]);
  });
});
