import { describeNextTry, describeUploadQueue } from "@/copy/describeUpload";
import { formatNumber } from "@/copy/formatNumber";
import type { KeyBackupOverview } from "@/state/hooks";
import { Alert } from "@/ui/Alert";
import { ProgressBar } from "@/ui/ProgressBar";
import { useNow } from "@/ui/useNow";

interface UploadWaitProps {
  overview: Pick<KeyBackupOverview, "uploadQueue" | "uploadPeak">;
  /** Keys that are not in the backup yet. */
  waiting: number;
}

/** How the upload gets on that signing out waits for; what it says changes by itself. */
export function UploadWait({
  overview: { uploadQueue: queue, uploadPeak },
  waiting,
}: UploadWaitProps) {
  const of = Math.max(uploadPeak ?? 0, waiting);
  return (
    <>
      <ProgressBar
        label="Uploading before you sign out"
        value={of - waiting}
        max={of}
        valueText={`Waiting for ${formatNumber(waiting)} of ${formatNumber(of)} keys…`}
        testId="sign-out-wait"
        data={{ "data-waiting": String(waiting), "data-of": String(of) }}
      />
      {queue.kind === "stopped" ? (
        <Alert tone="warning" title="The upload has stopped" quiet>
          <p>{describeUploadQueue(queue)}</p>
          {queue.reason === "failed" ? <NextTry at={queue.nextTryAt} /> : null}
        </Alert>
      ) : (
        <p>You can wait here: once all of them are in the backup, this says so.</p>
      )}
    </>
  );
}

function NextTry({ at }: { at: number | null }) {
  return <p>{describeNextTry(at, useNow(1_000))}</p>;
}
