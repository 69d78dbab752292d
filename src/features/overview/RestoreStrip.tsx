import { describeRestoreProgress } from "@/copy/describeRestore";
import type { RestoreJob } from "@/domain/restoreJob";
import { hrefOf } from "@/lib/route";
import { Card } from "@/ui/Card";

/** The restore that goes on, or waits, while the person is here. Says nothing once it has ended. */
export function RestoreStrip({ job }: { job: RestoreJob }) {
  const words = describeRestoreProgress(job);
  if (words === null) return null;
  return (
    <Card>
      <p data-testid="restore-strip" data-kind={job.kind}>
        {words} <a href={hrefOf("restore")}>Show restore</a>
      </p>
    </Card>
  );
}
