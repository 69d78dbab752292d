import { useEffect, useRef, useState, type FormEvent, type ReactNode } from "react";
import { describeError } from "@/copy/describeError";
import { formatDuration } from "@/copy/formatTime";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Facts } from "@/ui/Facts";
import { ReloadButton } from "@/ui/ReloadButton";
import { SecretField } from "@/ui/SecretField";
import { TextField } from "@/ui/TextField";
import { howHostIsKnown, serverNameOf, usernameForLookup } from "./homeserverHost";
import { RedirectWays, type SignInElsewhere } from "./RedirectWays";
import styles from "./SignIn.module.css";
import { TargetNote } from "./TargetNote";
import { TokenForm, type SignInWithToken } from "./TokenForm";
import type { FindHomeserver } from "./useHomeserverLookup";
import { useAfterPress } from "./useAfterPress";
import { useSignIn, type SignIn, type SignInField, type SignInProblem } from "./useSignIn";

interface SignInFormProps {
  defaultHomeserver: string | null;
  /** The one homeserver this site is for: an address, and what people know it by. */
  fixedHomeserver: { readonly address: string; readonly name: string } | null;
  findHomeserver: FindHomeserver;
  signIn: SignIn;
  signInElsewhere: SignInElsewhere;
  signInWithToken: SignInWithToken;
  /** Nothing of the session is to be stored. */
  memoryOnly?: boolean;
  /** What else is to be decided before any way is taken. */
  children?: ReactNode;
}

/**
 * The homeserver first, then what it offers; a username and a password unless it is known to take
 * none. The password is read from its field once, when it is sent.
 */
export function SignInForm(props: SignInFormProps) {
  const { fixedHomeserver, findHomeserver, signIn, signInElsewhere, signInWithToken } = props;
  const { memoryOnly = false } = props;
  const offered = fixedHomeserver?.address ?? props.defaultHomeserver;
  const [homeserver, setHomeserver] = useState(offered ?? "");
  const fixed = fixedHomeserver !== null;
  const [suggested, setSuggested] = useState(!fixed && offered !== null);
  const [username, setUsername] = useState("");
  const homeserverInput = useRef<HTMLInputElement>(null);
  const usernameInput = useRef<HTMLInputElement>(null);
  const passwordInput = useRef<HTMLInputElement>(null);
  const firstWay = useRef<HTMLButtonElement>(null);
  const { onPointerDownCapture, afterPress, dropWaiting } = useAfterPress();
  const state = useSignIn({ findHomeserver, signIn });
  const { lookup, problem, busy, secondsLeft, longerWish, find } = state;
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
            value={homeserver}
            onChange={(text) => {
              setHomeserver(text);
              setSuggested(false);
              state.changed(text, username);
            }}
            onBlur={() => afterPress(lookUp)}
            autoComplete="url"
            spellCheck={false}
            inputRef={homeserverInput}
            hint="For example matrix.org"
            error={
              fieldError("homeserver", problem) ??
              (lookup.kind === "failed" ? quietLookupError(lookup.error.kind) : null)
            }
          />
        ) : (
          <Facts rows={[{ term: "Homeserver", value: fixedHomeserver.name }]} />
        )}
        {takesPassword || serverNameOf(username) !== null ? (
          <TextField
            label="Username"
            name="username"
            value={username}
            onChange={(text) => {
              setUsername(text);
              state.changed(homeserver, fixed ? "" : text);
            }}
            onBlur={() => afterPress(lookUp)}
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
          <Alert
            tone="critical"
            title={describeError(problem.error).title}
            code={problem.error.kind}
            action={describeError(problem.error).action === "reload" ? <ReloadButton /> : null}
          >
            <p>{describeError(problem.error).body}</p>
          </Alert>
        ) : null}
        {props.children}
        <TargetNote lookup={lookup} input={input} />
        {takesPassword ? (
          <div className={styles.submit}>
            <Button type="submit" busy={busy !== null} disabled={secondsLeft > 0}>
              Sign in
            </Button>
            {secondsLeft > 0 ? <p className={styles.wait}>Try again in {secondsLeft} s</p> : null}
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
          />
        )}
      </form>
      <TokenForm
        findTarget={() => (isEnough() ? find(homeserver, lookedUp) : null)}
        isTyped={(target) => howHostIsKnown(target, input) === "typed"}
        signInWithToken={signInWithToken}
        memoryOnly={memoryOnly}
      />
    </div>
  );
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

/** While the person is still typing, only say what they can mend; the rest waits for the button. */
function quietLookupError(kind: string): string | null {
  switch (kind) {
    case "insecure_homeserver":
      return "This address is not secure. Use one that starts with https://.";
    case "homeserver_not_found":
      return "No Matrix homeserver was found there.";
    default:
      return null;
  }
}
