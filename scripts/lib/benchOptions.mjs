import { parse } from "./options.mjs";
import { SetUpError } from "./setUpError.mjs";

/** What --only takes. The first eight have targets; the others explain them. */
export const benchNames = /** @type {const} */ ([
  "rate",
  "first-room",
  "main-thread",
  "memory",
  "scaling",
  "second",
  "crash",
  "link",
  "steps",
  "storage-key",
  "workers",
  "decrypt-with",
  "synapse",
]);

export const benchHelp = `Usage: npm run bench -- [options]

Measures restores by this dashboard and by the SDK, in turn, in the same browser on this machine.
Takes about 40 minutes; best on a machine that does nothing else.

  --quick       the smallest backup only, one round: shows that it works
  --only A,B    only these: ${benchNames.slice(0, 8).join(", ")};
                ${benchNames.slice(8).join(", ")}
  --synapse     also one run of each side against a real Synapse
  --rounds N    runs of each kind; medians are reported (3)
  --sizes A,B,C keys in the three backups (10000,100000,400000)
  --out NAME    writes bench/results/NAME.json (the date and time)
  --help        this text`;

/**
 * @typedef {object} BenchOptions
 * @property {boolean} help
 * @property {readonly string[]} only in the order of benchNames
 * @property {number} rounds
 * @property {{ small: number, large: number, huge: number }} sizes
 * @property {string | null} out
 */

/**
 * @param {readonly string[]} args
 * @returns {BenchOptions}
 * @throws {SetUpError}
 */
export function parseBenchOptions(args) {
  const values = parse(args, {
    quick: { type: "boolean" },
    only: { type: "string" },
    synapse: { type: "boolean" },
    rounds: { type: "string" },
    sizes: { type: "string" },
    out: { type: "string" },
    help: { type: "boolean", short: "h" },
  });
  const quick = values["quick"] === true;
  if (quick && values["sizes"] !== undefined) {
    throw new SetUpError("--quick has a size of its own: leave --sizes or --quick out.");
  }
  return {
    help: values["help"] === true,
    only: readNames(values["only"], { quick, synapse: values["synapse"] === true }),
    rounds: readCount("--rounds", values["rounds"], quick ? 1 : 3),
    sizes: readSizes(values["sizes"] ?? (quick ? "10000,10000,10000" : "10000,100000,400000")),
    out: readFileName(values["out"]),
  };
}

/**
 * @param {string | undefined} text
 * @param {{ quick: boolean, synapse: boolean }} options
 */
function readNames(text, { quick, synapse }) {
  const given = text?.split(",").map((name) => name.trim());
  const unknown = given?.find((name) => !benchNames.some((known) => known === name));
  if (unknown !== undefined) {
    throw new SetUpError(`--only does not know "${unknown}"; it knows ${benchNames.join(", ")}.`);
  }
  return benchNames.filter((name) => {
    if (name === "synapse") return synapse || given?.includes(name) === true;
    // With one size there is nothing to compare.
    return given === undefined ? !(quick && name === "scaling") : given.includes(name);
  });
}

/** @param {string} name @param {string | undefined} text @param {number} fallback */
function readCount(name, text, fallback) {
  if (text === undefined) return fallback;
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new SetUpError(`${name} needs a number from 1 to 999, not "${text}".`);
}

/** @param {string} text */
function readSizes(text) {
  const [small = 0, large = 0, huge = 0, ...more] = text
    .split(",")
    .map((size) => (/^\d{3,7}$/.test(size) ? Number(size) : 0));
  if (small > 0 && large >= small && huge >= large && more.length === 0) {
    return { small, large, huge };
  }
  throw new SetUpError(`--sizes needs three growing numbers of keys from 100 on, not "${text}".`);
}

/** @param {string | undefined} text */
function readFileName(text) {
  if (text === undefined) return null;
  if (/^[\w][\w.-]{0,80}$/.test(text)) return text;
  throw new SetUpError(`--out needs a plain file name, not "${text}".`);
}
