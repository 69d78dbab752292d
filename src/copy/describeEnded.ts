import { PRODUCT_NAME } from "./terms";

/** On an ended session in memory: why the ways of other pages are not there. `host`: the homeserver. */
export function describeNoWayBack(host: string): { title: string; body: string } {
  return {
    title: `${host} signs in on another page`,
    body: "Leaving this one loses the keys that are only in this tab, so it is not offered here. Save the keys to a file below, then sign in anew and import the file. What is in your backup comes back with your recovery key. With an access token of a new sign-in that no app has used yet, the keys are carried over without a file.",
  };
}

/** The same, where a password is taken besides. */
export const NO_OTHER_PAGE =
  "Single sign-on cannot be used here: it would leave this tab, and lose the keys that are only in it. If you have no password, save the keys to a file below, then sign in anew and import the file.";

/** How the way out is called. */
export function describeForget(memoryOnly: boolean): string {
  return memoryOnly
    ? "Forget the keys in this tab"
    : `Remove ${PRODUCT_NAME}’s data from this browser`;
}

/** Why the homeserver ended it. */
export function describeEnd(expired: boolean): string {
  return expired
    ? "The homeserver lets a session last for a time, and this one’s is over."
    : "The homeserver ended this session: the device was signed out or removed elsewhere, the password was changed, or the account was deactivated.";
}

/** What may be left of it. Whether there were keys at all is not known any more. */
export function describeKeysLeft(memoryOnly: boolean): { strong: string; rest: string } {
  return memoryOnly
    ? {
        strong: "Any room keys of this session are still in this tab, and only here.",
        rest: "Sign in again in this tab, and they are carried over to your new device. Closing or reloading the tab loses those that are not in your backup.",
      }
    : {
        strong: "Any room keys of this session are still in this browser.",
        rest: "Sign in again, and they are carried over to your new device.",
      };
}

/** Some homeservers do not say that an account is deactivated. */
export const NO_PASSWORD_AFTER_DEACTIVATION =
  "If the account was deactivated, no password works any more: save the keys to a file then.";
