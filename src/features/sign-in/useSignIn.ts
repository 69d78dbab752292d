import { useEffect, useRef, useState } from "react";
import type { AppError } from "@/domain/errors";
import type { Result } from "@/domain/result";
import type { HomeserverTarget } from "@/domain/session";
import {
  howHostIsKnown,
  isOfOtherServer,
  lookupKey,
  serverNameOf,
  usernameForLookup,
  type HomeserverInput,
} from "./homeserverHost";
import { useCountdown } from "./useCountdown";
import { useHomeserverLookup, type FindHomeserver, type LookupState } from "./useHomeserverLookup";
import { onConnection } from "./usePassingError";

export type SignIn = (request: {
  target: HomeserverTarget;
  username: string;
  password: string;
}) => Promise<Result<unknown, AppError>>;

export type SignInField = "homeserver" | "username" | "password";

export type SignInProblem =
  | { readonly kind: "missing"; readonly field: SignInField }
  | { readonly kind: "error"; readonly error: AppError; readonly field: SignInField | null };

/** What a press of the button came to. */
export type SubmitOutcome = "sent" | "host_to_confirm" | "elsewhere" | SignInProblem | "ignored";

/** A host must have been on the screen this long to count as seen, in milliseconds. */
const READING_TIME = 1_000;

/** Wait after a 429 that does not say how long, in milliseconds. */
const DEFAULT_WAIT = 5_000;

/** Longest time that a server can keep the button from working, in milliseconds. */
const LONGEST_WAIT = 600_000;

interface SignInInput extends HomeserverInput {
  /** Read at the last moment and not kept. */
  readonly readPassword: () => string;
}

/**
 * Signing in with a password. It is sent only to a host that the person has seen when the button is
 * pressed: typed, or shown by the lookup long enough to be read, or by a press that was held back.
 * A suggested host that the server of the user id did not name always takes the latter.
 */
export function useSignIn(ports: { findHomeserver: FindHomeserver; signIn: SignIn }) {
  const { lookup, find, changed: lookupChanged } = useHomeserverLookup(ports.findHomeserver);
  const [busy, setBusy] = useState<"finding" | "signing_in" | null>(null);
  const [problem, setProblem] = useState<SignInProblem | null>(null);
  /** The press that is under way, by its number; 0: none is. */
  const running = useRef(0);
  const presses = useRef(0);
  /** What a press was held back for: with the next press for the same input it is accepted. */
  const heldBack = useRef<HeldBack | null>(null);
  const { secondsLeft, start: startWait } = useCountdown();

  function report(found: SignInProblem): SignInProblem {
    setProblem(found);
    if (found.kind === "error" && found.error.kind === "rate_limited") {
      startWait(Math.min(found.error.retryAfterMs ?? DEFAULT_WAIT, LONGEST_WAIT));
    }
    return found;
  }

  async function attempt(input: SignInInput, press: number): Promise<SubmitOutcome> {
    const missing = missingField(input);
    // Whether there has to be a username and a password is for the homeserver to say.
    if (missing === "homeserver") return report({ kind: "missing", field: missing });
    setProblem(null);

    const { homeserver, username } = input;
    const lookedUp = usernameForLookup(input);
    const key = lookupKey(homeserver, lookedUp);
    const seen = whatWasSeen(lookup, key, heldBack.current);
    setBusy("finding");
    const found = await find(homeserver, lookedUp);
    if (press !== running.current) return "ignored";
    if (!found.ok) return report(asProblem(found.error, "homeserver"));
    if (!found.value.offer.password) return "elsewhere";
    if (missing !== null) return report({ kind: "missing", field: missing });

    const elsewhere = await otherServer(input, found.value);
    if (press !== running.current) return "ignored";
    if (elsewhere !== null) return report({ kind: "error", error: elsewhere, field: "username" });

    const { host } = found.value;
    const known = howHostIsKnown(found.value, input);
    const wasSeen = host === (known === "suggested" ? seen.confirmed : seen.host);
    if (known !== "typed" && !wasSeen) {
      heldBack.current = { key, host };
      return "host_to_confirm";
    }

    setBusy("signing_in");
    const answer = await ports.signIn({
      target: found.value,
      username: username.trim(),
      password: input.readPassword(),
    });
    return answer.ok ? "sent" : report(asProblem(answer.error, "password"));
  }

  /** On a site for one homeserver: the error when the user id is of another one. */
  async function otherServer(
    { homeserver, username, fixed }: HomeserverInput,
    target: HomeserverTarget,
  ): Promise<AppError | null> {
    const server = fixed ? serverNameOf(username) : null;
    if (server === null) return null;
    let isOther = isOfOtherServer(server, homeserver);
    if (isOther === null) {
      const own = await ports.findHomeserver({ homeserver, username });
      // A server that says nothing leaves it to the field, and that was just found.
      isOther = !own.ok || own.value.host !== target.host;
    }
    return isOther ? { kind: "sign_in", reason: "other_server", host: server } : null;
  }

  async function submit(input: SignInInput): Promise<SubmitOutcome> {
    if (running.current !== 0 || secondsLeft > 0) return "ignored";
    const press = ++presses.current;
    running.current = press;
    try {
      return await attempt(input, press);
    } finally {
      if (running.current === press) finish();
    }
  }

  function finish(): void {
    running.current = 0;
    setBusy(null);
  }

  /** Who changes what is looked for does not wait for it any more. */
  function changed(homeserver: string, username: string): void {
    if (!lookupChanged(homeserver, username)) return;
    setProblem((now) => (now?.field === "homeserver" ? null : now));
    if (busy === "finding") finish();
  }

  // What could not be had without a connection is asked for again when there is one.
  const isOffline = problem?.kind === "error" && problem.error.kind === "offline";
  useEffect(() => (isOffline ? onConnection(() => setProblem(null)) : undefined), [isOffline]);

  const longerWish = problem?.kind === "error" ? wishBeyondLimit(problem.error) : null;
  return { lookup, find, changed, busy, problem, secondsLeft, longerWish, submit };
}

interface HeldBack {
  readonly key: string;
  readonly host: string;
}

/** The host on the screen, if there was time to see it, and if a press was held back for it. */
function whatWasSeen(
  lookup: LookupState,
  key: string,
  heldBack: HeldBack | null,
): { readonly host: string | null; readonly confirmed: string | null } {
  if (lookup.kind !== "found" || lookup.key !== key) return { host: null, confirmed: null };
  const { host } = lookup.target;
  const confirmed = heldBack?.key === key && heldBack.host === host ? host : null;
  const readable = performance.now() - lookup.shownAt >= READING_TIME;
  return { host: readable ? host : confirmed, confirmed };
}

/** Milliseconds that the server wants waited when they are more than are imposed, else null. */
function wishBeyondLimit(error: AppError): number | null {
  if (error.kind !== "rate_limited" || error.retryAfterMs === null) return null;
  return error.retryAfterMs > LONGEST_WAIT ? error.retryAfterMs : null;
}

function missingField({ homeserver, username, readPassword }: SignInInput): SignInField | null {
  // A whole user id names its server, so the homeserver may be left empty.
  if (homeserver.trim() === "" && !/^@[^:]*:.+/.test(username.trim())) return "homeserver";
  if (username.trim() === "") return "username";
  if (readPassword() === "") return "password";
  return null;
}

/** The field to look at again, by what went wrong and in which half. */
function asProblem(error: AppError, half: "homeserver" | "password"): SignInProblem {
  switch (error.kind) {
    case "wrong_password":
      return { kind: "error", error, field: "password" };
    case "account_deactivated":
      return { kind: "error", error, field: "username" };
    case "insecure_homeserver":
    case "homeserver_not_found":
    case "sign_in_unsupported":
    case "not_matrix":
      return { kind: "error", error, field: "homeserver" };
    case "network":
    case "timeout":
      return { kind: "error", error, field: half === "homeserver" ? "homeserver" : null };
    default:
      return { kind: "error", error, field: null };
  }
}
