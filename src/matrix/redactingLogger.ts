import { logger as sharedLogger, type Logger } from "matrix-js-sdk/lib/logger";
import { redact } from "@/lib/redact";

/** Milliseconds for which a line that was said is not said again: one for each message is no news. */
const QUIET_FOR = 60_000;
/** Lines that are remembered for that. */
const REMEMBERED = 100;

type Level = "warn" | "error";

const nothing = (): void => undefined;
const lastSaid = new Map<string, number>();

/**
 * The SDK writes message ciphertext, addresses, ids of people and of keys to its log, and has
 * written a backup's decryption key there (CVE-2024-34353). This one says warnings and errors alone,
 * as one line of text without what `redact` knows, and of a thing that is no text only its name.
 */
export const redactingLogger: Logger = createLogger("");

function createLogger(prefix: string): Logger {
  return {
    trace: nothing,
    debug: nothing,
    info: nothing,
    warn: (...words: unknown[]) => say("warn", prefix, words),
    error: (...words: unknown[]) => say("error", prefix, words),
    getChild: (name) => createLogger(`${prefix}${name} `),
  };
}

/** Children of the shared logger that the SDK makes while its code loads, before anybody can ask. */
const MADE_EARLY = ["RoomStickyEvents"];

/**
 * The same for the logger that parts of the SDK use without asking their client, and for all its
 * children: each of them starts at a level of its own and takes only the method factory from its
 * parent.
 */
export function redactSharedLogger(): void {
  if ("setLevel" in sharedLogger && typeof sharedLogger.setLevel === "function") {
    if ("methodFactory" in sharedLogger) sharedLogger.methodFactory = createMethod;
    // The second argument keeps it from being written to localStorage.
    sharedLogger.setLevel("warn", false);
    // Asking for a child again gives it the parent's factory of now.
    for (const name of MADE_EARLY) sharedLogger.getChild(name);
  }
}

/** A method of a `loglevel` logger; those of levels that are never said do nothing at any level. */
function createMethod(level: string): (this: unknown, ...words: unknown[]) => void {
  if (level !== "warn" && level !== "error") return nothing;
  return function method(...words) {
    const prefix = typeof this === "object" && this !== null && "prefix" in this ? this.prefix : "";
    say(level, typeof prefix === "string" ? `${prefix} ` : "", words);
  };
}

function say(level: Level, prefix: string, words: readonly unknown[]): void {
  const line = `SDK: ${redact(prefix + words.map(describe).join(" ")).trim()}`;
  const now = Date.now();
  // But for times and counts.
  const same = `${level} ${line.replaceAll(/\d+/gu, "0")}`;
  const before = lastSaid.get(same);
  if (before !== undefined && Math.abs(now - before) < QUIET_FOR) return;
  lastSaid.delete(same);
  lastSaid.set(same, now);
  const [oldest] = lastSaid.keys();
  if (lastSaid.size > REMEMBERED && oldest !== undefined) lastSaid.delete(oldest);
  // The one place of the app that writes to the console: what it is given has been redacted.
  // oxlint-disable-next-line no-console
  console[level](line);
}

function describe(word: unknown): string {
  if (typeof word === "string") return word;
  if (typeof word === "number" || typeof word === "boolean") return String(word);
  if (word instanceof Error) return `${word.name}: ${word.message}`;
  return word === null || word === undefined ? String(word) : `(${typeof word})`;
}
