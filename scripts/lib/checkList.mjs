import { SetUpError } from "./setUpError.mjs";

/**
 * One check of `npm test`.
 * @typedef {object} Check
 * @property {string} name
 * @property {readonly string[]} command program and arguments; programs come from node_modules/.bin
 * @property {"exit" | "question" | "vitest" | "playwright"} counted where its numbers come from
 * @property {boolean} [synapse] needs the homeserver
 * @property {boolean} [chromium] needs the browser
 * @property {"beside" | "alone"} [when] "beside" the others, as it mostly waits; "alone" after all of them
 * @property {boolean} [firefox] needs the second browser
 * @property {boolean} [webServers] needs those that the dashboard can be deployed with
 * @property {number} minutes after which it is ended as hung
 */

/** @type {readonly Check[]} in the order they run: quick ones first, build before end-to-end */
export const checks = [
  { name: "format", command: ["oxfmt", "--check", "."], counted: "exit", minutes: 3 },
  {
    name: "lint",
    command: ["oxlint", "--type-aware", "--deny-warnings"],
    counted: "exit",
    minutes: 3,
  },
  { name: "types", command: ["tsc", "--noEmit"], counted: "exit", minutes: 5 },
  {
    name: "dead-code",
    command: ["knip", "--treat-config-hints-as-errors"],
    counted: "exit",
    minutes: 3,
  },
  {
    name: "unit",
    command: ["vitest", "run", "--project", "unit"],
    counted: "vitest",
    synapse: true,
    minutes: 10,
  },
  {
    name: "browser",
    command: ["vitest", "run", "--project", "browser"],
    counted: "vitest",
    chromium: true,
    minutes: 10,
  },
  {
    name: "integration",
    command: ["vitest", "run", "--project", "integration"],
    counted: "vitest",
    synapse: true,
    when: "beside",
    minutes: 15,
  },
  { name: "build", command: ["vite", "build"], counted: "exit", minutes: 5 },
  { name: "budget", command: ["node", "scripts/check-budget.mjs"], counted: "exit", minutes: 3 },
  {
    name: "licences",
    command: ["node", "scripts/check-licences.mjs"],
    counted: "exit",
    minutes: 3,
  },
  {
    name: "supply-chain",
    command: ["node", "scripts/check-supply-chain.mjs"],
    counted: "exit",
    minutes: 3,
  },
  { name: "audit", command: ["node", "scripts/audit.mjs"], counted: "question", minutes: 3 },
  {
    name: "firefox",
    command: ["vitest", "run", "--project", "firefox"],
    counted: "vitest",
    synapse: true,
    firefox: true,
    when: "alone",
    minutes: 6,
  },
  {
    name: "e2e",
    command: ["playwright", "test", "--config", "e2e/playwright.config.ts"],
    counted: "playwright",
    synapse: true,
    chromium: true,
    webServers: true,
    when: "alone",
    minutes: 30,
  },
];

/**
 * The checks with the given names, in the order they run; all of them without names.
 * @param {readonly string[]} wanted
 * @returns {readonly Check[]}
 * @throws {SetUpError} for a name that is no check
 */
export function selectChecks(wanted) {
  const names = checks.map(({ name }) => name);
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new SetUpError(`There is no check "${unknown}"; there are ${names.join(", ")}.`);
  }
  return wanted.length === 0 ? checks : checks.filter(({ name }) => wanted.includes(name));
}
