import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { errorOfAnswer, isObject } from "./errorOfAnswer";
import { isSecure } from "./homeserverAddress";
import { readText } from "./readText";
import { redact } from "@/lib/redact";
import type { RefreshingTokens } from "./refreshingTokens";
import type { HttpMethod, RequestOptions, SessionRequests } from "./sessionContext";

export interface PlainRequest extends Omit<RequestOptions, "query"> {
  readonly method: HttpMethod;
  readonly url: URL;
  readonly accessToken?: string;
  /**
   * "error" unless told: a redirect could carry a password or a token to another host. An answer
   * that redirects is then a `network` error, as the browser does not say more.
   */
  readonly redirect?: "error" | "follow";
  /** Longest body that is read whole, in bytes; a longer one is `not_matrix`. 10 MB. */
  readonly maxBytes?: number;
}

const TIMEOUT_MS = 30_000;
const MAX_BYTES = 10_000_000;

const TOO_LARGE: AppError = { kind: "not_matrix", detail: "the answer is too large" };

/** A 2xx answer with its body unread. `timeoutMs` covers the head. */
async function sendForResponse(request: PlainRequest): Promise<Result<Response, AppError>> {
  const limit = startTimeLimit(request.timeoutMs);
  try {
    return await sendWithin(request, limit);
  } finally {
    limit.clear();
  }
}

/** The JSON object of a 2xx answer. `timeoutMs` covers the whole answer. */
export async function sendForJson(
  request: PlainRequest,
): Promise<Result<Record<string, unknown>, AppError>> {
  const limit = startTimeLimit(request.timeoutMs);
  try {
    const response = await sendWithin(request, limit);
    if (!response.ok) return response;
    const text = await readText(response.value, request.maxBytes ?? MAX_BYTES);
    if (text === null) return fail(TOO_LARGE);
    const body = parseObject(text);
    return body === null
      ? fail({ kind: "not_matrix", detail: "the answer is not a JSON object" })
      : ok(body);
  } catch (error) {
    return fail(noAnswer(error, request, limit));
  } finally {
    limit.clear();
  }
}

/** Whether a server says that it does not know the path at all. */
export function isUnknownPath(error: AppError): boolean {
  return error.kind === "server" && (error.status === 404 || error.status === 405);
}

/** The requests of one session. `onSignedOut` hears every answer that says the token is dead. */
export function createSessionRequests(session: {
  readonly homeserverUrl: string;
  readonly accessToken: string;
  /** Take the place of the access token where it is renewed from time to time. */
  readonly refreshing?: RefreshingTokens | null;
  readonly closed: AbortSignal;
  readonly onSignedOut: (soft: boolean) => void;
}): SessionRequests {
  const { refreshing = null } = session;

  function prepare(
    method: HttpMethod,
    path: string,
    options: RequestOptions,
    accessToken: string,
  ): PlainRequest {
    const { query, signal, ...rest } = options;
    const url = new URL(`${session.homeserverUrl}/_matrix/client/v3${path}`);
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
    const signals = signal === undefined ? [session.closed] : [session.closed, signal];
    return {
      ...rest,
      method,
      url,
      accessToken,
      signal: AbortSignal.any(signals),
    };
  }

  /** Sends with the present token, and once more with a new one when that one has just expired. */
  async function send<T>(
    sendOnce: (request: PlainRequest) => Promise<Result<T, AppError>>,
    request: (accessToken: string) => PlainRequest,
  ): Promise<Result<T, AppError>> {
    const token = refreshing === null ? session.accessToken : await refreshing.current();
    const outcome = await sendOnce(request(token));
    if (refreshing === null || !isSignedOut(outcome)) return outcome;
    switch (await refreshing.renew(token)) {
      case "renewed":
        return sendOnce(request(await refreshing.current()));
      case "unreachable":
        if (session.closed.aborted) return fail({ kind: "closed" });
        return fail({ kind: "network", detail: "the session could not be renewed" });
      case "ended":
        return fail({ kind: "signed_out", soft: true });
    }
  }

  function hear<T>(outcome: Result<T, AppError>): Result<T, AppError> {
    if (!outcome.ok && outcome.error.kind === "signed_out") {
      session.onSignedOut(outcome.error.soft);
    }
    return outcome;
  }

  return {
    request: async (method, path, options = {}) =>
      hear(await send(sendForJson, (token) => prepare(method, path, options, token))),
    requestStream: async (method, path, options = {}) =>
      hear(await send(sendForResponse, (token) => prepare(method, path, options, token))),
  };
}

function isSignedOut(outcome: Result<unknown, AppError>): boolean {
  return !outcome.ok && outcome.error.kind === "signed_out";
}

async function sendWithin(
  request: PlainRequest,
  limit: TimeLimit,
): Promise<Result<Response, AppError>> {
  try {
    const response = await fetch(request.url, {
      method: request.method,
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      headers: headersOf(request),
      signal: request.signal ? AbortSignal.any([request.signal, limit.signal]) : limit.signal,
      mode: "cors",
      credentials: "omit",
      // Chromium keeps no preflight answers for requests that name a cache mode, and homeservers
      // mark answers to a token as not to be stored.
      ...(request.accessToken === undefined ? { cache: "no-store" } : {}),
      referrerPolicy: "no-referrer",
      redirect: request.redirect ?? "error",
    });
    if (response.redirected && !isSecure(new URL(response.url))) {
      return fail({ kind: "insecure_homeserver", host: new URL(response.url).host });
    }
    if (response.ok) return ok(response);
    const text = await readText(response, request.maxBytes ?? MAX_BYTES);
    if (text === null) return fail(TOO_LARGE);
    return fail(errorOfAnswer(response.status, parseObject(text), response.headers));
  } catch (error) {
    return fail(noAnswer(error, request, limit));
  }
}

function headersOf(request: PlainRequest): Record<string, string> {
  return {
    Accept: "application/json",
    ...(request.body === undefined ? {} : { "Content-Type": "application/json" }),
    ...(request.accessToken === undefined
      ? {}
      : { Authorization: `Bearer ${request.accessToken}` }),
  };
}

function noAnswer(error: unknown, request: PlainRequest, limit: TimeLimit): AppError {
  if (request.signal?.aborted === true) return { kind: "closed" };
  const where = `${request.method} ${request.url.host}`;
  if (limit.signal.aborted) return { kind: "timeout", detail: where };
  const reason = error instanceof Error ? error.message : "no answer";
  return { kind: "network", detail: redact(`${where}: ${reason}`) };
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

interface TimeLimit {
  readonly signal: AbortSignal;
  readonly clear: () => void;
}

function startTimeLimit(timeoutMs = TIMEOUT_MS): TimeLimit {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), timeoutMs);
  return { signal: controller.signal, clear: () => clearTimeout(timer) };
}
