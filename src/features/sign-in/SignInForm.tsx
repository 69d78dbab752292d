import {
  useEffect,
  useEffectEvent,
  useId,
  useRef,
  useState,
  type FormEvent,
  type ReactNode,
} from "react";
import { describeError } from "@/copy/describeError";
import { describeLookupError, EMAIL_AS_USERNAME, isEmailAddress } from "@/copy/describeSignIn";
import { formatDuration } from "@/copy/formatTime";
import type { AppError } from "@/domain/errors";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Facts } from "@/ui/Facts";
import { ReloadButton } from "@/ui/ReloadButton";
import { SecretField } from "@/ui/SecretField";
import { TextField } from "@/ui/TextField";
import {
  howHostIsKnown,
  serverNameOf,
  takeApart,
  usernameForLookup,
  type TypedNames,
} from "./homeserverHost";
import { RedirectWays, type SignInElsewhere } from "./RedirectWays";
import styles from "./SignIn.module.css";
import { TargetNote } from "./TargetNote";
import { TokenForm, type SignInWithToken } from "./TokenForm";
import type { FindHomeserver } from "./useHomeserverLookup";
import { useAfterPress } from "./useAfterPress";
import { onConnection } from "./usePassingError";
import { useSignIn, type SignIn, type SignInField, type SignInProblem } from "./useSignIn";

interface SignInFormProps {
  defaultHomeserver: string | null;
  /** The one homeserver this site is for: an address, and what people know it by. */
  fixedHomeserver: { readonly address: string; readonly name: string } | null;
  /** What the person entered before, on the way to another page. */
  enteredHomeserver?: string | null;
  findHomeserver: FindHomeserver;
  signIn: SignIn;
  signInElsewhere: SignInElsewhere;
  signInWithToken: SignInWithToken;
  /** Nothing of the session is to be stored. */
  memoryOnly?: boolean;
  /** Any of the ways is tried. */
  onTry?: () => void;
  /** What else is to be decided before any way is taken. */
  children?: ReactNode;
}

/**
 * The homeserver first, then what it offers; a username and a password unless it is known to take
 * none. The password is read from its field once, when it is sent.
 */
export function SignInForm(props: SignInFormProps) {
  const { fixedHomeserver, findHomeserver, signIn, signInElsewhere, signInWithToken } = props;
  const { memoryOnly = false, enteredHomeserver = null } = props;
  const offered = fixedHomeserver?.address ?? enteredHomeserver ?? props.defaultHomeserver;
  const [typed, setTyped] = useState<TypedNames>({ homeserver: offered ?? "", username: "" });
  const { homeserver, username } = takeApart(typed);
  const fixed = fixedHomeserver !== null;
  const [suggested, setSuggested] = useState(
    !fixed && enteredHomeserver === null && offered !== null,
  );
  /** The way that was tried last: what came of the others is not said any more. */
  const [tried, setTried] = useState<"password" | "elsewhere" | "token">("password");
  const homeserverInput = useRef<HTMLInputElement>(null);
  const usernameInput = useRef<HTMLInputElement>(null);
  const passwordInput = useRef<HTMLInputElement>(null);
  const firstWay = useRef<HTMLButtonElement>(null);
  const { onPointerDownCapture, afterPress, dropWaiting } = useAfterPress();
  const state = useSignIn({ findHomeserver, signIn });
  const { lookup, busy, secondsLeft, longerWish, find } = state;
  const problem = tried === "password" ? state.problem : null;
  const waitId = useId();
  const found = lookup.kind === "found" ? lookup.target : null;
  const takesPassword = found?.offer.password ?? true;

  // What a suggested homeserver offers is there when somebody looks.
  useEffect(() => {
    if (offered !== null) void find(offered, "");
  }, [offered, find]);
  const input = { homeserver, username, suggested, fixed };
  const lookedUp = usernameForLookup(input);

  const isEnough = () => homeserver.trim() !== "" || serverNameOf(username) !== null;

  function lookUp(): void {
    if (isEnough() && busy === null) void find(homeserver, lookedUp);
  }

  function onLeaveField(): void {
    setTyped(takeApart);
    afterPress(lookUp);
  }

  function type(next: TypedNames): void {
    setTyped(next);
    const named = takeApart(next);
    state.changed(named.homeserver, usernameForLookup({ ...named, suggested, fixed }));
  }

  function tryWay(way: typeof tried): void {
    setTried(way);
    props.onTry?.();
  }

  // What was looked for in vain while there was no connection.
  const lookAgain = useEffectEvent(lookUp);
  const isUnreached = lookup.kind === "failed" && isNoAnswer(lookup.error);
  useEffect(() => (isUnreached ? onConnection(lookAgain) : undefined), [isUnreached]);

  function focusOn(field: SignInField): void {
    const inputs = {
      homeserver: homeserverInput,
      username: usernameInput,
      password: passwordInput,
    };
    inputs[field].current?.focus();
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    dropWaiting();
    setTyped(takeApart);
    tryWay("password");
    const outcome = await state.submit({
      ...input,
      readPassword: () => passwordInput.current?.value ?? "",
    });
    if (outcome === "elsewhere") firstWay.current?.focus();
    if (typeof outcome === "object" && outcome.field !== null) focusOn(outcome.field);
  }

  return (
    // A lookup begun by the blur of a press would move what is pressed from under the pointer.
    <div className={styles.form} onPointerDownCapture={onPointerDownCapture}>
      {/* Without `noValidate` the browser's own bubbles would speak before our words. */}
      <form className={styles.form} noValidate onSubmit={(event) => void submit(event)}>
        {fixedHomeserver === null ? (
          <TextField
            label="Homeserver"
            name="homeserver"
            value={typed.homeserver}
            onChange={(text) => {
              setSuggested(false);
              type({ ...typed, homeserver: text });
            }}
            onBlur={onLeaveField}
            autoComplete="url"
            spellCheck={false}
            inputRef={homeserverInput}
            hint="For example matrix.org"
            error={
              fieldError("homeserver", problem) ??
              (lookup.kind === "failed" ? describeLookupError(lookup.error) : null)
            }
          />
        ) : (
          <Facts rows={[{ term: "Homeserver", value: fixedHomeserver.name }]} />
        )}
        {takesPassword || serverNameOf(username) !== null ? (
          <TextField
            label="Username"
            name="username"
            value={typed.username}
            onChange={(text) => type({ ...typed, username: text })}
            onBlur={onLeaveField}
            autoComplete="username"
            spellCheck={false}
            inputRef={usernameInput}
            hint="Or your whole user id, like @name:matrix.org"
            error={fieldError("username", problem)}
          />
        ) : null}
        {takesPassword ? (
          <SecretField
            label="Password"
            name="password"
            autoComplete="current-password"
            inputRef={passwordInput}
            error={fieldError("password", problem)}
          />
        ) : null}
        {problem?.kind === "error" ? (
          <ProblemNote error={problem.error} username={username} />
        ) : null}
        {props.children}
        <TargetNote lookup={lookup} input={input} />
        {takesPassword ? (
          <div className={styles.submit}>
            {/* `disabled` would take the focus from it. */}
            <Button
              type="submit"
              busy={busy !== null}
              aria-disabled={secondsLeft > 0 || undefined}
              aria-describedby={secondsLeft > 0 ? waitId : undefined}
            >
              Sign in
            </Button>
            {secondsLeft > 0 ? (
              <p className={styles.wait} id={waitId}>
                Try again in {secondsLeft} s
              </p>
            ) : null}
            {longerWish === null ? null : (
              <p className={styles.wait}>
                The homeserver asks to wait much longer: {formatDuration(longerWish / 1_000)}
              </p>
            )}
          </div>
        ) : null}
        {found === null ? null : (
          <RedirectWays
            target={found}
            signInElsewhere={signInElsewhere}
            memoryOnly={memoryOnly}
            firstRef={firstWay}
            onTry={() => tryWay("elsewhere")}
            isOld={tried !== "elsewhere"}
          />
        )}
      </form>
      <TokenForm
        findTarget={() => (isEnough() ? find(homeserver, lookedUp) : null)}
        isTyped={(target) => howHostIsKnown(target, input) === "typed"}
        signInWithToken={signInWithToken}
        memoryOnly={memoryOnly}
        onTry={() => tryWay("token")}
        isOld={tried !== "token"}
      />
    </div>
  );
}

function ProblemNote({ error, username }: { error: AppError; username: string }) {
  // How long to wait is counted beside the button.
  const { title, body, action } = describeError(
    error.kind === "rate_limited" ? { ...error, retryAfterMs: null } : error,
  );
  return (
    <Alert
      tone="critical"
      title={title}
      code={error.kind === "sign_in" ? error.reason : error.kind}
      action={action === "reload" ? <ReloadButton /> : null}
    >
      <p>{body}</p>
      {error.kind === "wrong_password" && isEmailAddress(username) ? (
        <p>{EMAIL_AS_USERNAME}</p>
      ) : null}
    </Alert>
  );
}

function isNoAnswer({ kind }: AppError): boolean {
  return kind === "offline" || kind === "network" || kind === "timeout";
}

const MISSING: Readonly<Record<SignInField, string>> = {
  homeserver: "Enter your homeserver.",
  username: "Enter your username.",
  password: "Enter your password.",
};

const CHECK: Readonly<Record<SignInField, string>> = {
  homeserver: "Check the homeserver.",
  username: "Check the username.",
  password: "Check username and password.",
};

function fieldError(field: SignInField, problem: SignInProblem | null): string | null {
  if (problem?.field !== field) return null;
  return problem.kind === "missing" ? MISSING[field] : CHECK[field];
}
