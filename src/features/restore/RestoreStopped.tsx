import { RESTORE_RESUMING } from "@/copy/describeRestore";
import { describeRestoreError } from "@/copy/describeRestoreError";
import { formatCount } from "@/copy/formatNumber";
import { failedCount } from "@/domain/restore";
import { keptKeys, type RestoreJob } from "@/domain/restoreJob";
import { goTo } from "@/lib/route";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { ReloadButton } from "@/ui/ReloadButton";
import { RestoreFailures } from "./RestoreFailures";
import { RestoreNumbers } from "./RestoreNumbers";

interface RestoreStoppedProps {
  job: Extract<RestoreJob, { kind: "paused" | "failed" }>;
  roomNames: ReadonlyMap<string, string>;
  onResume: () => void;
  onCancel: () => void;
}

/** A restore that stopped short, by choice or by a fault. What came in stays in. */
export function RestoreStopped({ job, roomNames, onResume, onCancel }: RestoreStoppedProps) {
  const { tally } = job.report;
  const words = job.kind === "failed" ? describeRestoreError(job.error) : null;
  const goesOn = words?.next !== "current_backup";
  return (
    <Card
      title={job.kind === "paused" ? "Restore paused" : "Restore interrupted"}
      actions={
        goesOn ? (
          <>
            {words?.next === "reload" ? <ReloadButton /> : null}
            {words?.next === "unlock" ? (
              <Button onClick={() => goTo("unlock")}>Enter recovery key</Button>
            ) : null}
            <Button
              variant={words === null || words.next === "retry" ? "primary" : "secondary"}
              onClick={onResume}
            >
              {job.kind === "paused" ? "Resume" : "Retry"}
            </Button>
            <Button variant="tertiary" onClick={onCancel}>
              Cancel
            </Button>
          </>
        ) : (
          <Button onClick={onCancel}>Look at the current state</Button>
        )
      }
    >
      {job.kind === "failed" && words !== null ? (
        <Alert tone="critical" title={words.title} code={job.error.kind}>
          <p>{words.body}</p>
        </Alert>
      ) : null}
      <p>
        {keptText(job)} {goesOn ? RESTORE_RESUMING : null}
      </p>
      <RestoreNumbers
        tally={tally}
        caption={`Backup version ${job.version}, ${job.keptBefore === undefined ? "so far" : "since it was resumed"}`}
        ended={false}
      />
      <RestoreFailures report={job.report} roomNames={roomNames} />
    </Card>
  );
}

function keptText(job: RestoreStoppedProps["job"]): string {
  const { tally } = job.report;
  const kept = keptKeys(job);
  if (kept === 0) {
    return failedCount(tally) === 0
      ? "No key was stored yet, and nothing was lost."
      : "No key could be stored yet, and nothing was lost.";
  }
  return `${formatCount(kept, "key")} of the backup ${kept === 1 ? "is" : "are"} on this device and ${kept === 1 ? "stays" : "stay"} here.`;
}
