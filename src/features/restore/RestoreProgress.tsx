import {
  describeDownload,
  describePace,
  describeRestoreStage,
  describeTimeLeft,
  progressMax,
} from "@/copy/describeRestore";
import { describeWait } from "@/copy/describeRestoreWait";
import { formatNumber, formatRoomKeys } from "@/copy/formatNumber";
import { failedCount, settledCount } from "@/domain/restore";
import type { RunningRestore } from "@/domain/restoreJob";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Facts } from "@/ui/Facts";
import { ProgressBar } from "@/ui/ProgressBar";
import { RoomLabel } from "./RoomLabel";

interface RestoreProgressProps {
  job: RunningRestore;
  roomNames: ReadonlyMap<string, string>;
  onPause: () => void;
  onCancel: () => void;
}

/** A running restore: how far, how fast, how long, and the two ways to stop it. */
export function RestoreProgress({ job, roomNames, onPause, onCancel }: RestoreProgressProps) {
  const { tally, keysPerSecond, bytesPerSecond, secondsLeft, resumed = false } = job;
  const done = settledCount(tally);
  const failed = failedCount(tally);
  const max = progressMax(tally);
  const room = tally.currentRoomId;
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
        // What the bar has shown stays shown when the server turns out to have more.
        value={max === 0 ? null : Math.max(done, Math.floor(job.share * max))}
        max={Math.max(1, max)}
        valueText={`${formatNumber(done)} of ${formatRoomKeys(max)}${failed > 0 ? `, ${formatNumber(failed)} failed` : ""}`}
        testId="restore-progress"
        data={{
          "data-stage": tally.stage,
          "data-total": String(max),
          "data-done": String(done),
          "data-failed": String(failed),
          "data-bytes": String(tally.bytes),
          "data-rooms-ready": String(job.readyRooms.size),
        }}
      />
      <Wait job={job} />
      <Facts
        rows={[
          {
            term: "Current room",
            value: room === null ? "–" : <RoomLabel roomId={room} names={roomNames} />,
          },
          { term: "Rooms ready to read", value: formatNumber(job.readyRooms.size) },
          { term: "Downloaded", value: describeDownload(tally, bytesPerSecond) },
          { term: "Newly stored", value: formatNumber(tally.imported) },
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
        You can look at other pages meanwhile, and have a room restored first under Rooms. If you
        close this tab, keys that are already stored stay, and the restore can be resumed here.
      </p>
    </Card>
  );
}

/** Counts down each second, so listeners are told once, elsewhere. */
function Wait({ job: { tally, waitLeftMs } }: { job: RunningRestore }) {
  if (tally.waiting === null) return null;
  return (
    <Alert
      tone="info"
      title={describeWait(tally.waiting, waitLeftMs ?? tally.waiting.ms)}
      code={tally.waiting.error.kind}
      testId="restore-wait"
      quiet
    >
      <p>What came in stays. There is nothing for you to do.</p>
    </Alert>
  );
}
