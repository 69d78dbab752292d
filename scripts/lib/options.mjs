import { parseArgs } from "node:util";
import { SetUpError } from "./setUpError.mjs";

export const startHelp = `Usage: npm start -- [options]

Starts a homeserver with demo accounts and the dashboard, and ends both on ctrl-C.

  --port N             port of the dashboard (4173)
  --homeserver URL     use this homeserver; no embedded one is started
  --homeserver-port N  port of the embedded homeserver (8008)
  --reset              throw the demo data away and make it anew
  --help               this text`;

export const previewHelp = `Usage: npm run preview -- [options]

Serves the production build in dist/ with its security headers.

  --port N  port to serve at (4173)
  --help    this text`;

/**
 * @typedef {object} StartOptions
 * @property {boolean} help
 * @property {number} port
 * @property {string | null} homeserver an origin, or null for the embedded homeserver
 * @property {number} homeserverPort
 * @property {boolean} reset
 */

/**
 * @param {readonly string[]} args
 * @returns {StartOptions}
 * @throws {SetUpError}
 */
export function parseStartOptions(args) {
  const values = parse(args, {
    port: { type: "string" },
    homeserver: { type: "string" },
    "homeserver-port": { type: "string" },
    reset: { type: "boolean" },
    help: { type: "boolean", short: "h" },
  });
  const homeserver = readHomeserver(values["homeserver"]);
  const options = {
    help: values["help"] === true,
    port: readPort("--port", values["port"], 4173),
    homeserver,
    homeserverPort: readPort("--homeserver-port", values["homeserver-port"], 8008),
    reset: values["reset"] === true,
  };
  if (homeserver !== null && values["homeserver-port"] !== undefined) {
    throw new SetUpError(
      "--homeserver-port is for the embedded homeserver, which --homeserver leaves out: give one of them.",
    );
  }
  if (homeserver === null && options.port === options.homeserverPort) {
    throw new SetUpError(`--port and --homeserver-port cannot both be ${options.port}.`);
  }
  return options;
}

/**
 * @param {readonly string[]} args
 * @returns {{ help: boolean, port: number }}
 * @throws {SetUpError}
 */
export function parsePreviewOptions(args) {
  const values = parse(args, {
    port: { type: "string" },
    help: { type: "boolean", short: "h" },
  });
  return { help: values["help"] === true, port: readPort("--port", values["port"], 4173) };
}

/**
 * @template {import("node:util").ParseArgsOptionsConfig} O
 * @param {readonly string[]} args
 * @param {O} options
 */
export function parse(args, options) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split(/\.\s|\n/);
    throw new SetUpError(`${reason}. --help lists the options.`);
  }
}

/** @param {string} name @param {string | undefined} text @param {number} fallback */
function readPort(name, text, fallback) {
  if (text === undefined) return fallback;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) {
    throw new SetUpError(`${name} needs a number from 1 to 65535, not "${text}".`);
  }
  return port;
}

/** The same rule as in the dashboard: https, or plain http on this machine. @param {string | undefined} text */
function readHomeserver(text) {
  if (text === undefined) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username + url.password !== "") {
    throw new SetUpError(
      `--homeserver needs a full address such as https://matrix.example.org, not "${text}".`,
    );
  }
  if (url.protocol === "http:" && !/^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname)) {
    throw new SetUpError(
      `--homeserver ${url.origin} is plain http, which would send passwords in the clear: use https.`,
    );
  }
  return url.href.replace(/\/+$/, "");
}
