import type { RedirectAnswer } from "./signIn";

/** The parameter in which our own request travels through a single sign-on, which has none for it. */
export const SSO_STATE = "sso_state";

/** An answer found in an address, and the address without it. */
export interface FoundAnswer {
  readonly answer: RedirectAnswer;
  /** Path, query and hash for `history.replaceState`. */
  readonly clean: string;
}

/**
 * What another page sent back: `?loginToken=…` (Client-Server API, "SSO client login") or
 * `#code=…&state=…` and `#error=…&state=…` (RFC 6749, 4.1.2 in a fragment, with `iss` of RFC 9207).
 * Null when the address holds nothing of the kind.
 */
export function findRedirectAnswer(href: string): FoundAnswer | null {
  const url = new URL(href);
  const loginToken = url.searchParams.get("loginToken");
  if (loginToken !== null) {
    const state = url.searchParams.get(SSO_STATE);
    url.searchParams.delete("loginToken");
    url.searchParams.delete(SSO_STATE);
    return { answer: { kind: "sso", state, loginToken }, clean: relative(url) };
  }
  const fragment = new URLSearchParams(url.hash.slice(1));
  const state = fragment.get("state");
  if (state === null) return null;
  const [code, error, issuer] = [fragment.get("code"), fragment.get("error"), fragment.get("iss")];
  url.hash = "#/";
  if (error !== null) {
    return { answer: { kind: "oauth_error", state, issuer, error }, clean: relative(url) };
  }
  return code === null
    ? null
    : { answer: { kind: "oauth", state, issuer, code }, clean: relative(url) };
}

function relative(url: URL): string {
  return url.pathname + url.search + url.hash;
}
