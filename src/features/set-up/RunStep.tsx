import CheckIcon from "@vector-im/compound-design-tokens/assets/web/icons/check-circle-solid";
import CircleIcon from "@vector-im/compound-design-tokens/assets/web/icons/circle";
import ErrorIcon from "@vector-im/compound-design-tokens/assets/web/icons/error";
import { describeError } from "@/copy/describeError";
import { describeInterruptedSetUp, describeSetUpStep, SET_UP_STEPS } from "@/copy/describeSetUp";
import type { SetUpStep } from "@/domain/ports";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { LiveRegion } from "@/ui/LiveRegion";
import { Spinner } from "@/ui/Spinner";
import styles from "./SetUp.module.css";
import { StepHeading } from "./StepHeading";
import type { SetUpRun } from "./useSetUpRun";

interface RunStepProps {
  run: Extract<SetUpRun, { kind: "running" | "failed" }>;
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
      <StepHeading>Setting up your backup</StepHeading>
      <ol className={styles.steps}>
        {SET_UP_STEPS.map((step) => (
          <StepLine key={step} step={step} run={run} />
        ))}
      </ol>
      {run.kind === "running" ? (
        <p className={styles.quiet}>Please keep this page open until it is done.</p>
      ) : (
        <Failure {...props} />
      )}
      <LiveRegion message={run.kind === "running" ? describeSetUpStep(run.step) : ""} />
    </Card>
  );
}

type LineState = "done" | "now" | "failed" | "todo";

const STATE_WORDS: Readonly<Record<LineState, string>> = {
  done: "done",
  now: "under way",
  failed: "failed",
  todo: "not started",
};

function StepLine({ step, run }: { step: SetUpStep; run: RunStepProps["run"] }) {
  const at = SET_UP_STEPS.indexOf(run.step);
  const index = SET_UP_STEPS.indexOf(step);
  const state: LineState =
    index < at ? "done" : index > at ? "todo" : run.kind === "running" ? "now" : "failed";
  return (
    <li className={styles.step} data-step={step} data-state={state}>
      <StepIcon state={state} />
      <span>
        {describeSetUpStep(step)}
        <span className={styles.stepState}> ({STATE_WORDS[state]})</span>
      </span>
    </li>
  );
}

function StepIcon({ state }: { state: LineState }) {
  switch (state) {
    case "done":
      return <CheckIcon aria-hidden="true" />;
    case "now":
      return <Spinner />;
    case "failed":
      return <ErrorIcon aria-hidden="true" />;
    case "todo":
      return <CircleIcon aria-hidden="true" />;
  }
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
