import type { ChangeKeyPlan } from "@/domain/changes";
import { hrefOf } from "@/lib/route";
import { Alert } from "@/ui/Alert";
import { Card } from "@/ui/Card";

/** There is no recovery key that could be changed. */
export function NoChangeKey({ plan }: { plan: Extract<ChangeKeyPlan, { kind: "no_recovery" }> }) {
  const isAbsent = plan.defaultKey === "absent";
  return (
    <Card>
      <Alert
        tone={isAbsent ? "info" : "warning"}
        title={
          isAbsent ? "Your account has no recovery key yet" : "Recovery is damaged on this account"
        }
        code={plan.defaultKey}
      >
        <p>
          {isAbsent
            ? "There is nothing to change. Set up backup to get one."
            : "The account says that it has a recovery key, and what is needed to check one is missing. Nothing was changed."}
        </p>
      </Alert>
      <p>
        <a href={hrefOf("set-up")}>Set up backup</a> or go{" "}
        <a href={hrefOf("overview")}>back to the overview</a>.
      </p>
    </Card>
  );
}
