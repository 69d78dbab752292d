import { describeError } from "@/copy/describeError";
import { describeEnding } from "@/copy/describeVerification";
import type { VerificationEnding, VerificationFlow } from "@/domain/verification";
import { hrefOf } from "@/lib/route";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { ActionButton } from "./ActionButton";
import { Step } from "./Step";
import styles from "./Verify.module.css";

interface EndedStepProps {
  flow: VerificationFlow | null;
  ending: VerificationEnding;
  onTryAgain: () => Promise<unknown>;
  onDismiss: () => void;
}

/** Why it ended, and the next try. */
export function EndedStep({ flow, ending, onTryAgain, onDismiss }: EndedStepProps) {
  const { title, body, tone } = describeEnding(ending, flow);
  const error = ending.reason === "failed" ? ending.error : null;
  const words = error === null ? null : describeError(error);
  // Somebody may be listening: to go on at once is not the first thing to do.
  const isAlarm = ending.reason === "mismatch";
  const startedHere = flow === null || flow.startedHere;
  return (
    <Step
      title="The verification has ended"
      actions={
        <>
          {startedHere && !isAlarm ? (
            <ActionButton action={onTryAgain}>Try again</ActionButton>
          ) : null}
          <Button variant="secondary" onClick={onDismiss}>
            {startedHere ? "Choose a device" : "Dismiss"}
          </Button>
          {startedHere && isAlarm ? (
            <ActionButton variant="tertiary" action={onTryAgain}>
              Try again
            </ActionButton>
          ) : null}
        </>
      }
    >
      <Alert
        tone={tone}
        title={title}
        code={error?.kind ?? ending.reason}
        testId="verification-end"
      >
        <p>{body}</p>
        {words === null ? null : (
          <p>
            {words.title}. {words.body}
          </p>
        )}
      </Alert>
      {flow?.role === "helper" || ending.reason === "mismatch" ? null : (
        <p className={styles.quiet}>
          Or <a href={hrefOf("unlock")}>enter your recovery key</a>.
        </p>
      )}
    </Step>
  );
}
