import * as v from "valibot";
import { fail, ok, type Result } from "@/domain/result";
import { isSecureAddress } from "@/matrix/homeserverAddress";

/** What whoever serves the app can set, in config.json. Nothing in it is secret. */
export interface AppConfig {
  /** Filled into the sign-in form; null leaves the field empty. */
  readonly defaultHomeserver: string | null;
  /** The one homeserver this site is for; nobody is asked for another then. */
  readonly homeserver: FixedHomeserver | null;
  /** Client ids by issuer, for authorization servers that take no app they do not know. */
  readonly oauthClientIds: Readonly<Record<string, string>>;
}

export interface FixedHomeserver {
  /** A server name, or a base URL with https://. */
  readonly address: string;
  /** What people know it by. */
  readonly name: string;
}

/** What is wrong with config.json, and in which field; "" is the file itself. */
export interface ConfigProblem {
  readonly field: string;
  readonly problem: string;
}

const defaults: AppConfig = { defaultHomeserver: null, homeserver: null, oauthClientIds: {} };

/** The app does not wait longer than this for a file it can do without, in milliseconds. */
const PATIENCE = 3_000;

const text = (whenEmpty: string) =>
  v.pipe(v.string("must be text"), v.trim(), v.nonEmpty(whenEmpty));
const someText = text("must not be empty");
const secureUrl = v.pipe(
  someText,
  v.check(
    (url) => /^https?:/i.test(url) && isSecureAddress(url),
    "must be a URL that starts with https://",
  ),
);

const fixedHomeserver = v.pipe(
  v.strictObject(
    {
      baseUrl: v.optional(secureUrl),
      serverName: v.optional(
        v.pipe(
          someText,
          v.regex(/^[^\s/@:]+(:\d+)?$/, "must be a server name such as example.org"),
        ),
      ),
      name: v.optional(someText),
    },
    (issue) => (issue.expected === "never" ? "is not known" : "must be an object or null"),
  ),
  v.check(
    ({ baseUrl, serverName }) => (baseUrl === undefined) !== (serverName === undefined),
    "must have either baseUrl or serverName",
  ),
  v.transform(({ baseUrl, serverName, name }): FixedHomeserver => {
    const address = baseUrl ?? serverName ?? "";
    return { address, name: name ?? hostOf(address) };
  }),
);

const schema = v.pipe(
  v.strictObject(
    {
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
      homeserver: v.optional(v.nullable(fixedHomeserver), null),
      oauthClientIds: v.optional(
        v.record(secureUrl, someText, "must be an object of client ids by issuer"),
        {},
      ),
    },
    "is not known",
  ),
  v.forward(
    v.check(
      ({ defaultHomeserver, homeserver }) => defaultHomeserver === null || homeserver === null,
      "must be null where homeserver is set",
    ),
    ["defaultHomeserver"],
  ),
);

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host || address : address;
}

/** Checks the content of a config file. */
export function parseConfig(json: unknown): Result<AppConfig, ConfigProblem> {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    return fail({ field: "", problem: "must be a JSON object" });
  }
  // Those are notes for people and editors, as elsewhere in JSON.
  const fields = Object.entries(json).filter(([name]) => !/^[_$]/.test(name));
  const parsed = v.safeParse(schema, Object.fromEntries(fields));
  if (parsed.success) return ok(parsed.output);
  const [issue] = parsed.issues;
  return fail({ field: v.getDotPath(issue) ?? "", problem: issue.message });
}

/**
 * Reads config.json, which lies beside the app. None there, or none to be had at the moment, means the
 * defaults. One that is there and wrong is said, so that a typo does not go unnoticed.
 */
export async function loadConfig(
  url = `${import.meta.env.BASE_URL}config.json`,
): Promise<Result<AppConfig, ConfigProblem>> {
  let body: string;
  try {
    const response = await fetch(url, {
      credentials: "omit",
      cache: "no-cache",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (!response.ok) return ok(defaults);
    body = await response.text();
  } catch {
    return ok(defaults);
  }
  try {
    return parseConfig(JSON.parse(body));
  } catch {
    // Hosts that answer every path with the app's own page have no config file either.
    if (/^\s*<!doctype html/i.test(body)) return ok(defaults);
    return fail({ field: "", problem: "is not valid JSON" });
  }
}
