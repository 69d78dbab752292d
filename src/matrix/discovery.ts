import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import type { FoundHomeserver } from "@/domain/signIn";
import { isObject } from "./errorOfAnswer";
import {
  isLoopback,
  parseDiscoveredBaseUrl,
  parseHomeserverAddress,
  serverNameOf,
  type HomeserverAddress,
} from "./homeserverAddress";
import { isUnknownPath, sendForJson } from "./request";
import { fetchSignInOffer } from "./signInOffer";

/** Each of the up to three questions per address may take this long, in milliseconds. */
const TIMEOUT_MS = 10_000;
/** The answers to all of them are small. */
const MAX_BYTES = 1_000_000;

type Found = Result<FoundHomeserver, AppError>;

/**
 * Finds the homeserver for what was typed (Client-Server API, "Server discovery").
 *
 * A user id's server name decides, by its well-known file. When that says nothing the field is
 * used, and when the field is empty too, the server name's own address. A server name of this
 * computer ("localhost") means nothing to anybody else, so a filled field goes before it. Plain
 * http to another computer is refused before any request, typed or discovered.
 */
export async function findHomeserver(input: {
  readonly homeserver: string;
  readonly username: string;
}): Promise<Found> {
  const field = input.homeserver.trim();
  const serverName = serverNameOf(input.username);
  if (serverName === null) return fromAddress(field);

  const server = parseHomeserverAddress(serverName);
  if (!server.ok) return field === "" ? server : fromAddress(field);
  if (field === "") return fromAddress(serverName);
  if (isLoopback(new URL(server.value.origin))) return fromAddress(field);

  const discovered = await discover(server.value.origin);
  if (discovered === null) return fromAddress(field);
  return discovered.ok ? checkTarget(discovered.value, serverName, serverName) : discovered;
}

async function fromAddress(text: string): Promise<Found> {
  const address = parseHomeserverAddress(text);
  if (!address.ok) return address;
  return address.value.explicit
    ? directThenDiscovered(address.value, text)
    : discoveredThenDirect(address.value, text);
}

/** `https://…` typed: the address is tried as it stands, then as a server name. */
async function directThenDiscovered(address: HomeserverAddress, input: string): Promise<Found> {
  const direct = await checkTarget(address.baseUrl, null, input);
  if (direct.ok || isFinal(direct.error)) return direct;
  const discovered = await discover(address.origin);
  if (discovered === null) return direct;
  return discovered.ok
    ? checkTarget(discovered.value, new URL(address.origin).host, input)
    : discovered;
}

/** A bare name: what its well-known file says, and without one the name itself. */
async function discoveredThenDirect(address: HomeserverAddress, input: string): Promise<Found> {
  const discovered = await discover(address.origin);
  if (discovered === null) return checkTarget(address.baseUrl, null, input);
  return discovered.ok
    ? checkTarget(discovered.value, new URL(address.origin).host, input)
    : discovered;
}

/** Answers that another address cannot better. */
function isFinal(error: AppError): boolean {
  return (
    error.kind === "sign_in_unsupported" ||
    error.kind === "sign_in" ||
    error.kind === "rate_limited"
  );
}

/** The base URL of the well-known file; null when there is none, an error when it must not be used. */
async function discover(origin: string): Promise<Result<string, AppError> | null> {
  const answer = await sendForJson({
    method: "GET",
    url: new URL("/.well-known/matrix/client", origin),
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
    redirect: "follow",
  });
  // Unreachable, 404, a web page: all mean that nobody told us anything.
  if (!answer.ok) return null;
  const homeserver = answer.value["m.homeserver"];
  const baseUrl = isObject(homeserver) ? homeserver.base_url : undefined;
  return typeof baseUrl === "string" ? parseDiscoveredBaseUrl(baseUrl) : null;
}

/** Is it a homeserver, and what does it take for signing in? */
async function checkTarget(
  baseUrl: string,
  discoveredFrom: string | null,
  input: string,
): Promise<Found> {
  const { host } = new URL(baseUrl);
  const versions = await sendForJson({
    method: "GET",
    url: new URL(`${baseUrl}/_matrix/client/versions`),
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
  });
  if (!versions.ok) return fail(isUnknownPath(versions.error) ? notFound(input) : versions.error);
  if (!isStringList(versions.value.versions)) return fail(notFound(input));

  const offer = await fetchSignInOffer(baseUrl);
  if (!offer.ok) return offer;
  const { password, sso, oauth } = offer.value;
  if (!password && sso === null && oauth === null) {
    return fail({ kind: "sign_in_unsupported", host });
  }
  return ok({ baseUrl, host, discoveredFrom, offer: offer.value });
}

function notFound(input: string): AppError {
  return { kind: "homeserver_not_found", input };
}

function isStringList(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((v) => typeof v === "string");
}
