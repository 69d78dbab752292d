import {
  describePace,
  describeRestoreStage,
  describeTimeLeft,
  progressMax,
} from "@/copy/describeRestore";
import { formatBytes, formatNumber, formatRoomKeys, wholePercent } from "@/copy/formatNumber";
import { failedCount, settledCount } from "@/domain/restore";
import type { RestoreJob } from "@/domain/restoreJob";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Facts } from "@/ui/Facts";
import { LiveRegion } from "@/ui/LiveRegion";
import { ProgressBar } from "@/ui/ProgressBar";

interface RestoreProgressProps {
  job: Extract<RestoreJob, { kind: "running" }>;
  onPause: () => void;
  onCancel: () => void;
}

/** A running restore: how far, how fast, how long, and the two ways to stop it. */
export function RestoreProgress({ job, onPause, onCancel }: RestoreProgressProps) {
  const { tally, keysPerSecond, secondsLeft, resumed = false } = job;
  const done = settledCount(tally);
  const failed = failedCount(tally);
  const max = progressMax(tally);
  return (
    <Card
      title={`Restoring backup version ${job.version}`}
      actions={
        <>
          <Button variant="secondary" onClick={onPause}>
            Pause
          </Button>
          <Button variant="tertiary" onClick={onCancel}>
            Cancel
          </Button>
        </>
      }
    >
      <ProgressBar
        label={describeRestoreStage(tally, resumed)}
        value={max === 0 ? null : done}
        max={Math.max(1, max)}
        valueText={`${formatNumber(done)} of ${formatRoomKeys(max)}${failed > 0 ? `, ${formatNumber(failed)} failed` : ""}`}
        testId="restore-progress"
        data={{
          "data-stage": tally.stage,
          "data-total": String(max),
          "data-done": String(done),
          "data-failed": String(failed),
          "data-bytes": String(tally.bytes),
        }}
      />
      <Facts
        rows={[
          { term: "Downloaded", value: bytesText(tally.bytes, tally.bytesTotal) },
          { term: "Already here", value: formatNumber(tally.already) },
          { term: "Failed", value: formatNumber(failed) },
          {
            term: "Speed",
            value: keysPerSecond === null ? "Measuring…" : describePace(keysPerSecond),
          },
          {
            term: "Time left",
            value: secondsLeft === null ? "Estimating…" : describeTimeLeft(secondsLeft),
          },
        ]}
      />
      <p>
        You can look at other pages meanwhile. If you close this tab, keys that are already stored
        stay, and the restore can be resumed here.
      </p>
      <LiveRegion message={announcement(done, max, resumed)} />
    </Card>
  );
}

function bytesText(bytes: number, total: number | null): string {
  return total === null || total < bytes
    ? formatBytes(bytes)
    : `${formatBytes(bytes)} of ${formatBytes(total)}`;
}

/** Changes at each ten percent only, so that a screen reader is told now and then. */
function announcement(done: number, max: number, resumed: boolean): string {
  const tens = Math.floor(wholePercent(done, max) / 10) * 10;
  if (tens === 0) return resumed ? "Restore resumed" : "Restore started";
  return `${tens} percent of the keys processed`;
}
