import { useRef, useState, type FormEvent } from "react";
import { describeError, WRONG_PASSWORD_ALONE } from "@/copy/describeError";
import {
  describeNoWayBack,
  NO_OTHER_PAGE,
  NO_PASSWORD_AFTER_DEACTIVATION,
} from "@/copy/describeEnded";
import type { AppError } from "@/domain/errors";
import type { SignedInUser } from "@/domain/session";
import type { FoundHomeserver } from "@/domain/signIn";
import { useSessionActions } from "@/state/actionHooks";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Facts } from "@/ui/Facts";
import { SecretField } from "@/ui/SecretField";
import styles from "./session.module.css";
import type { TokenComponent, WaysComponent } from "./useHomeserverOf";

interface SignInAgainProps {
  user: SignedInUser;
  /** What the homeserver offers now; null while that is not known. */
  found: FoundHomeserver | null;
  /** The server ended it for good. */
  ended?: boolean;
  /** The other ways to sign in that the homeserver has; null: this page must not be left. */
  Ways: WaysComponent | null;
  /** The way of an access token, where there is one. */
  Token?: TokenComponent;
  /** The way out, beside the button that signs in. */
  leaveLabel: string;
  onLeave: () => void;
}

/**
 * Signs the user of the stored session in again: by the password alone, unless the homeserver is
 * known to take none, or by its other ways.
 */
export function SignInAgain(props: SignInAgainProps) {
  const { user, found, ended = false, Ways, Token, leaveLabel, onLeave } = props;
  const { findHomeserver, signIn, signInElsewhere, signInWithToken } = useSessionActions();
  const takesPassword = found?.offer.password ?? true;
  const password = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [missing, setMissing] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const { host } = new URL(user.homeserverUrl);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const text = password.current?.value ?? "";
    setMissing(text === "");
    setError(null);
    if (text === "") {
      password.current?.focus();
      return;
    }
    setBusy(true);
    const answer = await signIn({
      target: { baseUrl: user.homeserverUrl, host, discoveredFrom: null },
      username: user.userId,
      password: text,
    });
    setBusy(false);
    if (answer.ok) return;
    setError(answer.error);
    password.current?.focus();
  }

  return (
    <>
      <Facts
        rows={[
          { term: "User", value: user.userId },
          { term: "Homeserver", value: host },
        ]}
      />
      <form className={styles.form} noValidate onSubmit={(event) => void submit(event)}>
        <input type="hidden" name="username" autoComplete="username" value={user.userId} />
        {takesPassword ? (
          <SecretField
            label="Password"
            name="password"
            autoComplete="current-password"
            inputRef={password}
            hint={`It will be sent to ${host}`}
            error={fieldError(missing, error)}
          />
        ) : null}
        {takesPassword || Ways !== null ? null : <NoWayBack host={host} />}
        {takesPassword && Ways === null && hasOtherPage(found) ? (
          <p data-testid="no-other-page">{NO_OTHER_PAGE}</p>
        ) : null}
        {error === null ? null : (
          <Alert tone="critical" title={wordsOf(error).title} code={error.kind}>
            <p>{wordsOf(error).body}</p>
            {ended && error.kind === "wrong_password" ? (
              <p>{NO_PASSWORD_AFTER_DEACTIVATION}</p>
            ) : null}
          </Alert>
        )}
        {found === null || takesPassword || Ways === null ? null : (
          <Ways target={found} signInElsewhere={signInElsewhere} />
        )}
        <div className={styles.actions}>
          {takesPassword ? (
            <Button type="submit" busy={busy}>
              Sign in
            </Button>
          ) : null}
          <Button variant="tertiary" disabled={busy} onClick={onLeave}>
            {leaveLabel}
          </Button>
        </div>
        {found !== null && takesPassword && Ways !== null ? (
          <Ways target={found} signInElsewhere={signInElsewhere} />
        ) : null}
      </form>
      {Token === undefined ? null : (
        <Token
          findTarget={() => findHomeserver({ homeserver: user.homeserverUrl, username: "" })}
          signInWithToken={signInWithToken}
          memoryOnly
        />
      )}
    </>
  );
}

/** No password is taken, and the page that signs people in is elsewhere. */
function NoWayBack({ host }: { host: string }) {
  const { title, body } = describeNoWayBack(host);
  return (
    <Alert tone="warning" title={title} testId="no-way-back">
      <p>{body}</p>
    </Alert>
  );
}

function hasOtherPage(found: FoundHomeserver | null): boolean {
  return found !== null && (found.offer.sso !== null || found.offer.oauth !== null);
}

/** Only the password was asked for, so only that can be wrong. */
function wordsOf(error: AppError): { title: string; body: string } {
  return error.kind === "wrong_password" ? WRONG_PASSWORD_ALONE : describeError(error);
}

function fieldError(missing: boolean, error: AppError | null): string | null {
  if (missing) return "Enter your password.";
  return error?.kind === "wrong_password" ? "Check the password." : null;
}
