import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { isPlainOrigin } from "@/lib/plainOrigin";
import { isValidAuthMetadata, type ValidatedAuthMetadata } from "matrix-js-sdk";
import { isSecureAddress } from "./homeserverAddress";
import { isUnknownPath, sendForJson } from "./request";

/** Where an authorization server does what, as its homeserver says. Nothing in it is secret. */
export interface AuthMetadata extends ValidatedAuthMetadata {
  /** Whether apps may register themselves; else an operator has done it for this one. */
  readonly registers: boolean;
  /** Whether it names itself in its answers (RFC 9207). */
  readonly sendsIssuer: boolean;
}

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 1_000_000;

/**
 * `GET /_matrix/client/v1/auth_metadata` (Client-Server API, "Server metadata discovery"). Null when
 * the homeserver does not delegate sign-in. `oauth_unsupported` when what it says is not what Matrix
 * asks for, or names an address that is neither https nor on this computer.
 */
export async function fetchAuthMetadata(
  baseUrl: string,
): Promise<Result<AuthMetadata | null, AppError>> {
  const answer = await sendForJson({
    method: "GET",
    url: new URL(`${baseUrl}/_matrix/client/v1/auth_metadata`),
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
  });
  if (!answer.ok) {
    // A web page in this place comes from a proxy that passes on the paths of its day only.
    const isUnknown = isUnknownPath(answer.error) || answer.error.kind === "not_matrix";
    return isUnknown ? ok(null) : answer;
  }
  // The SDK insists on self-registration; an app can be registered by an operator instead.
  const registers = typeof answer.value.registration_endpoint === "string";
  const metadata: unknown = registers
    ? answer.value
    : { ...answer.value, registration_endpoint: "none" };
  if (!isValidAuthMetadata(metadata) || !isSound(endpointsOf(metadata, registers))) {
    const host = new URL(baseUrl).host;
    return fail({ kind: "sign_in", reason: "oauth_unsupported", host });
  }
  const sendsIssuer = answer.value.authorization_response_iss_parameter_supported === true;
  return ok({ ...metadata, registers, sendsIssuer });
}

/**
 * The homeserver says all this, not the issuer. One that named somebody's honest authorization page and a
 * token endpoint of its own would be handed a code that opens their account: so all are of one origin.
 */
function isSound([issuer = "", ...endpoints]: readonly string[]): boolean {
  if (!isSecureUrl(issuer)) return false;
  const { origin } = new URL(issuer);
  return endpoints.every((url) => isSecureUrl(url) && new URL(url).origin === origin);
}

function endpointsOf(metadata: ValidatedAuthMetadata, registers: boolean): readonly string[] {
  return [
    metadata.issuer,
    metadata.authorization_endpoint,
    metadata.token_endpoint,
    metadata.revocation_endpoint,
    ...(registers ? [metadata.registration_endpoint] : []),
  ];
}

/** An http(s) URL that a secret may be sent to, and whose origin the page's policy can name. */
export function isSecureUrl(text: string): boolean {
  return isSecureAddress(text) && isPlainOrigin(new URL(text).origin);
}
