import { describeError } from "@/copy/describeError";
import {
  describeInterruptedReplace,
  describeReplaceStep,
  NO_OLD_KEY,
  NO_WAY_BACK,
  REPLACE_STEPS,
} from "@/copy/describeReplace";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { StepHeading } from "@/ui/StepHeading";
import { StepList } from "@/ui/StepList";
import type { ReplaceTask, TaskState } from "./useReplaceTask";

interface ReplaceFailedProps {
  state: Extract<TaskState, { kind: "failed" }>;
  onBegin: (task: ReplaceTask) => void;
  /** Finds out anew what there is. */
  onLookAgain: () => void;
  /** Nothing opens the old backup: only going on is possible. */
  onNoWayBack: () => void;
  onClose: () => void;
}

/** What went wrong, what is safe, and the ways on: again, back, or later. */
export function ReplaceFailed(props: ReplaceFailedProps) {
  const { state, onBegin, onLookAgain, onNoWayBack, onClose } = props;
  const { task, step, error } = state;
  const isAbsent = error.kind === "decryption_key" && error.reason === "absent";
  if (task.kind === "run" && isAbsent) {
    return <NoOldKey task={task} onBegin={onBegin} onClose={onClose} />;
  }
  if (task.kind === "undo" && isAbsent) {
    return <NoWayBack onNoWayBack={onNoWayBack} onClose={onClose} />;
  }
  const { title, body } = describeError(error);
  const isRun = task.kind === "run";
  return (
    <Card>
      <StepHeading>{isRun ? "The replacement has stopped" : "This did not work"}</StepHeading>
      {isRun ? (
        <StepList steps={REPLACE_STEPS} current={step} failed describe={describeReplaceStep} />
      ) : null}
      <Alert
        tone="critical"
        title={title}
        code={error.kind}
        action={
          <>
            <Button onClick={() => onBegin(task)}>Retry</Button>
            {isRun && step !== "checking" ? (
              <Button variant="secondary" onClick={() => onBegin({ kind: "undo" })}>
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
        {isRun ? <p>{describeInterruptedReplace(step)}</p> : null}
      </Alert>
    </Card>
  );
}

function NoWayBack({ onNoWayBack, onClose }: Pick<ReplaceFailedProps, "onNoWayBack" | "onClose">) {
  return (
    <Card
      actions={
        <>
          <Button onClick={onNoWayBack}>Back to the replacement</Button>
          <Button variant="tertiary" onClick={onClose}>
            Stop here
          </Button>
        </>
      }
    >
      <StepHeading>The old backup stays as it is</StepHeading>
      <Alert tone="warning" title={NO_WAY_BACK.title} code="no_way_back" testId="no-way-back">
        <p>{NO_WAY_BACK.body}</p>
      </Alert>
    </Card>
  );
}

function NoOldKey({
  task,
  onBegin,
  onClose,
}: {
  task: Extract<ReplaceTask, { kind: "run" }>;
  onBegin: (task: ReplaceTask) => void;
  onClose: () => void;
}) {
  return (
    <Card
      actions={
        <>
          <Button onClick={onClose}>Stop here</Button>
          <Button variant="destructive" onClick={() => onBegin({ ...task, withoutOldKey: true })}>
            {NO_OLD_KEY.confirm}
          </Button>
        </>
      }
    >
      <StepHeading>Before you go on</StepHeading>
      <Alert tone="warning" title={NO_OLD_KEY.title} code="no_old_key" testId="no-old-key">
        <p>{NO_OLD_KEY.body}</p>
      </Alert>
    </Card>
  );
}
