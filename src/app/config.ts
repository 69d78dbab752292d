import * as v from "valibot";
import { fail, ok, type Result } from "@/domain/result";

/** What whoever serves the app can set, in /config.json. Nothing in it is secret. */
export interface AppConfig {
  /** Filled into the sign-in form; null leaves the field empty. */
  readonly defaultHomeserver: string | null;
}

/** What is wrong with /config.json, and in which field; "" is the file itself. */
export interface ConfigProblem {
  readonly field: string;
  readonly problem: string;
}

const defaults: AppConfig = { defaultHomeserver: null };

/** The app does not wait longer than this for a file it can do without, in milliseconds. */
const PATIENCE = 3_000;

const schema = v.object({
  defaultHomeserver: v.optional(
    v.nullable(
      v.pipe(
        v.string("must be text or null"),
        v.trim(),
        v.nonEmpty("must not be empty; use null for none"),
      ),
    ),
    null,
  ),
});

/** Checks the content of a config file. */
export function parseConfig(json: unknown): Result<AppConfig, ConfigProblem> {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    return fail({ field: "", problem: "must be a JSON object" });
  }
  const parsed = v.safeParse(schema, json);
  if (parsed.success) return ok(parsed.output);
  const [issue] = parsed.issues;
  return fail({ field: v.getDotPath(issue) ?? "", problem: issue.message });
}

/**
 * Reads /config.json. None there, or none to be had at the moment, means the defaults: it only
 * fills in a form. One that is there and wrong is said, so that a typo does not go unnoticed.
 */
export async function loadConfig(url = "/config.json"): Promise<Result<AppConfig, ConfigProblem>> {
  let text: string;
  try {
    const response = await fetch(url, {
      credentials: "omit",
      cache: "no-cache",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (!response.ok) return ok(defaults);
    text = await response.text();
  } catch {
    return ok(defaults);
  }
  try {
    return parseConfig(JSON.parse(text));
  } catch {
    // Hosts that answer every path with the app's own page have no config file either.
    if (/^\s*<!doctype html/i.test(text)) return ok(defaults);
    return fail({ field: "", problem: "is not valid JSON" });
  }
}
