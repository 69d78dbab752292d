import type { ChangeKeyPlan } from "@/domain/changes";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { StepHeading } from "@/ui/StepHeading";

interface ChangeKeyUnfinishedProps {
  plan: Extract<ChangeKeyPlan, { kind: "unfinished" }>;
  onContinue: () => void;
  onUndo: () => void;
  onLater: () => void;
}

/** A change that was broken off: on, or back. */
export function ChangeKeyUnfinished(props: ChangeKeyUnfinishedProps) {
  const { plan, onContinue, onUndo, onLater } = props;
  // Some of the old key's copies are gone: there is only one way.
  const isRetiring = plan.entry.step === "retire";
  return (
    <Card
      actions={
        <>
          <Button onClick={onContinue}>Continue</Button>
          {isRetiring ? null : (
            <Button variant="secondary" onClick={onUndo}>
              Undo
            </Button>
          )}
          <Button variant="tertiary" onClick={onLater}>
            Later
          </Button>
        </>
      }
    >
      <StepHeading takesFocus={false}>Changing the recovery key was not finished</StepHeading>
      <Alert
        tone="warning"
        title={
          isRetiring
            ? "The new key is in use, and the old one was being removed"
            : plan.switched
              ? "The new key is in use, and the old one still works"
              : "The old key is in use, as before"
        }
        testId="change-key-unfinished"
        code={plan.entry.step}
      >
        <p>
          {plan.switched
            ? "Continue with the new recovery key that you saved."
            : "Continue with the new recovery key that you saved, or undo the change if you do not have it."}
        </p>
      </Alert>
    </Card>
  );
}
