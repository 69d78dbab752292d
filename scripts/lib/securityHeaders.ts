/**
 * The one source of the headers that the dashboard is served with. A CSP in a meta tag is not
 * enough: it does not cover framing, and a worker takes its policy from its own response.
 */

/** Where a response is served from; decides the few headers that differ. */
export interface Serving {
  /** Adds http on this machine to the homeservers the page may talk to. Never in production. */
  readonly loopbackHomeservers: boolean;
  /**
   * Strict-Transport-Security. Left out on loopback: browsers ignore it over plain http, and
   * behind a local TLS proxy it would force https on every other program at "localhost".
   */
  readonly strictTransport: boolean;
}

/** What is deployed: https homeservers only, https for the dashboard itself for two years. */
export const production: Serving = { loopbackHomeservers: false, strictTransport: true };

/** Content-Security-Policy for the given homeservers; sources as in CSP Level 3. */
export function contentSecurityPolicy(loopbackHomeservers: boolean): string {
  const loopback = loopbackHomeservers ? " http://localhost:* http://127.0.0.1:*" : "";
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self' https:${loopback}`,
    "manifest-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types app-worker",
  ].join("; ");
}

/** The headers of every response, whatever its status and type. */
export function securityHeaders(serving: Serving): Record<string, string> {
  return {
    "Content-Security-Policy": contentSecurityPolicy(serving.loopbackHomeservers),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy":
      "camera=(self), microphone=(), geolocation=(), usb=(), serial=(), payment=(), clipboard-read=(), clipboard-write=(self)",
    ...(serving.strictTransport
      ? { "Strict-Transport-Security": "max-age=63072000; includeSubDomains" }
      : {}),
  };
}

export const immutable = "public, max-age=31536000, immutable";
export const revalidate = "no-cache";
/** Of every refusal: what is missing now may be there after the next deployment. */
export const unkept = "no-store";
/** What is answered at all, as in the Allow header of status 405. */
export const allowedMethods = ["GET", "HEAD"] as const;

/** Paths of files whose names carry a hash of their contents; the same in every regex dialect. */
export const hashedPath = "^/assets/.+-[A-Za-z0-9_-]{8}[.][a-z0-9]+$";

/**
 * Cache-Control for a path of the build. Only names that carry a hash of their contents may be
 * kept without asking again.
 */
export function cacheControl(path: string): string {
  return new RegExp(hashedPath).test(path) ? immutable : revalidate;
}

/** Everything of the build that is not below assets/, by its path. */
const otherPaths = ["/", "/index.html", "/config.json", "/favicon.svg", "/robots.txt"] as const;

/**
 * The production headers as a `_headers` file, the form that static hosts read. Cache-Control is
 * set per path, as hosts join the values when two rules match; by folder, as the form knows no
 * patterns within a name and no status.
 */
export function renderHeadersFile(): string {
  const rule = (path: string, headers: Record<string, string>) =>
    [path, ...Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`)].join("\n");
  return `${[
    rule("/*", securityHeaders(production)),
    rule("/assets/*", { "Cache-Control": immutable }),
    ...otherPaths.map((path) => rule(path, { "Cache-Control": revalidate })),
  ].join("\n\n")}\n`;
}
