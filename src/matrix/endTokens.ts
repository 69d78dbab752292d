import type { AppError } from "@/domain/errors";
import type { Result } from "@/domain/result";
import { revokeOAuthTokens } from "./oauthTokens";
import { logOutToken } from "./passwordLogin";
import type { SessionTokens } from "./sessionTokens";

/** Ends a session where its tokens come from. Tokens that are dead already count as ended; see both ways. */
export function endTokens(
  homeserverUrl: string,
  tokens: SessionTokens,
): Promise<Result<void, AppError>> {
  const { accessToken, oauth } = tokens;
  return oauth === null
    ? logOutToken(homeserverUrl, accessToken)
    : revokeOAuthTokens({ accessToken, oauth });
}
