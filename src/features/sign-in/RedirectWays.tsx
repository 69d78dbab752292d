import { useEffect, useState, type RefObject } from "react";
import { describeError } from "@/copy/describeError";
import { describeUnstoredElsewhere, describeWays } from "@/copy/describeSignIn";
import type { AppError } from "@/domain/errors";
import type { Result } from "@/domain/result";
import type { FoundHomeserver, RedirectWay } from "@/domain/signIn";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import styles from "./SignIn.module.css";
import { usePassingError } from "./usePassingError";

/** Leaves for the page that signs the person in; an answer means that it did not come to that. */
export type SignInElsewhere = (request: {
  target: FoundHomeserver;
  way: RedirectWay;
}) => Promise<Result<void, AppError>>;

interface RedirectWaysProps {
  target: FoundHomeserver;
  signInElsewhere: SignInElsewhere;
  /** Nothing of the session is to be stored. */
  memoryOnly?: boolean;
  /** The first button. */
  firstRef?: RefObject<HTMLButtonElement | null>;
  /** One of them is tried. */
  onTry?: () => void;
  /** Another way was tried after these: what came of these is not said any more. */
  isOld?: boolean;
}

/** A button for each way to sign in on another page. Nothing when the homeserver has none. */
export function RedirectWays(props: RedirectWaysProps) {
  const { target, signInElsewhere, memoryOnly = false, firstRef, onTry, isOld = false } = props;
  const host = target.offer.oauth?.host ?? target.host;
  const [leaving, setLeaving] = useState<string | null>(null);
  const [error, setError] = usePassingError();
  const ways = describeWays(target.offer);

  // Back from the other page by the browser's own button, with this page as it was left.
  useEffect(() => {
    const cameBack = (event: PageTransitionEvent) => {
      if (event.persisted) setLeaving(null);
    };
    window.addEventListener("pageshow", cameBack);
    return () => window.removeEventListener("pageshow", cameBack);
  }, []);

  async function choose(way: RedirectWay, label: string): Promise<void> {
    if (leaving !== null) return;
    onTry?.();
    setError(null);
    setLeaving(label);
    const answer = await signInElsewhere({ target, way });
    // Until the other page is there the button stays busy.
    if (answer.ok) return;
    setLeaving(null);
    setError(answer.error);
  }

  if (ways.length === 0) return null;
  return (
    <div className={styles.ways} data-testid="sign-in-ways">
      {target.offer.password ? <p className={styles.or}>or</p> : null}
      {error === null || isOld ? null : (
        <Alert tone="critical" title={describeError(error).title} code={error.kind}>
          <p>{describeError(error).body}</p>
        </Alert>
      )}
      {ways.map(({ way, label }, index) => (
        <Button
          key={label}
          ref={index === 0 ? firstRef : undefined}
          variant={target.offer.password || index > 0 ? "secondary" : "primary"}
          busy={leaving === label}
          onClick={() => void choose(way, label)}
        >
          {label}
        </Button>
      ))}
      {memoryOnly
        ? describeUnstoredElsewhere(host).map((text) => (
            <p className={styles.wayWarning} key={text}>
              {text}
            </p>
          ))
        : null}
      <p className={styles.wayNote}>
        You sign in on a page of <strong>{host}</strong> and come back here. This app does not see
        your password there.
      </p>
    </div>
  );
}
