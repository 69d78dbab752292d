import type { ConfirmationElsewhere } from "@/domain/confirmation";

interface ConfirmationWords {
  readonly title: string;
  readonly body: string;
  /** Of the link to the other page. */
  readonly link: string;
  /** What is said when it was not confirmed yet; null before the first try. */
  readonly notYet: string | null;
}

/** A confirmation that the homeserver wants on a page of its own. */
export function describeConfirmation(where: ConfirmationElsewhere): ConfirmationWords {
  const { by, host, why } = where;
  const notYet =
    why === "needed"
      ? null
      : "The homeserver has not heard of it yet. Finish on the other page, then continue here.";
  return by === "sso"
    ? {
        title: "Confirm by signing in once more",
        body: `${host} wants to be sure that it is you before it publishes your new identity. Its page opens in a new window; come back here when you have signed in there. Until you continue, nothing is changed.`,
        link: `Sign in at ${host}`,
        notYet,
      }
    : {
        title: "Confirm on your account page",
        body: `Your homeserver wants you to allow it on the account page at ${host} before it publishes your new identity. It opens in a new window; come back here when you have allowed it. Until you continue, nothing is changed.`,
        link: `Open account page at ${host}`,
        notYet,
      };
}

/** Beside the password that is asked for before anything begins. */
export function passwordHint(use: "always" | "perhaps" | "never", host: string): string {
  const hint = `Your account password, not the recovery key. It is sent to ${host} once; without it nothing is changed.`;
  return use === "perhaps" ? `${hint} Leave it empty if you sign in on another page.` : hint;
}
