import type { ConfirmElsewhere } from "@/domain/confirmation";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { raceAbort } from "@/lib/abort";
import { ClientPrefix, Method } from "matrix-js-sdk";
import type { SessionContext } from "./sessionContext";
import { toAppError } from "./toAppError";
import { pageOf, readChallenge, takesPassword, type Challenge } from "./uiaChallenge";

const TIMEOUT_MS = 60_000;

/** How the person is asked to confirm. */
export interface Askers {
  readonly askPassword: (why: "needed" | "wrong") => Promise<string | null>;
  /** Without it, what is to be confirmed on another page is refused. */
  readonly confirmElsewhere?: ConfirmElsewhere | undefined;
}

type Context = Pick<SessionContext, "client" | "user" | "closed">;
type Auth = Readonly<Record<string, unknown>>;

/**
 * Publishes cross-signing keys, confirmed in the way the server wants: with the account password, or
 * on a page of its own (most want nothing for a first upload). A wrong password and a confirmation
 * that was not given yet are asked for again; nothing is half-made meanwhile.
 * `confirm` says whether what the person agreed to still holds: that the account has no identity
 * yet, because a server that lets a first upload pass asks for the password to replace one, or that
 * the one to be replaced is still the one that was named.
 */
export async function uploadSigningKeys(
  context: Context,
  keys: Readonly<Record<string, unknown>>,
  options: Askers & { readonly confirm: () => Promise<Result<void, AppError>> },
): Promise<Result<void, AppError>> {
  let answer = await post(context, keys);
  if (answer === null) return ok(undefined);
  if ("remaining" in answer) {
    const holds = await options.confirm();
    if (!holds.ok) return holds;
  }
  let last: Auth | null = null;
  while (answer !== null) {
    if (!("remaining" in answer)) return fail(answer);
    const auth: Result<Auth, AppError> = await askFor(context, answer, options, last);
    if (!auth.ok) return auth;
    // Answering takes a while: another device may have published an identity meanwhile.
    const holds = await options.confirm();
    if (!holds.ok) return holds;
    last = auth.value;
    answer = await post(context, { ...keys, auth: last });
  }
  return ok(undefined);
}

/** The `auth` of the next try. A page of the homeserver goes first, as it can name the password. */
async function askFor(
  context: Context,
  challenge: Challenge,
  { askPassword, confirmElsewhere }: Askers,
  last: Auth | null,
): Promise<Result<Auth, AppError>> {
  const { closed, user } = context;
  const session = challenge.session === null ? {} : { session: challenge.session };
  const orPassword = takesPassword(challenge);
  const page = confirmElsewhere === undefined ? null : pageOf(challenge, context.client);
  const wasPassword = last !== null && "password" in last;
  if (page !== null && confirmElsewhere !== undefined && !wasPassword) {
    const why = last === null ? "needed" : "not_yet";
    const said = await untilClosed(confirmElsewhere({ ...page, why, orPassword }), closed);
    if (closed.aborted) return fail({ kind: "closed" });
    if (said === null) return fail({ kind: "identity", reason: "not_confirmed" });
    if (said === "done" || !orPassword) return ok(session);
  }
  if (!orPassword) return fail({ kind: "identity", reason: "auth_unsupported" });
  const isWrong = wasPassword && challenge.refused;
  const password = await untilClosed(askPassword(isWrong ? "wrong" : "needed"), closed);
  if (closed.aborted) return fail({ kind: "closed" });
  if (password === null) return fail({ kind: "identity", reason: "password_cancelled" });
  const identifier = { type: "m.id.user", user: user.userId };
  return ok({ type: "m.login.password", identifier, password, ...session });
}

/** Null as soon as the session is closed: then nobody answers any more. */
async function untilClosed<T>(asked: Promise<T>, closed: AbortSignal): Promise<T | null> {
  try {
    return await raceAbort(asked, closed);
  } catch (error) {
    if (closed.aborted) return null;
    throw error;
  }
}

/** null when accepted. Through the SDK, because our own requests drop the body of a 401. */
async function post(
  { client }: Pick<SessionContext, "client">,
  body: Record<string, unknown>,
): Promise<null | Challenge | AppError> {
  try {
    await client.http.authedRequest(Method.Post, "/keys/device_signing/upload", undefined, body, {
      prefix: ClientPrefix.V3,
      localTimeoutMs: TIMEOUT_MS,
    });
    return null;
  } catch (error) {
    return readChallenge(error) ?? toAppError(error);
  }
}
