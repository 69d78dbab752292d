import { describeError } from "@/copy/describeError";
import { useSessionActions } from "@/state/actionHooks";
import { useSignInProblem } from "@/state/sessionHooks";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";

/** What became of a sign-in on another page, when it came to nothing. */
export function SignInProblem() {
  const error = useSignInProblem();
  const { dismissSignInProblem } = useSessionActions();
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
    </Alert>
  );
}
