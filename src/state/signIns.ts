import type { AppError } from "@/domain/errors";
import type { SessionGateway } from "@/domain/ports";
import { fail, ok, type Result } from "@/domain/result";
import type { SessionPhase, SignedInUser, StoredUser } from "@/domain/session";
import type { RedirectAnswer } from "@/domain/signIn";
import { redirectFrom, signInFrom, takesSignIn } from "./signInFrom";
import type { SessionActions } from "./StoreContext";

type SignedIn = Result<SignedInUser, AppError>;

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
  /** A new device has taken the place of one that was ended. */
  readonly onReplaced: (ended: SignedInUser) => void;
  /** A session was stored, and is to be opened. */
  readonly onSignedIn: (user: SignedInUser) => void;
}

export interface SignIns extends Pick<
  SessionActions,
  "signIn" | "signInWithToken" | "signInElsewhere" | "dismissSignInProblem"
> {
  /** What another page sent back in the address, or null. */
  expect(answer: RedirectAnswer | null): void;
  /**
   * Looks at it, once, before what is stored is opened: it may be what is renewed. True when there
   * was something, and what is stored has to be read again.
   */
  finishRedirect(before: StoredUser | null): Promise<boolean>;
}

/** Every way to sign in, one at a time. */
export function createSignIns(deps: SignInDeps): SignIns {
  const { gateway, phase, track, setProblem } = deps;
  let signingIn: Promise<SignedIn> | null = null;
  let redirect: RedirectAnswer | null | undefined = null;

  async function signIn(ask: (from: SessionPhase) => Promise<SignedIn>): Promise<SignedIn> {
    const now = phase();
    const isMine = deps.beginTurn();
    const answer = await ask(now);
    if (!isMine() || !answer.ok) return answer;
    setProblem(null);
    if (now.kind === "ended") deps.onReplaced(now.user);
    deps.onSignedIn(answer.value);
    return answer;
  }

  function signInOnce(ask: (from: SessionPhase) => Promise<SignedIn>): Promise<SignedIn> {
    if (signingIn !== null) return signingIn;
    if (!takesSignIn(phase().kind)) return Promise.resolve(fail({ kind: "closed" }));
    signingIn = track(signIn(ask)).finally(() => {
      signingIn = null;
    });
    return signingIn;
  }

  return {
    signIn: (request) => signInOnce((now) => signInFrom(gateway, now, request)),
    signInWithToken: (request) =>
      signInOnce(async (now) =>
        now.kind === "signed_out" ? gateway.signInWithToken(request) : fail({ kind: "closed" }),
      ),
    async signInElsewhere(request) {
      const now = phase();
      if (!takesSignIn(now.kind)) return fail({ kind: "closed" });
      const url = await track(redirectFrom(gateway, now, request));
      if (url.ok) deps.leaveFor(url.value);
      return url.ok ? ok(undefined) : url;
    },
    dismissSignInProblem: () => setProblem(null),
    expect(answer) {
      redirect = answer;
    },
    async finishRedirect(before) {
      if (redirect === undefined) return false;
      const answer = redirect;
      redirect = undefined;
      const finished = await gateway.finishRedirect(answer);
      if (!finished.ok) setProblem(finished.error);
      else if (finished.value !== null && before?.ended === true) deps.onReplaced(before.user);
      return answer !== null;
    },
  };
}
