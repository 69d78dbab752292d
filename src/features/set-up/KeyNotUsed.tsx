import { KEY_NOT_USED } from "@/copy/describeSetUp";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { StepHeading } from "@/ui/StepHeading";

/** Another device was faster: the key that was shown and saved here is of no use. */
export function KeyNotUsed({ onLookAgain }: { onLookAgain: () => void }) {
  return (
    <Card actions={<Button onClick={onLookAgain}>Look at the account again</Button>}>
      <StepHeading>{KEY_NOT_USED.heading}</StepHeading>
      <Alert tone="warning" title={KEY_NOT_USED.title} code="recovery_key">
        <p>{KEY_NOT_USED.body}</p>
      </Alert>
    </Card>
  );
}
