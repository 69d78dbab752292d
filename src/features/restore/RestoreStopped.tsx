import { describeError } from "@/copy/describeError";
import { RESTORE_RESUMING } from "@/copy/describeRestore";
import { formatCount } from "@/copy/formatNumber";
import { failedCount, type RestoreTally } from "@/domain/restore";
import type { RestoreJob } from "@/domain/restoreJob";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { RestoreFailures } from "./RestoreFailures";
import { RestoreNumbers } from "./RestoreNumbers";

interface RestoreStoppedProps {
  job: Extract<RestoreJob, { kind: "paused" | "failed" }>;
  onResume: () => void;
  onCancel: () => void;
}

/** A restore that stopped short, by choice or by a fault. What came in stays in. */
export function RestoreStopped({ job, onResume, onCancel }: RestoreStoppedProps) {
  const { tally } = job.report;
  return (
    <Card
      title={job.kind === "paused" ? "Restore paused" : "Restore interrupted"}
      actions={
        <>
          <Button onClick={onResume}>{job.kind === "paused" ? "Resume" : "Retry"}</Button>
          <Button variant="tertiary" onClick={onCancel}>
            Cancel
          </Button>
        </>
      }
    >
      {job.kind === "failed" ? <Failure job={job} /> : null}
      <p>
        {keptText(tally)} {RESTORE_RESUMING}
      </p>
      <RestoreNumbers
        tally={tally}
        caption={`Backup version ${job.version}, so far`}
        ended={false}
      />
      <RestoreFailures report={job.report} />
    </Card>
  );
}

function Failure({ job }: { job: Extract<RestoreJob, { kind: "failed" }> }) {
  const { title, body } = describeError(job.error);
  return (
    <Alert tone="critical" title={title} code={job.error.kind}>
      <p>{body}</p>
    </Alert>
  );
}

function keptText(tally: RestoreTally): string {
  const kept = tally.imported + tally.already;
  if (kept === 0) {
    return failedCount(tally) === 0
      ? "No key was stored yet, and nothing was lost."
      : "No key could be stored yet, and nothing was lost.";
  }
  return `${formatCount(kept, "key")} of the backup ${kept === 1 ? "is" : "are"} on this device and ${kept === 1 ? "stays" : "stay"} here.`;
}
