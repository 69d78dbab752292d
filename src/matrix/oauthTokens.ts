import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { validateBearerTokenResponse } from "matrix-js-sdk";
import { postForm, type FormFailure } from "./oauthRequest";
import type { OAuthTokens, SessionTokens } from "./sessionTokens";

/** For both tokens together, as a log-out has it: whoever leaves does not wait for ever. */
const REVOKE_WITHIN_MS = 15_000;

/** What the token endpoint hands out (RFC 6749, 5.1). Secret. */
export interface TokenGrant {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  /** Milliseconds since the epoch; null: not said. */
  readonly expiresAt: number | null;
}

type OAuthSession = SessionTokens & { readonly oauth: OAuthTokens };

/** Asks the token endpoint. `refused`: it answered that it will not (RFC 6749, 5.2). */
export async function requestTokens(
  tokenEndpoint: string,
  fields: Readonly<Record<string, string>>,
): Promise<Result<TokenGrant, FormFailure>> {
  const askedAt = Date.now();
  const answer = await postForm(tokenEndpoint, fields);
  if (!answer.ok) return answer;
  const body: unknown = answer.value;
  try {
    validateBearerTokenResponse(body);
  } catch {
    return fail({ kind: "failed", error: { kind: "not_matrix", detail: "the token answer" } });
  }
  return ok({
    accessToken: body.access_token,
    refreshToken: body.refresh_token ?? null,
    expiresAt: body.expires_in === undefined ? null : askedAt + body.expires_in * 1_000,
  });
}

/** The authorization server's "no" to this refresh token or to this app (RFC 6749, 5.2). */
const FINAL = new Set(["invalid_grant", "invalid_client", "unauthorized_client"]);

function isFinal(failure: FormFailure): boolean {
  if (failure.kind !== "refused") return false;
  return (failure.status === 400 || failure.status === 401) && FINAL.has(failure.code);
}

/**
 * A new pair for the old refresh token. `refused` is final: it was used before, revoked, or has
 * expired. `unreachable` is everything that is not the authorization server's own "no": a proxy that
 * limits the rate also answers with an `error`.
 */
export async function refreshOAuthTokens(
  oauth: OAuthTokens,
): Promise<Result<OAuthSession, "refused" | "unreachable">> {
  const { refreshToken, clientId, tokenEndpoint } = oauth;
  if (refreshToken === null) return fail("refused");
  const answer = await requestTokens(tokenEndpoint, {
    grant_type: "refresh_token",
    client_id: clientId,
    refresh_token: refreshToken,
  });
  if (!answer.ok) return fail(isFinal(answer.error) ? "refused" : "unreachable");
  const { accessToken, expiresAt } = answer.value;
  // A server that does not rotate sends none.
  const next = answer.value.refreshToken ?? refreshToken;
  return ok({ accessToken, oauth: { ...oauth, refreshToken: next, expiresAt } });
}

/**
 * Revokes both tokens (RFC 7009); the authorization server then has the device removed. A token that
 * is dead already is no error there.
 */
export async function revokeOAuthTokens({
  accessToken,
  oauth,
}: OAuthSession): Promise<Result<void, AppError>> {
  const { refreshToken, clientId, revocationEndpoint } = oauth;
  // The refresh token first: with it gone nothing new comes after the access token.
  const tokens = [
    ...(refreshToken === null ? [] : [{ token: refreshToken, token_type_hint: "refresh_token" }]),
    { token: accessToken, token_type_hint: "access_token" },
  ];
  const limit = AbortSignal.timeout(REVOKE_WITHIN_MS);
  let failed: AppError | null = null;
  for (const token of tokens) {
    const answer = await postForm(revocationEndpoint, { ...token, client_id: clientId }, limit);
    if (answer.ok) continue;
    const { error } = answer;
    failed ??=
      error.kind === "failed"
        ? error.error
        : { kind: "server", status: error.status, errcode: null, message: error.code };
  }
  return failed === null ? ok(undefined) : fail(failed);
}
