import { describeLostPresentKey } from "@/copy/describeChangeKey";
import { formatCount } from "@/copy/formatNumber";
import { RECOVERY_KEY_IS } from "@/copy/terms";
import type { ChangeKeyOffer } from "@/domain/changes";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Facts } from "@/ui/Facts";
import { StepHeading } from "@/ui/StepHeading";

interface ChangeKeyExplainProps {
  plan: ChangeKeyOffer;
  onContinue: () => void;
  onCancel: () => void;
}

/** What is about to happen, before anything does. */
export function ChangeKeyExplain({ plan, onContinue, onCancel }: ChangeKeyExplainProps) {
  return (
    <Card
      actions={
        <>
          <Button onClick={onContinue}>Show new recovery key</Button>
          <Button variant="tertiary" onClick={onCancel}>
            Cancel
          </Button>
        </>
      }
    >
      <StepHeading takesFocus={false}>How it works</StepHeading>
      <p>{RECOVERY_KEY_IS}</p>
      <ol>
        <li>You get a new recovery key, save it, and type or paste it back.</li>
        <li>You enter your present key. Everything it opens gets a copy for the new one.</li>
        <li>The new key is proven to open everything. Both work then.</li>
        <li>You say when the old key is to stop working.</li>
      </ol>
      <p>{describeLostPresentKey(plan)}</p>
      <p>Your backup, its keys and your identity stay as they are. Other devices stay verified.</p>
      <Facts
        rows={[
          {
            term: "What the present key opens",
            value: `${formatCount(plan.secrets, "secret")} of your account`,
            testId: "change-key-offer",
            data: { "data-secrets": String(plan.secrets), "data-others": String(plan.others) },
          },
        ]}
      />
    </Card>
  );
}
