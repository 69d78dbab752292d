import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { raceAbort } from "@/lib/abort";
import { ClientPrefix, Method } from "matrix-js-sdk";
import { isObject } from "./errorOfAnswer";
import type { SessionContext } from "./sessionContext";
import { toAppError } from "./toAppError";

const TIMEOUT_MS = 60_000;
const PASSWORD_STAGE = "m.login.password";

export type AskPassword = (why: "needed" | "wrong") => Promise<string | null>;

/** A 401 that asks for more (Client-Server API, "User-Interactive Authentication API"). */
interface Challenge {
  readonly session: string | null;
  readonly remaining: readonly (readonly string[])[];
  readonly refused: boolean;
}

/**
 * Publishes cross-signing keys, with the account password when the server wants it (most do not
 * for a first upload). A wrong password is asked again; nothing is half-made meanwhile.
 * `confirm` says whether what the person agreed to still holds: that the account has no identity
 * yet, because a server that lets a first upload pass asks for the password to replace one, or that
 * the one to be replaced is still the one that was named.
 */
export async function uploadSigningKeys(
  context: Pick<SessionContext, "client" | "user" | "closed">,
  keys: Readonly<Record<string, unknown>>,
  options: {
    readonly askPassword: AskPassword;
    readonly confirm: () => Promise<Result<void, AppError>>;
  },
): Promise<Result<void, AppError>> {
  let answer = await post(context, keys);
  if (answer === null) return ok(undefined);
  if ("remaining" in answer) {
    const holds = await options.confirm();
    if (!holds.ok) return holds;
  }
  while (answer !== null) {
    if (!("remaining" in answer)) return fail(answer);
    const offersPassword = answer.remaining.some(
      (stages) => stages.length === 1 && stages[0] === PASSWORD_STAGE,
    );
    if (!offersPassword) return fail({ kind: "identity", reason: "auth_unsupported" });
    const asked = options.askPassword(answer.refused ? "wrong" : "needed");
    const password = await untilClosed(asked, context.closed);
    if (context.closed.aborted) return fail({ kind: "closed" });
    if (password === null) return fail({ kind: "identity", reason: "password_cancelled" });
    // Typing takes a while: another device may have published an identity meanwhile.
    const holds = await options.confirm();
    if (!holds.ok) return holds;
    const auth = {
      type: PASSWORD_STAGE,
      identifier: { type: "m.id.user", user: context.user.userId },
      password,
      ...(answer.session === null ? {} : { session: answer.session }),
    };
    answer = await post(context, { ...keys, auth });
  }
  return ok(undefined);
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

function readChallenge(error: unknown): Challenge | null {
  if (!isObject(error) || error.httpStatus !== 401 || !isObject(error.data)) return null;
  const { flows, session, completed, errcode } = error.data;
  if (!Array.isArray(flows)) return null;
  const done = new Set(stringsOf(completed));
  return {
    session: typeof session === "string" ? session : null,
    remaining: flows.map((flow: unknown) =>
      stringsOf(isObject(flow) ? flow.stages : null).filter((stage) => !done.has(stage)),
    ),
    refused: errcode === "M_FORBIDDEN",
  };
}

function stringsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
