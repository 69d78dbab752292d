import { isObject } from "./errorOfAnswer";

/** What an OAuth 2.0 session needs beside its access token. */
export interface OAuthTokens {
  /** Null where the server gave none: the session then ends with its access token. */
  readonly refreshToken: string | null;
  /** Under which the authorization server knows this app. */
  readonly clientId: string;
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly revocationEndpoint: string;
  /** Where the app registers again when it has to sign in again; null: it does not. */
  readonly registrationEndpoint: string | null;
  /** The page where the account is managed, where the server names one. */
  readonly accountUrl: string | null;
  /** When the access token expires, in milliseconds since the epoch; null: not said. */
  readonly expiresAt: number | null;
}

/** The tokens of one session. Secret. */
export interface SessionTokens {
  readonly accessToken: string;
  /** Null for sessions of the homeserver's own, which are not refreshed. */
  readonly oauth: OAuthTokens | null;
}

/**
 * The tokens as the one text that the vault seals: the bare access token, as in records of earlier
 * builds, or JSON for a session of an authorization server. Matrix tokens never begin with a brace.
 */
export function encodeTokens({ accessToken, oauth }: SessionTokens): string {
  return oauth === null ? accessToken : JSON.stringify({ accessToken, oauth });
}

/** Null when the text is damaged. */
export function decodeTokens(text: string): SessionTokens | null {
  if (!text.startsWith("{")) return { accessToken: text, oauth: null };
  try {
    const parsed: unknown = JSON.parse(text);
    if (!isObject(parsed) || typeof parsed.accessToken !== "string") return null;
    const oauth = parseOAuth(parsed.oauth);
    return oauth === null ? null : { accessToken: parsed.accessToken, oauth };
  } catch {
    return null;
  }
}

function parseOAuth(value: unknown): OAuthTokens | null {
  if (!isObject(value)) return null;
  const { refreshToken, clientId, issuer, tokenEndpoint, revocationEndpoint } = value;
  const { registrationEndpoint, accountUrl, expiresAt } = value;
  if (typeof clientId !== "string") return null;
  if (typeof issuer !== "string" || typeof tokenEndpoint !== "string") return null;
  if (typeof revocationEndpoint !== "string") return null;
  return {
    refreshToken: typeof refreshToken === "string" ? refreshToken : null,
    clientId,
    issuer,
    tokenEndpoint,
    revocationEndpoint,
    registrationEndpoint: typeof registrationEndpoint === "string" ? registrationEndpoint : null,
    accountUrl: typeof accountUrl === "string" ? accountUrl : null,
    expiresAt: typeof expiresAt === "number" ? expiresAt : null,
  };
}
