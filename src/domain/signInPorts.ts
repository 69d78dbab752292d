import type { AppError } from "./errors";
import type { Result } from "./result";
import type { HomeserverTarget, SignedInUser } from "./session";
import type { RedirectAnswer, RedirectWay } from "./signIn";

/** A sign-in on another page that came to its end. */
export interface FinishedRedirect {
  readonly user: SignedInUser;
  /** Nothing of it was stored, as was asked when the person left. */
  readonly memoryOnly: boolean;
  /** Of the page on which the person signed in, and may still be when the session here has ended. */
  readonly host: string;
}

/** Signing in without a password; `memoryOnly` as for `SessionGateway.signIn`. Errors beside those of any request: `sign_in`. */
export interface OtherSignIns {
  /**
   * Makes the address of the page that signs the person in, and notes in this tab's session storage
   * what its answer must fit. With `deviceId`, for renewing an expired session.
   */
  beginRedirect(request: {
    readonly target: HomeserverTarget;
    readonly way: RedirectWay;
    readonly deviceId?: string;
    readonly memoryOnly?: boolean;
  }): Promise<Result<string, AppError>>;
  /**
   * Takes the answer that the page came back with, or null when it came without one, and what was
   * noted for it, which is forgotten at once. Stores the session as `signIn` does. Null: nothing was
   * under way. An answer that nothing here has asked for is refused unused.
   */
  finishRedirect(answer: RedirectAnswer | null): Promise<Result<FinishedRedirect | null, AppError>>;
  /**
   * Goes on with a device that was made by signing in somewhere else, and that no app has given keys
   * to yet: a second set of keys would break it for everybody.
   */
  signInWithToken(request: {
    readonly target: HomeserverTarget;
    readonly accessToken: string;
    readonly memoryOnly?: boolean;
  }): Promise<Result<SignedInUser, AppError>>;
}
