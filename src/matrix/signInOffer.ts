import type { AppError } from "@/domain/errors";
import { ok, type Result } from "@/domain/result";
import type { IdentityProvider, SignInOffer } from "@/domain/signIn";
import { fetchAuthMetadata } from "./authMetadata";
import { isObject } from "./errorOfAnswer";
import { isUnknownPath, sendForJson } from "./request";

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 1_000_000;
/** More providers than anybody reads are of no use, and of harm to the page. */
const MOST_PROVIDERS = 30;

const NOTHING: SignInOffer = { password: false, sso: null, oauth: null };

/**
 * What the homeserver takes for signing in: OAuth 2.0 where it has it, and nothing beside that,
 * because the rest is there for old apps then; else its login flows (Client-Server API, "Login").
 */
export async function fetchSignInOffer(baseUrl: string): Promise<Result<SignInOffer, AppError>> {
  const [metadata, login] = await Promise.all([
    fetchAuthMetadata(baseUrl),
    sendForJson({
      method: "GET",
      url: new URL(`${baseUrl}/_matrix/client/v3/login`),
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
    }),
  ]);
  if (metadata.ok && metadata.value !== null) {
    const { host } = new URL(metadata.value.issuer);
    return ok({ ...NOTHING, oauth: { host } });
  }
  // Where what it says about OAuth is of no use, its older ways may still be open.
  if (!metadata.ok && (metadata.error.kind !== "sign_in" || !login.ok)) return metadata;
  // Homeservers that delegate sign-in to an OAuth server may not know this path at all.
  if (!login.ok) return isUnknownPath(login.error) ? ok(NOTHING) : login;
  return ok(readFlows(login.value.flows));
}

/** `flows` of `GET /login`. */
function readFlows(flows: unknown): SignInOffer {
  const list: readonly unknown[] = Array.isArray(flows) ? flows : [];
  const flow = (type: string) => list.filter(isObject).find((one) => one.type === type);
  const sso = flow("m.login.sso");
  return {
    password: flow("m.login.password") !== undefined,
    sso: sso === undefined ? null : readProviders(sso.identity_providers),
    oauth: null,
  };
}

function readProviders(value: unknown): readonly IdentityProvider[] {
  const list: readonly unknown[] = Array.isArray(value) ? value.slice(0, MOST_PROVIDERS) : [];
  return list.flatMap((item) =>
    isObject(item) && typeof item.id === "string" && typeof item.name === "string"
      ? [{ id: item.id, name: item.name.trim().slice(0, 80) }]
      : [],
  );
}
