import { GO_ON_REPLACING } from "@/copy/describeRestore";
import {
  describeRestoreResult,
  describeUnchanged,
  RESTORE_LIMITS,
  RESTORE_ORIGIN,
} from "@/copy/describeRestoreResult";
import { failedCount, missingCount, settledCount } from "@/domain/restore";
import type { RestoreJob } from "@/domain/restoreJob";
import { hrefOf } from "@/lib/route";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { RestoreFailures } from "./RestoreFailures";
import { RestoreNumbers } from "./RestoreNumbers";
import { downloadText, restoreReportJson } from "./restoreReportFile";

interface RestoreSummaryProps {
  job: Extract<RestoreJob, { kind: "finished" }>;
  roomNames: ReadonlyMap<string, string>;
  onRetry: () => void;
  onDismiss: () => void;
  /** On to the replacement that the history was restored for; null when it was for itself. */
  onReplace: (() => void) | null;
}

/** The end of a restore: numbers that add up, what failed and why, and what stays unreadable. */
export function RestoreSummary(props: RestoreSummaryProps) {
  const { job, roomNames, onRetry, onDismiss, onReplace } = props;
  const { tally } = job.report;
  const failed = failedCount(tally);
  const missing = missingCount(tally);
  const total = settledCount(tally);
  const incomplete = failed + missing > 0;
  const { tone, title } = describeRestoreResult(tally);
  const unchanged = describeUnchanged(tally);
  return (
    <section
      aria-label="Result"
      data-testid="restore-summary"
      data-total={total}
      data-imported={tally.imported}
      data-already={tally.already}
      data-failed={failed}
      data-missing={missing}
    >
      {total + missing === 0 ? (
        <Card actions={<End {...props} />}>
          <Alert tone={tone} title={title} quiet>
            <p>
              The server holds backup version {job.version} with no keys in it. They arrive as your
              devices upload them.
            </p>
          </Alert>
        </Card>
      ) : (
        <Card
          actions={
            <>
              {incomplete ? <Button onClick={onRetry}>Retry</Button> : <End {...props} />}
              {incomplete && onReplace !== null ? (
                <Button variant="secondary" onClick={onReplace}>
                  {GO_ON_REPLACING}
                </Button>
              ) : null}
              <Button variant="secondary" onClick={() => saveReport(job)}>
                Download report
              </Button>
              {incomplete ? (
                <Button variant="tertiary" onClick={onDismiss}>
                  Close
                </Button>
              ) : null}
            </>
          }
        >
          <Alert tone={tone} title={title} quiet>
            {unchanged === null ? null : <p>{unchanged}</p>}
            <p>
              Read your messages under <a href={hrefOf("rooms")}>Rooms</a>.
            </p>
          </Alert>
          <RestoreNumbers
            tally={tally}
            caption={`Result for backup version ${job.version}`}
            ended
          />
          <RestoreFailures report={job.report} roomNames={roomNames} />
          <p>{RESTORE_LIMITS}</p>
          <p>{RESTORE_ORIGIN}</p>
        </Card>
      )}
    </section>
  );
}

/** Nothing is left to restore: what comes next. */
function End({ onDismiss, onReplace }: RestoreSummaryProps) {
  return onReplace === null ? (
    <Button onClick={onDismiss}>Done</Button>
  ) : (
    <>
      <Button onClick={onReplace}>{GO_ON_REPLACING}</Button>
      <Button variant="secondary" onClick={onDismiss}>
        Done
      </Button>
    </>
  );
}

function saveReport({ version, report }: RestoreSummaryProps["job"]): void {
  downloadText(
    `restore-report-version-${fileSafe(version)}.json`,
    restoreReportJson(version, report, Date.now()),
  );
}

function fileSafe(version: string): string {
  return version.replaceAll(/[^\w-]/g, "_").slice(0, 40);
}
