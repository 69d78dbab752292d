import { describeBlockedSetUp, describeWayIn } from "@/copy/describeSetUp";
import type { SetUpPlan } from "@/domain/ports";
import { hrefOf } from "@/lib/route";
import { ActionLink } from "@/ui/ActionLink";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";

interface NoSetUpProps {
  plan: Extract<SetUpPlan, { kind: "backup_exists" | "blocked" }>;
  onCheckAgain: () => void;
}

/** There is nothing to set up, or it cannot be done here. */
export function NoSetUp({ plan, onCheckAgain }: NoSetUpProps) {
  if (plan.kind === "backup_exists") {
    return (
      <Card>
        <Alert
          tone="info"
          title={`Your account already has a backup: version ${plan.version}`}
          code={plan.recovery}
        >
          <p>
            It is used as it is and not replaced, because it may hold keys that are nowhere else.
          </p>
          <p>{describeWayIn(plan.recovery)}</p>
        </Alert>
        <p>
          <a href={hrefOf("unlock")}>Enter recovery key</a> or go{" "}
          <a href={hrefOf("overview")}>back to the overview</a>.
        </p>
      </Card>
    );
  }
  const { title, body } = describeBlockedSetUp(plan.reason);
  return (
    <Card
      actions={
        <>
          <Button variant="secondary" onClick={onCheckAgain}>
            Check again
          </Button>
          <ActionLink href={hrefOf("overview")}>Back to the overview</ActionLink>
        </>
      }
    >
      <Alert tone="warning" title={title} code={plan.reason}>
        <p>{body}</p>
      </Alert>
    </Card>
  );
}
