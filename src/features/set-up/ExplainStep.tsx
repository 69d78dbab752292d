import { BACKUP_IS } from "@/copy/terms";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { StepHeading } from "@/ui/StepHeading";

interface ExplainStepProps {
  needsNewKey: boolean;
  onContinue: () => void;
  onCancel: () => void;
}

/** What is about to happen, before anything does. */
export function ExplainStep({ needsNewKey, onContinue, onCancel }: ExplainStepProps) {
  return (
    <Card
      actions={
        <>
          <Button onClick={onContinue}>
            {needsNewKey ? "Show recovery key" : "Enter recovery key"}
          </Button>
          <Button variant="tertiary" onClick={onCancel}>
            Cancel
          </Button>
        </>
      }
    >
      <StepHeading takesFocus={false}>How it works</StepHeading>
      <p>{BACKUP_IS}</p>
      {needsNewKey ? (
        <ol>
          <li>You get a recovery key, made in this browser. The server never sees it.</li>
          <li>You save it, and type or paste it back to show that your copy works.</li>
          <li>
            Only then the backup is made, and checked by reading it back. A backup that you have
            already is kept and used.
          </li>
        </ol>
      ) : (
        <ol>
          <li>You enter the recovery key your account already has.</li>
          <li>
            The backup is made, locked so that this key opens it. A backup that you have already is
            kept and used.
          </li>
          <li>Everything is checked by reading it back.</li>
        </ol>
      )}
      <p>Nothing on the server changes before you press “Finish”. Nothing is deleted.</p>
    </Card>
  );
}
