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
  /**
   * No refresh begins from now on: another tab, or a later sign-in, may use the stored pair. Resolves
   * when none is under way any more, and a pair that was handed out last is stored by then.
   */
  close(): Promise<void>;
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
  let closed = false;
  let storing: Promise<void> | null = null;
  /** The present pair could not be stored: a page that opened the session now would find a dead one. */
  let unstored = false;

  async function refresh(): Promise<Renewal> {
    const answer = await refreshOAuthTokens(tokens.oauth);
    if (!answer.ok) {
      ended = answer.error === "refused";
      if (ended) unstored = false;
      return ended ? "ended" : "unreachable";
    }
    tokens = answer.value;
    // Not stored, the session lives on in this page, and storing is tried again.
    await keep();
    return "renewed";
  }

  async function storeNewest(): Promise<void> {
    let pair;
    do {
      pair = tokens;
      unstored = !(await store(pair)).ok;
    } while (pair !== tokens);
  }

  /** One writing at a time: an older pair never ends up over a newer one. */
  function keep(): Promise<void> {
    storing ??= storeNewest().finally(() => {
      storing = null;
    });
    return storing;
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
      if (closed) return tokens.accessToken;
      // A request does not wait for that: the pair is in use already.
      if (unstored) void keep();
      const { expiresAt } = tokens.oauth;
      const isDue = expiresAt !== null && expiresAt - Date.now() < MARGIN_MS;
      // Refused or not reachable: the homeserver then says what the old one is still good for.
      if (isDue && !ended) await refreshOnce();
      return tokens.accessToken;
    },
    async renew(stale) {
      if (refreshing === null && stale !== tokens.accessToken) return "renewed";
      if (ended) return "ended";
      return closed && refreshing === null ? "unreachable" : refreshOnce();
    },
    read: () => tokens,
    async close() {
      closed = true;
      await refreshing;
      await storing;
      if (unstored) await keep();
    },
  };
}
