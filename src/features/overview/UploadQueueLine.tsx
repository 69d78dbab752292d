import { describeFailingSince, describeNextTry, describeUploadQueue } from "@/copy/describeUpload";
import type { UploadQueue } from "@/domain/uploadQueue";
import { Alert } from "@/ui/Alert";
import { ProgressBar } from "@/ui/ProgressBar";
import { useNow } from "@/ui/useNow";

/** What the upload does with the keys that wait; nothing while none does. */
export function UploadQueueLine({ queue }: { queue: UploadQueue }) {
  const words = describeUploadQueue(queue);
  if (words === null) return <div data-testid="upload-queue" data-state={queue.kind} hidden />;
  return (
    <div
      data-testid="upload-queue"
      data-state={queue.kind}
      data-reason={queue.kind === "stopped" ? queue.reason : undefined}
      data-since={queue.kind === "stopped" ? queue.since : undefined}
      data-next-try={queue.kind === "stopped" ? (queue.nextTryAt ?? undefined) : undefined}
    >
      {queue.kind === "stopped" ? (
        <Alert tone="warning" title="The upload has stopped" quiet>
          <p>{words}</p>
          {queue.reason === "failed" ? <NextTry at={queue.nextTryAt} since={queue.since} /> : null}
        </Alert>
      ) : queue.kind === "uploading" ? (
        <ProgressBar label="Uploading keys" value={queue.done} max={queue.of} valueText={words} />
      ) : (
        <p>{words}</p>
      )}
    </div>
  );
}

function NextTry({ at, since }: { at: number | null; since: number | undefined }) {
  const now = useNow(1_000);
  return (
    <>
      <p>{describeNextTry(at, now)}</p>
      {since === undefined ? null : <p>{describeFailingSince(since, now)}</p>}
    </>
  );
}
