import { describeError } from "@/copy/describeError";
import type { OldBackup, ReplacePlan } from "@/domain/changes";
import type { AppError } from "@/domain/errors";
import type { Result } from "@/domain/result";
import { hrefOf } from "@/lib/route";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Spinner } from "@/ui/Spinner";
import { OldBackups } from "./OldBackups";
import styles from "./Replace.module.css";
import { ReplaceOfferStep } from "./ReplaceOfferStep";
import { ReplaceUnfinished } from "./ReplaceUnfinished";
import type { ReplaceTask } from "./useReplaceTask";

interface ReplacePlanStepProps {
  found: {
    readonly plan: Result<ReplacePlan, AppError>;
    readonly old: Result<readonly OldBackup[], AppError>;
  } | null;
  /** False once it was found that nothing opens the old version of an unfinished replacement. */
  hasWayBack: boolean;
  onBegin: (task: ReplaceTask) => void;
  onRestoreFirst: (way: "restore" | "unlock") => void;
  onRetry: () => void;
  onClose: () => void;
}

/** What there is to replace, to end, or to delete. */
export function ReplacePlanStep(props: ReplacePlanStepProps) {
  const { found, onBegin, onRetry } = props;
  if (found === null) return <Spinner label="Comparing the backup with this device…" />;
  const { plan, old } = found;
  if (!plan.ok) {
    const { title, body } = describeError(plan.error);
    return (
      <Alert
        tone="critical"
        title={title}
        code={plan.error.kind}
        action={<Button onClick={onRetry}>Retry</Button>}
      >
        <p>{body}</p>
      </Alert>
    );
  }
  return (
    <div className={styles.stack}>
      <Plan {...props} plan={plan.value} />
      {plan.value.kind === "unfinished" ? null : (
        <OldBackups old={old} onBegin={onBegin} onRetry={onRetry} />
      )}
    </div>
  );
}

function Plan({
  plan,
  hasWayBack,
  onBegin,
  onRestoreFirst,
  onClose,
}: Omit<ReplacePlanStepProps, "found" | "onRetry"> & { plan: ReplacePlan }) {
  switch (plan.kind) {
    case "ready":
      return (
        <ReplaceOfferStep
          offer={plan}
          onBegin={onBegin}
          onRestoreFirst={onRestoreFirst}
          onClose={onClose}
        />
      );
    case "unfinished":
      return (
        <ReplaceUnfinished
          plan={plan}
          hasWayBack={hasWayBack}
          onBegin={onBegin}
          onClose={onClose}
        />
      );
    case "no_backup":
      return (
        <Card>
          <Alert tone="info" title="There is no backup to replace">
            <p>The keys on this device are untouched.</p>
          </Alert>
          <p>
            <a href={hrefOf("set-up")}>Set up backup</a> or go{" "}
            <a href={hrefOf("overview")}>back to the overview</a>.
          </p>
        </Card>
      );
    case "no_recovery":
      return (
        <Card>
          <Alert
            tone="warning"
            title={
              plan.defaultKey === "absent"
                ? "Your account has no recovery key yet"
                : "Recovery is damaged on this account"
            }
            code={plan.defaultKey}
          >
            <p>
              A new backup needs a recovery key that opens it, so nothing is replaced before there
              is one. The present backup was not touched.
            </p>
          </Alert>
          <p>
            <a href={hrefOf("set-up")}>Set up recovery</a> or go{" "}
            <a href={hrefOf("overview")}>back to the overview</a>.
          </p>
        </Card>
      );
  }
}
