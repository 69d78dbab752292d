import { describeEnding } from "@/copy/describeVerification";
import { isUnderWay, type VerificationState } from "@/domain/verification";
import { hrefOf } from "@/lib/route";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { DeviceName } from "./DeviceName";
import styles from "./Verify.module.css";

interface VerificationStripProps {
  state: VerificationState;
  /** The verification's own screen is shown: it says the rest itself. */
  onScreen: boolean;
  onAnswer: () => void;
  onDismiss: () => void;
}

/** What is to be said of a verification where it is not on the screen. */
export function VerificationStrip(props: VerificationStripProps) {
  const { state, onScreen, onAnswer, onDismiss } = props;
  if (state.kind === "incoming") {
    return (
      <div className={styles.prompt}>
        <Alert
          tone="info"
          title="A device waits to be verified"
          testId="verification-strip"
          action={
            <Button variant="secondary" onClick={onAnswer}>
              Answer
            </Button>
          }
        >
          <p>
            <DeviceName device={state.flow.other} /> still waits for an answer.
          </p>
        </Alert>
      </div>
    );
  }
  if (onScreen) return null;
  if (isUnderWay(state)) {
    return (
      <div className={styles.prompt}>
        <Alert tone="info" title="A verification is going on" testId="verification-strip">
          <p>
            <a href={hrefOf("verify")}>Show verification</a>
          </p>
        </Alert>
      </div>
    );
  }
  // What this device began is told on its screen; an end of another's request nobody goes to see.
  if (state.kind !== "ended" || state.flow?.startedHere !== false) return null;
  const { title, body, tone } = describeEnding(state.ending, state.flow);
  return (
    <div className={styles.prompt}>
      <Alert
        tone={tone}
        title={title}
        code={state.ending.reason}
        testId="verification-strip"
        action={
          <Button variant="secondary" onClick={onDismiss}>
            Dismiss
          </Button>
        }
      >
        <p>{body}</p>
      </Alert>
    </div>
  );
}
