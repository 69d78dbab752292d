import { useRef, useState, type FormEvent } from "react";
import { describeError } from "@/copy/describeError";
import { ACCESS_TOKEN } from "@/copy/describeSignIn";
import type { AppError } from "@/domain/errors";
import type { Result } from "@/domain/result";
import type { FoundHomeserver } from "@/domain/signIn";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Details } from "@/ui/Details";
import { SecretField } from "@/ui/SecretField";
import styles from "./SignIn.module.css";
import { usePassingError } from "./usePassingError";

export type SignInWithToken = (request: {
  target: FoundHomeserver;
  accessToken: string;
}) => Promise<Result<unknown, AppError>>;

interface TokenFormProps {
  /** Finds the homeserver that stands in the form above; null when none does. */
  findTarget: () => Promise<Result<FoundHomeserver, AppError>> | null;
  /** Whether the person typed the host that was found; not given where it is the session's own. */
  isTyped?: (target: FoundHomeserver) => boolean;
  signInWithToken: SignInWithToken;
  /** Nothing of the session is to be stored. */
  memoryOnly?: boolean;
  /** It is tried. */
  onTry?: () => void;
  /** Another way was tried after it: what came of it is not said any more. */
  isOld?: boolean;
}

/** For whoever helps somebody: a session that was made elsewhere. Folded away. */
export function TokenForm(props: TokenFormProps) {
  const { findTarget, isTyped = () => true, signInWithToken, memoryOnly = false } = props;
  const { onTry, isOld = false } = props;
  const input = useRef<HTMLInputElement>(null);
  const [missing, setMissing] = useState<"homeserver" | "token" | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = usePassingError();
  /** A press was held back for this host: the next one sends the token there. */
  const [shown, setShown] = useState<string | null>(null);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (busy) return;
    onTry?.();
    setError(null);
    const accessToken = input.current?.value.trim() ?? "";
    const finding = accessToken === "" ? null : findTarget();
    setMissing(accessToken === "" ? "token" : finding === null ? "homeserver" : null);
    if (finding === null) {
      input.current?.focus();
      return;
    }
    setBusy(true);
    const target = await finding;
    if (target.ok && !isTyped(target.value) && target.value.host !== shown) {
      setShown(target.value.host);
      setBusy(false);
      return;
    }
    const answer = target.ok
      ? await signInWithToken({ target: target.value, accessToken })
      : target;
    setBusy(false);
    if (!answer.ok) setError(answer.error);
    else if (input.current !== null) input.current.value = "";
  }

  return (
    <Details summary={ACCESS_TOKEN.summary}>
      <form className={styles.form} noValidate onSubmit={(event) => void submit(event)}>
        <p className={styles.intro}>
          {memoryOnly ? ACCESS_TOKEN.explainUnstored : ACCESS_TOKEN.explain}
        </p>
        <SecretField
          label="Access token"
          name="access-token"
          autoComplete="off"
          inputRef={input}
          onChange={() => setMissing(null)}
          error={missing === null || isOld ? null : ACCESS_TOKEN.missing[missing]}
        />
        {shown === null ? null : (
          <Alert tone="warning" title={`The token will be sent to ${shown}`}>
            <p>{ACCESS_TOKEN.otherHost}</p>
          </Alert>
        )}
        {error === null || isOld ? null : (
          <Alert
            tone="critical"
            title={describeError(error).title}
            code={error.kind === "sign_in" ? error.reason : error.kind}
          >
            <p>{describeError(error).body}</p>
          </Alert>
        )}
        <div>
          <Button variant="secondary" type="submit" busy={busy}>
            Use this token
          </Button>
        </div>
      </form>
    </Details>
  );
}
