/**
 * A confirmation that the homeserver wants on a page of its own before it goes on (Client-Server
 * API, "User-Interactive Authentication API").
 */
export interface ConfirmationElsewhere {
  /** https, or on this computer. Opened in a window of its own. */
  readonly url: string;
  readonly host: string;
  /** `sso`: the person signs in once more. `account`: they approve it on their account page. */
  readonly by: "sso" | "account";
  /** `not_yet`: the person says it is done, and the homeserver has not heard of it. */
  readonly why: "needed" | "not_yet";
  /** The account password will do instead. */
  readonly orPassword: boolean;
}

/** Resolves once the person says that it is done, wants to give the password, or cancels (null). */
export type ConfirmElsewhere = (
  where: ConfirmationElsewhere,
) => Promise<"done" | "password" | null>;
