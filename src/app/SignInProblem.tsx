import { useEffect } from "react";
import { describeError } from "@/copy/describeError";
import { beginAgain } from "@/copy/describeSignIn";
import { useSessionActions } from "@/state/actionHooks";
import { useBegunSignIn, useSignInProblem } from "@/state/sessionHooks";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";

/** What became of a sign-in on another page, when it came to nothing. */
export function SignInProblem() {
  const error = useSignInProblem();
  const { dismissSignInProblem } = useSessionActions();
  const begun = useBegunSignIn();
  const isSaid = error !== null;
  // The page was just loaded: whoever comes back begins at what became of it, and not above the page.
  useEffect(() => {
    if (isSaid && document.activeElement === document.body) {
      document.querySelector<HTMLElement>("main h1")?.focus();
    }
  }, [isSaid]);
  if (error === null) return null;
  const { title, body } = describeError(error);
  return (
    <Alert
      tone="critical"
      title={title}
      code={error.kind === "sign_in" ? error.reason : error.kind}
      action={
        <Button variant="tertiary" onClick={dismissSignInProblem}>
          Dismiss
        </Button>
      }
    >
      <p>{body}</p>
      {error.kind === "sign_in" ? null : <p>{beginAgain(begun?.homeserver ?? null)}</p>}
    </Alert>
  );
}
