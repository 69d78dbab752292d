import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import type { HomeserverTarget, SignedInUser } from "@/domain/session";
import { nameDevice } from "@/lib/deviceName";
import { sendForJson } from "./request";
import type { SessionTokens } from "./sessionTokens";

/** A signed-in device and its tokens. Secret. */
export interface Login {
  readonly user: SignedInUser;
  readonly tokens: SessionTokens;
}

/** What the account's other devices call a new one. */
const deviceName = (): string => nameDevice("Key Backup", globalThis.navigator.userAgent);

/**
 * `m.login.password` (Client-Server API, "Login"). `username` is a localpart, a user id, or
 * an e-mail address; the password is sent as it was typed. A refresh token is not asked for: the SDK renews OAuth
 * sessions only. A wrong password and an unknown user are the same error, as on the server.
 */
export async function logInWithPassword(request: {
  readonly target: HomeserverTarget;
  readonly username: string;
  readonly password: string;
  readonly deviceId?: string;
}): Promise<Result<Login, AppError>> {
  const { target, password, deviceId } = request;
  const login = await sendLogin(target.baseUrl, deviceId, {
    type: "m.login.password",
    identifier: identifierOf(request.username.trim()),
    password,
  });
  return login.ok ? login : fail(refusedAs(login.error, { kind: "wrong_password" }));
}

/**
 * `m.login.token` with the token of a single sign-on, which is good for one use and a short time
 * (Client-Server API, "Token-based login"). Error: `sign_in` `spent`.
 */
export async function logInWithLoginToken(request: {
  readonly baseUrl: string;
  readonly loginToken: string;
  readonly deviceId: string | undefined;
}): Promise<Result<Login, AppError>> {
  const { baseUrl, loginToken: token, deviceId } = request;
  const login = await sendLogin(baseUrl, deviceId, { type: "m.login.token", token });
  if (login.ok) return login;
  const { host } = new URL(baseUrl);
  return fail(refusedAs(login.error, { kind: "sign_in", reason: "spent", host }));
}

async function sendLogin(
  baseUrl: string,
  deviceId: string | undefined,
  credentials: Readonly<Record<string, unknown>>,
): Promise<Result<Login, AppError>> {
  const answer = await sendForJson({
    method: "POST",
    url: new URL(`${baseUrl}/_matrix/client/v3/login`),
    body: {
      ...credentials,
      initial_device_display_name: deviceName(),
      ...(deviceId === undefined ? {} : { device_id: deviceId }),
    },
  });
  if (!answer.ok) return answer;
  const { user_id: userId, device_id: device, access_token: accessToken } = answer.value;
  if (typeof userId !== "string" || typeof device !== "string" || typeof accessToken !== "string") {
    return fail({ kind: "not_matrix", detail: "the login answer lacks its fields" });
  }
  const user = { userId, deviceId: device, homeserverUrl: baseUrl };
  return ok({ user, tokens: { accessToken, oauth: null } });
}

/**
 * Ends a token on its server. One that is dead already counts as ended, but for one that has expired
 * (`signed_out`, soft): its device is still listed.
 */
export async function logOutToken(
  homeserverUrl: string,
  accessToken: string,
): Promise<Result<void, AppError>> {
  const answer = await sendForJson({
    method: "POST",
    url: new URL(`${homeserverUrl}/_matrix/client/v3/logout`),
    body: {},
    accessToken,
    timeoutMs: 15_000,
  });
  if (answer.ok) return ok(undefined);
  const { error } = answer;
  return error.kind === "signed_out" && !error.soft ? ok(undefined) : fail(error);
}

/**
 * "@alice" is a localpart with an @ too many; "@alice:example.org" is a user id; "alice@example.org" is
 * an e-mail address, which a homeserver may know (Client-Server API, "Identifier types").
 */
function identifierOf(name: string): Readonly<Record<string, string>> {
  if (/^[^@]+@[^@]+$/.test(name)) {
    return { type: "m.id.thirdparty", medium: "email", address: name };
  }
  const isBare = name.startsWith("@") && !name.includes(":");
  return { type: "m.id.user", user: isBare ? name.slice(1) : name };
}

function refusedAs(error: AppError, refusal: AppError): AppError {
  return error.kind === "server" && error.errcode === "M_FORBIDDEN" ? refusal : error;
}
