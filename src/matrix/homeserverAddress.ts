import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { isPlainOrigin } from "@/lib/plainOrigin";

/** What the person typed, as places to ask. Nothing has been asked yet. */
export interface HomeserverAddress {
  /** Where a well-known file may be. */
  readonly origin: string;
  /** The address itself, with its path and without a slash at the end. */
  readonly baseUrl: string;
  /** Typed with http:// or https://, so taken at its word before discovery is tried. */
  readonly explicit: boolean;
}

/**
 * Reads a homeserver field or the server name of a user id. Adds https:// where no scheme was
 * typed (http:// for this computer), drops everything a base URL cannot have, and refuses plain
 * http to any other computer.
 */
export function parseHomeserverAddress(input: string): Result<HomeserverAddress, AppError> {
  const text = input.trim();
  const notFound = fail<AppError>({ kind: "homeserver_not_found", input: text });
  if (text === "" || /\s/.test(text)) return notFound;
  const explicit = /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
  // An e-mail address or a user id; as a URL it would be one of the host in it.
  if (!explicit && text.includes("@")) return notFound;
  const url = parseUrl(explicit ? text : withScheme(text));
  if (url === null || url.hostname === "") return notFound;
  const checked = requireSecure(url);
  if (!checked.ok) return checked;
  return ok({ origin: url.origin, baseUrl: baseUrlOf(url), explicit });
}

/** The base URL of a well-known file, under the same rules. Null when it is no http(s) URL at all. */
export function parseDiscoveredBaseUrl(text: string): Result<string, AppError> | null {
  const url = parseUrl(text);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) return null;
  const checked = requireSecure(url);
  return checked.ok ? ok(baseUrlOf(url)) : checked;
}

/** Whether a URL's host is this computer, whatever the resolver says: 127/8, ::1, localhost. */
export function isLoopback(url: URL): boolean {
  const host = url.hostname.replace(/\.$/, "");
  return (
    host === "localhost" ||
    host.endsWith(".localhost") ||
    host === "[::1]" ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)
  );
}

/** A user id's server name, or null when the text is no user id. */
export function serverNameOf(username: string): string | null {
  const match = /^@[^:\s]*:(\S+)$/.exec(username.trim());
  return match?.[1] ?? null;
}

/** https, or a host that is this computer. */
export function isSecure(url: URL): boolean {
  return url.protocol === "https:" || isLoopback(url);
}

/** Whether a text is a URL by that rule. */
export function isSecureAddress(text: string): boolean {
  const url = parseUrl(text);
  return url !== null && isSecure(url);
}

function withScheme(text: string): string {
  const url = parseUrl(`http://${text}`);
  return url !== null && isLoopback(url) ? `http://${text}` : `https://${text}`;
}

function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

function requireSecure(url: URL): Result<null, AppError> {
  // Also every scheme that is not the web's.
  if (!isPlainOrigin(url.origin)) {
    return fail({ kind: "homeserver_not_found", input: url.href });
  }
  return isSecure(url) ? ok(null) : fail({ kind: "insecure_homeserver", host: url.host });
}

/** Without user, password, query, fragment, a pasted API path and trailing slashes. */
function baseUrlOf(url: URL): string {
  const path = url.pathname.replace(/\/_matrix(\/.*)?$/, "").replace(/\/+$/, "");
  return url.origin + path;
}
