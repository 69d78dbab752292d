import { useEffect, useRef } from "react";
import { describeCameraProblem } from "@/copy/describeCamera";
import { describeError } from "@/copy/describeError";
import type { AppError } from "@/domain/errors";
import type { Result } from "@/domain/result";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Spinner } from "@/ui/Spinner";
import { useScanner } from "./useScanner";
import styles from "./Verify.module.css";

interface ScanCodeProps {
  onScanned: (code: Uint8Array) => Promise<Result<void, AppError>>;
  onClose: () => void;
}

/** The camera's picture, looked through for a code. The camera is on only while this is shown. */
export function ScanCode({ onScanned, onClose }: ScanCodeProps) {
  const video = useRef<HTMLVideoElement>(null);
  const { state, refusal, retry } = useScanner(video, onScanned);
  const stop = useRef<HTMLButtonElement>(null);
  // The button that led here is gone.
  useEffect(() => stop.current?.focus(), []);
  return (
    <>
      {state.kind === "problem" ? (
        <CameraProblem problem={state.problem} onRetry={retry} />
      ) : (
        <>
          {/* oxlint-disable-next-line jsx-a11y/media-has-caption -- a mirror of the room, without sound */}
          <video
            className={styles.video}
            ref={video}
            muted
            playsInline
            aria-label="Picture of the camera"
            data-testid="camera"
            data-state={state.kind}
          />
          {state.kind === "starting" ? <Spinner label="Turning the camera on…" /> : null}
        </>
      )}
      {refusal === null ? null : (
        <Alert tone="warning" title={describeError(refusal).title} testId="scan-refused">
          <p>{describeError(refusal).body}</p>
        </Alert>
      )}
      <div className={styles.actions}>
        <Button variant="secondary" ref={stop} onClick={onClose}>
          Stop scanning
        </Button>
      </div>
    </>
  );
}

function CameraProblem({
  problem,
  onRetry,
}: {
  problem: Parameters<typeof describeCameraProblem>[0];
  onRetry: () => void;
}) {
  const { title, body } = describeCameraProblem(problem);
  return (
    <Alert
      tone="warning"
      title={title}
      testId="camera-problem"
      action={
        <Button variant="secondary" onClick={onRetry}>
          Retry
        </Button>
      }
    >
      <p>{body}</p>
    </Alert>
  );
}
