import {
  CHANGE_KEY_STEPS,
  describeChangeKeyStep,
  describeInterruptedChangeKey,
} from "@/copy/describeChangeKey";
import { describeError } from "@/copy/describeError";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { LiveRegion } from "@/ui/LiveRegion";
import { Spinner } from "@/ui/Spinner";
import { StepHeading, type StepPlace } from "@/ui/StepHeading";
import { StepList } from "@/ui/StepList";
import styles from "./ChangeKey.module.css";
import type { ChangeKeyTask, TaskState } from "./useChangeKeyTask";

interface ChangeKeyRunningProps {
  state: Extract<TaskState, { kind: "running" | "failed" }>;
  place: StepPlace | undefined;
  onRetry: (task: ChangeKeyTask) => void;
  onUndo: () => void;
  /** Finds out anew what there is. */
  onLookAgain: () => void;
  onClose: () => void;
}

const HEADINGS = {
  run: "Changing your recovery key",
  finish: "Removing the old recovery key",
  undo: "Going back to the old recovery key",
} as const;

/** What is under way, or what stopped it. */
export function ChangeKeyRunning(props: ChangeKeyRunningProps) {
  const { state } = props;
  const isRunning = state.kind === "running";
  return (
    <Card>
      <StepHeading place={state.task === "run" ? props.place : undefined}>
        {HEADINGS[state.task]}
      </StepHeading>
      {state.task === "run" ? (
        <StepList
          steps={CHANGE_KEY_STEPS}
          current={state.step}
          failed={!isRunning}
          describe={describeChangeKeyStep}
        />
      ) : isRunning ? (
        <Spinner label="One secret after the other, each read back…" />
      ) : null}
      {isRunning ? (
        <p className={styles.quiet}>Please keep this page open until it is done.</p>
      ) : (
        <Failure {...props} />
      )}
      <LiveRegion
        message={isRunning && state.task === "run" ? describeChangeKeyStep(state.step) : ""}
      />
    </Card>
  );
}

function Failure({ state, onRetry, onUndo, onLookAgain, onClose }: ChangeKeyRunningProps) {
  if (state.kind !== "failed") return null;
  const { task, step, error } = state;
  const { title, body } = describeError(error);
  return (
    <Alert
      tone="critical"
      title={title}
      code={error.kind}
      action={
        <>
          <Button onClick={() => onRetry(task)}>Retry</Button>
          {task === "run" && step !== "checking" ? (
            <Button variant="secondary" onClick={onUndo}>
              Undo
            </Button>
          ) : null}
          <Button variant="secondary" onClick={onLookAgain}>
            Look at the account again
          </Button>
          <Button variant="tertiary" onClick={onClose}>
            Stop here
          </Button>
        </>
      }
    >
      <p>{body}</p>
      {task === "run" ? <p>{describeInterruptedChangeKey(step)}</p> : null}
      {task === "finish" ? <p>The new key opens everything. Nothing was lost.</p> : null}
    </Alert>
  );
}
