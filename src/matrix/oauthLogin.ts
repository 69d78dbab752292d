import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import type { RedirectAnswer, SignInFailure } from "@/domain/signIn";
import { OAuth2 } from "matrix-js-sdk";
import { fetchAuthMetadata, isSecureUrl, type AuthMetadata } from "./authMetadata";
import { endTokens } from "./endTokens";
import { requestTokens } from "./oauthTokens";
import type { Login } from "./passwordLogin";
import type { PendingOAuth } from "./pendingRedirect";
import { sendForJson } from "./request";
import { whoAmI } from "./whoAmI";

/** What the authorization server is told about this app. */
export interface OAuthApp {
  readonly appUrl: string;
  /** Client ids by issuer, where an operator has registered the app. */
  readonly clientIds: Readonly<Record<string, string>>;
}

type Code = Extract<RedirectAnswer, { kind: "oauth" }>;

const APP_NAME = "Key Backup";

/**
 * Registers the app where that is needed and makes the address of the authorization server's page,
 * with PKCE (Client-Server API, "Authorization code grant"). `deviceId`: the device to renew.
 */
export async function beginOAuth(
  homeserverUrl: string,
  app: OAuthApp,
  { state, deviceId }: { readonly state: string; readonly deviceId: string | undefined },
): Promise<Result<{ readonly url: string; readonly pending: PendingOAuth }, AppError>> {
  const metadata = await readMetadata(homeserverUrl);
  if (!metadata.ok) return metadata;
  const clientId = await clientIdFor(metadata.value, app);
  if (!clientId.ok) return clientId;
  const request = new OAuth2(metadata.value, {
    clientId: clientId.value,
    ...(deviceId === undefined ? {} : { deviceId }),
  });
  const url = await request.generateAuthorizationCodeGrantUrl(state, app.appUrl);
  const { issuer } = metadata.value;
  return ok({ url, pending: { ...request.context, issuer, redirectUri: app.appUrl } });
}

async function clientIdFor(
  metadata: AuthMetadata,
  { appUrl, clientIds }: OAuthApp,
): Promise<Result<string, AppError>> {
  const { issuer } = metadata;
  const known = Object.entries(clientIds).find(([one]) => isSameIssuer(one, issuer));
  if (known !== undefined) return ok(known[1]);
  const refused = fail(failure("not_registered", issuer));
  if (!metadata.registers) return refused;
  // Dynamic registration (RFC 7591) as Matrix has it. Nothing that is sent is secret.
  const answer = await sendForJson({
    method: "POST",
    url: new URL(metadata.registration_endpoint),
    body: {
      client_name: APP_NAME,
      client_uri: appUrl,
      redirect_uris: [appUrl],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
      application_type: "web",
    },
  });
  if (!answer.ok) {
    const { error } = answer;
    if (error.kind === "server" && error.status < 500) return refused;
    return fail(failure("unavailable", issuer));
  }
  const { client_id: clientId } = answer.value;
  return typeof clientId === "string" ? ok(clientId) : refused;
}

/**
 * Exchanges the code for tokens and asks the homeserver whose they are. The answer must come from
 * the server that was asked (RFC 9207), and be for the device that was asked for.
 */
export async function finishOAuth(
  homeserverUrl: string,
  pending: PendingOAuth,
  answer: Code,
  isRenewal: boolean,
): Promise<Result<Login, AppError>> {
  const { issuer, clientId, codeVerifier, redirectUri, deviceId } = pending;
  const read = await readMetadata(homeserverUrl);
  if (!read.ok) return read;
  const metadata = read.value;
  const isSame = metadata.issuer === issuer;
  const isFromThere = answer.issuer === null ? !metadata.sendsIssuer : answer.issuer === issuer;
  if (!isSame || !isFromThere) return fail(failure("wrong_issuer", issuer));

  const grant = await requestTokens(metadata.token_endpoint, {
    grant_type: "authorization_code",
    client_id: clientId,
    code_verifier: codeVerifier,
    redirect_uri: redirectUri,
    code: answer.code,
  });
  if (!grant.ok) {
    const { error } = grant;
    // Whatever it was, it was not the homeserver.
    if (error.kind === "failed") return fail(failure("unavailable", issuer));
    return fail(failure(error.code === "invalid_grant" ? "spent" : "refused", issuer));
  }
  const { accessToken, refreshToken, expiresAt } = grant.value;
  const { account_management_uri: account } = metadata;
  const oauth = {
    refreshToken,
    clientId,
    issuer,
    tokenEndpoint: metadata.token_endpoint,
    revocationEndpoint: metadata.revocation_endpoint,
    registrationEndpoint: metadata.registers ? metadata.registration_endpoint : null,
    accountUrl: account !== undefined && isSecureUrl(account) ? account : null,
    expiresAt,
  };
  const tokens = { accessToken, oauth };
  const user = await whoAmI(homeserverUrl, accessToken);
  if (!user.ok) {
    // Ending it would end the device; of a new one there is nothing to keep.
    if (!isRenewal) await endTokens(homeserverUrl, tokens);
    return user;
  }
  if (user.value.deviceId !== deviceId) {
    await endTokens(homeserverUrl, tokens);
    return fail(failure("refused", issuer));
  }
  return ok({ user: { ...user.value, deviceId }, tokens });
}

/** In a file that is written by hand the slash at the end is easily forgotten. */
function isSameIssuer(one: string, other: string): boolean {
  return one.replace(/\/$/, "") === other.replace(/\/$/, "");
}

async function readMetadata(homeserverUrl: string): Promise<Result<AuthMetadata, AppError>> {
  const metadata = await fetchAuthMetadata(homeserverUrl);
  if (!metadata.ok) return metadata;
  return metadata.value === null
    ? fail(failure("oauth_unsupported", homeserverUrl))
    : ok(metadata.value);
}

function failure(reason: SignInFailure, url: string): AppError {
  return { kind: "sign_in", reason, host: new URL(url).host };
}
