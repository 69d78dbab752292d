import { describeError } from "@/copy/describeError";
import { describeInterruptedSetUp, describeSetUpStep, SET_UP_STEPS } from "@/copy/describeSetUp";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { LiveRegion } from "@/ui/LiveRegion";
import { StepHeading, type StepPlace } from "@/ui/StepHeading";
import { StepList } from "@/ui/StepList";
import styles from "./SetUp.module.css";
import type { SetUpRun } from "./useSetUpRun";

interface RunStepProps {
  run: Extract<SetUpRun, { kind: "running" | "failed" }>;
  place: StepPlace;
  onRetry: () => void;
  /** Finds out anew what there is to set up. */
  onLookAgain: () => void;
  /** Back to the key; null when the account had its own. */
  onShowKey: (() => void) | null;
  onCancel: () => void;
}

/** The steps of the set-up as they happen, and what to do when one fails. */
export function RunStep(props: RunStepProps) {
  const { run } = props;
  return (
    <Card>
      <StepHeading place={props.place}>Setting up your backup</StepHeading>
      <StepList
        steps={SET_UP_STEPS}
        current={run.step}
        failed={run.kind === "failed"}
        describe={describeSetUpStep}
      />
      {run.kind === "running" ? (
        <p className={styles.quiet}>Please keep this page open until it is done.</p>
      ) : (
        <Failure {...props} />
      )}
      <LiveRegion message={run.kind === "running" ? describeSetUpStep(run.step) : ""} />
    </Card>
  );
}

function Failure({ run, onRetry, onLookAgain, onShowKey, onCancel }: RunStepProps) {
  if (run.kind !== "failed") return null;
  const { title, body } = describeError(run.error);
  return (
    <Alert
      tone="critical"
      title={title}
      code={run.error.kind}
      action={
        <>
          <Button onClick={onRetry}>Retry</Button>
          {run.error.kind === "backup_changed" ? (
            <Button variant="secondary" onClick={onLookAgain}>
              Look at the account again
            </Button>
          ) : null}
          {onShowKey === null ? null : (
            <Button variant="secondary" onClick={onShowKey}>
              Show the key again
            </Button>
          )}
          <Button variant="tertiary" onClick={onCancel}>
            Stop here
          </Button>
        </>
      }
    >
      <p>{body}</p>
      <p>{describeInterruptedSetUp(run.step)} Retry goes on with the same recovery key.</p>
    </Alert>
  );
}
