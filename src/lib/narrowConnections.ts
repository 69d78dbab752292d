import { isPlainOrigin } from "./plainOrigin";

const allowedIn = new WeakMap<Document, ReadonlySet<string>>();

/**
 * From now on the page may send requests to its own host and to these origins only, by a second
 * Content-Security-Policy: policies only ever take away from each other (CSP Level 3, "Multiple
 * policies"). So the first call counts, later ones do nothing, and only a reload widens it again.
 * Workers have the policy of their own response. Each origin is as URL.origin says it; one that
 * is not plain is left out.
 */
export function narrowConnections(origins: readonly string[], page: Document = document): void {
  if (allowedIn.has(page)) return;
  const allowed = origins.filter(isPlainOrigin);
  const meta = page.createElement("meta");
  meta.httpEquiv = "Content-Security-Policy";
  meta.content = `connect-src 'self' ${allowed.join(" ")}`;
  page.head.append(meta);
  allowedIn.set(page, new Set(allowed));
}

/** Has `narrowConnections` been called on this page? */
export function isNarrowed(page: Document = document): boolean {
  return allowedIn.has(page);
}

/** Whether `narrowConnections` has left the way to this origin open, or was not called yet. */
export function mayConnectTo(origin: string, page: Document = document): boolean {
  return allowedIn.get(page)?.has(origin) ?? true;
}

/** Calls `listener` whenever a policy of the page has kept back a request. */
export function onRefusedConnection(listener: () => void, page: Document = document): void {
  page.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => {
    if (effectiveDirective === "connect-src") listener();
  });
}
