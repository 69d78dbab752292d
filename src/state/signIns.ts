import type { AppError } from "@/domain/errors";
import type { SessionGateway } from "@/domain/ports";
import { fail, ok, type Result } from "@/domain/result";
import type { SessionPhase, SignedInUser, StoredUser } from "@/domain/session";
import type { RedirectAnswer } from "@/domain/signIn";
import { isUnstored } from "./sessionPhases";
import { memoryWish, redirectFrom, signInFrom, takesSignIn } from "./signInFrom";
import type { SessionActions } from "./StoreContext";

type SignedIn = Result<SignedInUser, AppError>;

/** `unstored`: nothing of it is to be stored. */
type Ask = (from: SessionPhase, unstored: boolean) => Promise<SignedIn>;

/** What the ways to sign in need of the session. */
interface SignInDeps {
  readonly gateway: SessionGateway;
  readonly phase: () => SessionPhase;
  readonly track: <T>(work: Promise<T>) => Promise<T>;
  /** Begins a turn; the answer says whether it is still that turn. */
  readonly beginTurn: () => () => boolean;
  readonly leaveFor: (url: string) => void;
  /** Why a sign-in on another page came to nothing; null takes it back. */
  readonly setProblem: (problem: AppError | null) => void;
  readonly onElsewhere: (signedInAt: { user: SignedInUser; host: string }) => void;
  /** A new device has taken the place of one that was ended. */
  readonly onReplaced: (ended: SignedInUser) => void;
  /** The session that was just signed in to is in memory alone. */
  readonly onUnstored: () => void;
  /** A session was stored, or is in memory, and is to be opened. */
  readonly onSignedIn: (user: SignedInUser) => void;
}

export interface SignIns extends Pick<
  SessionActions,
  "signIn" | "signInWithToken" | "signInElsewhere" | "dismissSignInProblem"
> {
  /** A sign-in on this page is under way. */
  isBusy(): boolean;
  /** What another page sent back in the address, or null. */
  expect(answer: RedirectAnswer | null): void;
  /**
   * Looks at it, once, before what is stored is opened: it may be what is renewed.
   */
  finishRedirect(before: StoredUser | null): Promise<RedirectOutcome>;
}

export type RedirectOutcome =
  /** There was nothing. */
  | { readonly kind: "none" }
  /** What is stored has to be read again. */
  | { readonly kind: "stored" }
  /** The session is in memory, and is to be opened. */
  | { readonly kind: "unstored"; readonly user: SignedInUser };

/** Every way to sign in, one at a time. */
export function createSignIns(deps: SignInDeps): SignIns {
  const { gateway, phase, track, setProblem } = deps;
  let signingIn: Promise<SignedIn> | null = null;
  let redirect: RedirectAnswer | null | undefined = null;

  async function signIn(ask: Ask, wish: boolean | undefined): Promise<SignedIn> {
    const now = phase();
    const isMine = deps.beginTurn();
    const unstored = isUnstored(now, wish === true);
    const answer = await ask(now, unstored);
    if (!isMine() || !answer.ok) {
      // Nobody will open it here.
      if (answer.ok && unstored) await gateway.forget();
      return answer;
    }
    if (unstored) deps.onUnstored();
    setProblem(null);
    if (now.kind === "ended") deps.onReplaced(now.user);
    deps.onSignedIn(answer.value);
    return answer;
  }

  function signInOnce(ask: Ask, wish: boolean | undefined): Promise<SignedIn> {
    if (signingIn !== null) return signingIn;
    if (!takesSignIn(phase().kind)) return Promise.resolve(fail({ kind: "closed" }));
    signingIn = track(signIn(ask, wish)).finally(() => {
      signingIn = null;
    });
    return signingIn;
  }

  return {
    signIn: (request) =>
      signInOnce(
        (now, unstored) => signInFrom(gateway, now, request, unstored),
        request.memoryOnly,
      ),
    signInWithToken: ({ target, accessToken, memoryOnly }) =>
      signInOnce(
        async (now, unstored) =>
          now.kind === "signed_out" || (now.kind === "ended" && now.memoryOnly === true)
            ? gateway.signInWithToken({ target, accessToken, ...memoryWish(unstored) })
            : fail({ kind: "closed" }),
        memoryOnly,
      ),
    async signInElsewhere(request) {
      const now = phase();
      if (!takesSignIn(now.kind)) return fail({ kind: "closed" });
      const unstored = isUnstored(now, request.memoryOnly === true);
      const url = await track(redirectFrom(gateway, now, request, unstored));
      if (url.ok) deps.leaveFor(url.value);
      return url.ok ? ok(undefined) : url;
    },
    dismissSignInProblem: () => setProblem(null),
    isBusy: () => signingIn !== null,
    expect(answer) {
      redirect = answer;
    },
    async finishRedirect(before) {
      if (redirect === undefined) return { kind: "none" };
      const answer = redirect;
      redirect = undefined;
      const finished = await gateway.finishRedirect(answer);
      if (!finished.ok && isToSay(finished.error, before)) setProblem(finished.error);
      if (!finished.ok) return { kind: answer === null ? "none" : "stored" };
      if (finished.value !== null) deps.onElsewhere(finished.value);
      if (finished.value?.memoryOnly === true) {
        return { kind: "unstored", user: finished.value.user };
      }
      if (finished.value !== null && before?.ended === true) deps.onReplaced(before.user);
      return { kind: answer === null ? "none" : "stored" };
    },
  };
}

/** Of a session that is stored and good nobody knows whether it is what came of the interrupted one. */
function isToSay(error: AppError, before: StoredUser | null): boolean {
  const isInterrupted = error.kind === "sign_in" && error.reason === "interrupted";
  return !isInterrupted || before === null || before.ended;
}
