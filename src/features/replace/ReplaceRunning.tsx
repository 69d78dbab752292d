import { describeReplaceStep, describeUpload, REPLACE_STEPS } from "@/copy/describeReplace";
import type { UploadProgress } from "@/domain/changes";
import { Card } from "@/ui/Card";
import { LiveRegion } from "@/ui/LiveRegion";
import { ProgressBar } from "@/ui/ProgressBar";
import { Spinner } from "@/ui/Spinner";
import { StepHeading } from "@/ui/StepHeading";
import { StepList } from "@/ui/StepList";
import styles from "./Replace.module.css";
import type { TaskState } from "./useReplaceTask";

const HEADINGS = {
  run: "Replacing your backup",
  undo: "Going back to the old backup",
  check: "Comparing the two backups",
  delete: "Deleting the old backup",
} as const;

const WAITING = {
  undo: "Bringing over what only the new backup has, then putting the old one back…",
  check: "Comparing key by key…",
  delete: "Looking at both backups once more, then deleting the old one…",
} as const;

/** What is under way, step by step where it has steps. */
export function ReplaceRunning({ state }: { state: Extract<TaskState, { kind: "running" }> }) {
  const { task, step, upload } = state;
  return (
    <Card>
      <StepHeading>{HEADINGS[task.kind]}</StepHeading>
      {task.kind === "run" ? (
        <>
          <StepList
            steps={REPLACE_STEPS}
            current={step}
            failed={false}
            describe={describeReplaceStep}
          />
          {upload === null ? null : <Upload upload={upload} />}
          <p className={styles.quiet}>
            {step === "upload"
              ? "This can take a while. It goes on while you look at something else here."
              : "Please keep this page open until it is done."}
          </p>
          <LiveRegion message={describeReplaceStep(step)} />
        </>
      ) : (
        <>
          <Spinner label={WAITING[task.kind]} />
          {upload === null ? null : <Upload upload={upload} />}
        </>
      )}
    </Card>
  );
}

/** Until the first keys are taken there is nothing to measure. */
function Upload({ upload: { done, total } }: { upload: UploadProgress }) {
  return (
    <ProgressBar
      label="In the new backup"
      value={done === 0 && total > 0 ? null : done}
      max={Math.max(total, 1)}
      valueText={describeUpload(done, total)}
      testId="replace-upload"
      data={{ "data-done": String(done), "data-total": String(total) }}
    />
  );
}
