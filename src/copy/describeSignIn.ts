import type { AppError } from "@/domain/errors";
import type { RedirectWay, SignInOffer } from "@/domain/signIn";
import type { ErrorWords } from "./errorWords";

type SignInError = Extract<AppError, { kind: "sign_in" }>;

/** Whether it reads as an e-mail address rather than as a user id or a server. */
export function isEmailAddress(text: string): boolean {
  return /^[^@\s:/]+@[^@\s]+$/.test(text.trim());
}

export const EMAIL_AS_HOMESERVER: ErrorWords = {
  title: "That is an e-mail address",
  body: "Enter the server that your account is on, for example matrix.org. Nothing was sent.",
  action: "none",
};

/** After a refusal, when an e-mail address was given as username. */
export const EMAIL_AS_USERNAME =
  "The homeserver may not know this e-mail address. Try your username.";

/** While somebody may still be typing: only what they can mend. */
export function describeLookupError(error: AppError): string | null {
  switch (error.kind) {
    case "insecure_homeserver":
      return "This address is not secure. Use one that starts with https://.";
    case "homeserver_not_found":
      return isEmailAddress(error.input)
        ? `${EMAIL_AS_HOMESERVER.title}.`
        : "No Matrix homeserver was found there. Check the spelling.";
    case "network":
      return "It cannot be reached. Check the spelling.";
    default:
      return null;
  }
}

/** On a shared computer, below the buttons that lead to `host`; what matters most first. */
export function describeUnstoredElsewhere(host: string): readonly [string, string] {
  return [
    `When you are done, sign out at ${host} as well, and wherever it sent you: signing out here does not do that.`,
    `If the homeserver ends the session before, save the keys that are only in this tab to a file first: signing in at ${host} again means leaving it.`,
  ];
}

/** A way to sign in on another page, as its button says it. */
export interface WayWords {
  readonly way: RedirectWay;
  readonly label: string;
}

/** The ways to sign in on another page, in the homeserver's order. */
export function describeWays({ sso, oauth }: SignInOffer): readonly WayWords[] {
  if (oauth !== null) return [{ way: { kind: "oauth" }, label: `Continue with ${oauth.host}` }];
  if (sso === null) return [];
  const named = sso.filter(({ name }) => name !== "");
  if (named.length === 0) {
    return [{ way: { kind: "sso", providerId: null }, label: "Continue with single sign-on" }];
  }
  return named.map(({ id, name }) => ({
    way: { kind: "sso", providerId: id },
    label: `Continue with ${name}`,
  }));
}

/** While what another page sent back is exchanged. `homeserver`: a server name or a base URL. */
export function waitingFor(homeserver: string): string {
  return `Signing you in at ${hostWords(homeserver)}…`;
}

/** After an error in the middle of it: what the other page sent back was used, or is too old by then. */
export function beginAgain(homeserver: string | null): string {
  const at = homeserver === null ? "" : ` at ${hostWords(homeserver)}`;
  return `Signing in${at} has to be begun again: what you did on the other page works once.`;
}

function hostWords(homeserver: string): string {
  return homeserver.replace(/^https?:\/\//, "");
}

/** Signing in with an access token. */
export const ACCESS_TOKEN = {
  summary: "Advanced: use an access token",
  explain:
    "For support: a token of a sign-in that no app has used yet. It is kept encrypted in this browser, and signing out here ends it.",
  otherHost:
    "This is not what you typed. Whoever has the token can do what you can: press again only if this is your homeserver.",
  explainUnstored:
    "For support: a token of a sign-in that no app has used yet. It is kept in this tab only, and signing out here ends it.",
  missing: { token: "Enter an access token.", homeserver: "Enter your homeserver above first." },
} as const;

/** Why a sign-in on another page, or with an access token, came to nothing. */
export function describeSignInError({ reason, host }: SignInError): ErrorWords {
  const there = host ?? "the other page";
  switch (reason) {
    case "cancelled":
      return {
        title: "You did not finish signing in",
        body: "You came back without signing in, or cancelled it there. Nothing was changed. Start again when you are ready.",
        action: "retry",
      };
    case "not_asked":
      return {
        title: "This tab did not ask for that sign-in",
        body: "Somebody else’s link may have led here, or the sign-in was begun in another tab. It was not used, and nothing was changed. To sign in, start from this page.",
        action: "retry",
      };
    case "too_late":
      return {
        title: "Signing in took too long",
        body: "To be safe, an answer that comes after a quarter of an hour is not used. Nothing was changed. Start again.",
        action: "retry",
      };
    case "spent":
      return {
        title: "This sign-in was used already, or has expired",
        body: `What ${there} sends back works once and for a short time, so that nobody else can use it. Nothing was changed. Start again.`,
        action: "retry",
      };
    case "refused":
      return {
        title: "You could not be signed in",
        body: `${there} refused it without saying more. Nothing was changed. Try again; if it stays like this, ask whoever runs your homeserver.`,
        action: "retry",
      };
    case "unavailable":
      return {
        title: "The sign-in server has a problem",
        body: `${there}, which signs people in for your homeserver, does not answer as it should. Nothing was changed. Begin again, perhaps a little later.`,
        action: "retry",
      };
    case "interrupted":
      return {
        title: "That sign-in was interrupted",
        body: `The page was loaded anew before ${there} had answered. Start again.`,
        action: "retry",
      };
    case "other_server":
      return {
        title: "That user id is of another homeserver",
        body: `It belongs to ${there}, and this site is for another one. Your password was not sent.`,
        action: "none",
      };
    case "wrong_issuer":
      return {
        title: "The answer came from the wrong place",
        body: `You were sent to ${there}, and something else answered in its name. Nothing was sent to it, and nothing was changed.`,
        action: "none",
      };
    case "device_removed":
      return {
        title: "This device was removed from your account",
        body: "Going on with it would break it for everybody you write to. The keys in this browser are safe. Sign in once more: you get a new device, and they are carried over to it.",
        action: "retry",
      };
    case "other_account":
      return {
        title: "That was another account",
        body: "That sign-in is of somebody else than the one whose keys are in this browser. It was not used, and nothing was changed. If you signed in on another page, sign out there, then sign in with the account shown here.",
        action: "retry",
      };
    case "session_stored":
      return {
        title: "Somebody is signed in here already",
        body: "The new sign-in was not used, and the session in this browser goes on. Sign out first to change accounts.",
        action: "none",
      };
    case "not_registered":
      return {
        title: "This app is not known to the sign-in server",
        body: `${there} accepts only apps that it knows, and refused to take this one. Nothing was changed. Whoever runs this site can register it there.`,
        action: "none",
      };
    case "oauth_unsupported":
      return {
        title: "The sign-in of this homeserver cannot be used",
        body: `What ${there} says about its sign-in lacks something that Matrix asks for, or leads to an address that is not secure. Nothing was sent.`,
        action: "none",
      };
    case "token_without_device":
      return {
        title: "This access token belongs to no device",
        body: "Keys are kept for a device, so a token without one is of no use here. Take one that was made by signing in.",
        action: "none",
      };
    case "token_device_in_use":
      return {
        title: "Another app uses this token’s device",
        body: "The device has encryption keys already, and they are not in this browser. A second app on it would break it for everybody you write to, so nothing was changed. Take the token of a fresh sign-in.",
        action: "none",
      };
    case "token_refused":
      return {
        title: "The homeserver does not accept this access token",
        body: "It has expired, was signed out, or belongs to another homeserver. Nothing was changed.",
        action: "none",
      };
  }
}
