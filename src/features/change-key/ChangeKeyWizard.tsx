import { describeError } from "@/copy/describeError";
import type { ChangeKeyPort } from "@/domain/changes";
import type { SignedInUser } from "@/domain/session";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Spinner } from "@/ui/Spinner";
import { ChangeKeySteps } from "./ChangeKeySteps";
import { NoChangeKey } from "./NoChangeKey";
import { useChangeKeyPlan } from "./useChangeKeyPlan";

interface ChangeKeyWizardProps {
  changeKey: ChangeKeyPort;
  user: SignedInUser;
  /** Reads the key backup's state again; awaited before an end is said. */
  onChanged: () => Promise<void>;
  onClose: () => void;
}

/** Finds out what there is to change or to end, then leads through it. */
export function ChangeKeyWizard(props: ChangeKeyWizardProps) {
  const { plan, readAgain } = useChangeKeyPlan(props.changeKey);
  if (plan === null) return <Spinner label="Looking at your account…" />;
  if (!plan.ok) {
    const { title, body } = describeError(plan.error);
    return (
      <Alert
        tone="critical"
        title={title}
        code={plan.error.kind}
        action={<Button onClick={readAgain}>Retry</Button>}
      >
        <p>{body}</p>
      </Alert>
    );
  }
  if (plan.value.kind === "no_recovery") return <NoChangeKey plan={plan.value} />;
  return <ChangeKeySteps {...props} plan={plan.value} onLookAgain={readAgain} />;
}
