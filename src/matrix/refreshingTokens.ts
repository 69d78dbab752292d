import type { AppError } from "@/domain/errors";
import type { Result } from "@/domain/result";
import { refreshOAuthTokens } from "./oauthTokens";
import type { OAuthTokens, SessionTokens } from "./sessionTokens";

/** `unreachable`: the authorization server gave no answer, and the tokens may still be good. */
export type Renewal = "renewed" | "unreachable" | "ended";

/** The tokens of an OAuth 2.0 session: the access token lives for minutes. Secret. */
export interface RefreshingTokens {
  /** The access token to use now. Waits for a refresh that is due. */
  current(): Promise<string>;
  /** The homeserver does not accept `stale` any more. Several callers share one refresh. */
  renew(stale: string): Promise<Renewal>;
  /** What there is now, for ending it. */
  read(): SessionTokens;
  /** Resolves when no refresh is under way: a pair that was just handed out is stored by then. */
  settled(): Promise<void>;
}

/** A token that expires this soon is renewed before it is used, in milliseconds. */
const MARGIN_MS = 2_000;

/**
 * Renews the tokens when they are due (Client-Server API, "Refresh token grant"). Refresh tokens
 * work once, so a new pair is stored before it is used, a refresh is never cut off when the session
 * closes, and what is not an answer ("unreachable") changes nothing.
 */
export function createRefreshingTokens(
  start: SessionTokens & { readonly oauth: OAuthTokens },
  store: (tokens: SessionTokens) => Promise<Result<void, AppError>>,
): RefreshingTokens {
  let tokens = start;
  let refreshing: Promise<Renewal> | null = null;
  let ended = false;

  async function refresh(): Promise<Renewal> {
    const answer = await refreshOAuthTokens(tokens.oauth);
    if (!answer.ok) {
      ended = answer.error === "refused";
      return ended ? "ended" : "unreachable";
    }
    tokens = answer.value;
    // Not stored, the session lives on in this page; the next opening asks to sign in again.
    await store(tokens);
    return "renewed";
  }

  function refreshOnce(): Promise<Renewal> {
    refreshing ??= refresh().finally(() => {
      refreshing = null;
    });
    return refreshing;
  }

  return {
    async current() {
      if (refreshing !== null) await refreshing;
      const { expiresAt } = tokens.oauth;
      const isDue = expiresAt !== null && expiresAt - Date.now() < MARGIN_MS;
      // Refused or not reachable: the homeserver then says what the old one is still good for.
      if (isDue && !ended) await refreshOnce();
      return tokens.accessToken;
    },
    async renew(stale) {
      if (refreshing === null && stale !== tokens.accessToken) return "renewed";
      return ended ? "ended" : refreshOnce();
    },
    read: () => tokens,
    async settled() {
      await refreshing;
    },
  };
}
