import type { HomeserverTarget, SignedInUser } from "./session";

/** One place a homeserver lets people prove who they are (`identity_providers` of `m.login.sso`). */
export interface IdentityProvider {
  readonly id: string;
  readonly name: string;
}

/** What a homeserver takes for signing in, as far as this app knows it too. */
export interface SignInOffer {
  /** `m.login.password` */
  readonly password: boolean;
  /** `m.login.sso`: its named providers, none of them when the server names none; null: not offered. */
  readonly sso: readonly IdentityProvider[] | null;
  /** OAuth 2.0 (since Matrix 1.15): the host of the server that signs people in; null: not offered. */
  readonly oauth: { readonly host: string } | null;
}

/** A homeserver that answered, with what it offers. */
export interface FoundHomeserver extends HomeserverTarget {
  readonly offer: SignInOffer;
}

/** A way to sign in on another page. `providerId` null: the homeserver chooses or asks. */
export type RedirectWay =
  | { readonly kind: "sso"; readonly providerId: string | null }
  | { readonly kind: "oauth" };

/** What another page sent back in the address. `state` says which request it answers. Secret. */
export type RedirectAnswer =
  | { readonly kind: "sso"; readonly state: string | null; readonly loginToken: string }
  | {
      readonly kind: "oauth";
      readonly state: string;
      readonly issuer: string | null;
      readonly code: string;
    }
  | {
      readonly kind: "oauth_error";
      readonly state: string;
      readonly issuer: string | null;
      /** The error code of RFC 6749, 4.1.2.1, such as `access_denied`. */
      readonly error: string;
    };

/** What a sign-in on another page was begun with. Nothing in it is secret. */
export interface BegunSignIn {
  /** As somebody would type it: a server name, or a base URL. */
  readonly homeserver: string;
  /** Nothing of the session is to be stored. */
  readonly memoryOnly: boolean;
}

/** Why a sign-in that is not by password came to nothing. */
export type SignInFailure =
  /** The person came back without an answer, or the other page says that they cancelled. */
  | "cancelled"
  /** An answer came that nothing in this tab has asked for, or for another request. */
  | "not_asked"
  /** The answer came too long after the request. */
  | "too_late"
  /** The login token or code was used before, or has expired. */
  | "spent"
  /** The other page refused, for another reason than that the person cancelled. */
  | "refused"
  /** The authorization server did not answer, or not as it should. */
  | "unavailable"
  /** The answer was being exchanged when the page was loaded anew. */
  | "interrupted"
  /** A user id of another homeserver than the one this site is for. `host`: its server name. */
  | "other_server"
  /** The answer is of another authorization server than the one that was asked. */
  | "wrong_issuer"
  /** The device that was to be renewed is gone, with its keys: a new one has to take its place. */
  | "device_removed"
  /** Somebody else than the session's user signed in. */
  | "other_account"
  /** A session is stored that is not to be replaced. */
  | "session_stored"
  /** The authorization server takes no app that it does not know. */
  | "not_registered"
  /** The authorization server lacks what Matrix asks of one, or an address of it is not secure. */
  | "oauth_unsupported"
  /** An access token that is of no device. */
  | "token_without_device"
  /** An access token whose device has keys already, which are not here. */
  | "token_device_in_use"
  | "token_refused";

/** The authorization server of an open session. Nothing in it is secret. */
export interface OAuthSession {
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly revocationEndpoint: string;
  readonly registrationEndpoint: string | null;
  /** The page where the account is managed, where the server names one. */
  readonly accountUrl: string | null;
}

/**
 * The origins that an open session sends requests to: its homeserver, and whoever renews and ends its
 * tokens, and registers the app anew when the person has to sign in again.
 */
export function originsOf(session: {
  readonly user: SignedInUser;
  readonly oauth: OAuthSession | null;
}): readonly string[] {
  const { user, oauth } = session;
  const urls = [
    user.homeserverUrl,
    ...(oauth === null
      ? []
      : [oauth.tokenEndpoint, oauth.revocationEndpoint, oauth.registrationEndpoint ?? []].flat()),
  ];
  return [...new Set(urls.map((url) => new URL(url).origin))];
}
