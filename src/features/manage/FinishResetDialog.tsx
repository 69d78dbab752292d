import { useCallback } from "react";
import { describeIdentityStep } from "@/copy/describeRemoval";
import { useLiveSession } from "@/state/hooks";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Spinner } from "@/ui/Spinner";
import { ErrorAlert } from "./ErrorAlert";
import styles from "./Manage.module.css";
import { ResetDone } from "./ResetDone";
import { SetUpNext } from "./SetUpNext";
import { useIdentityReset } from "./useIdentityReset";
import { useSurvey } from "./useSurvey";

/** Goes on with a reset whose new identity is published and here: nothing is asked for any more. */
export function FinishResetDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { removal } = useLiveSession();
  const read = useCallback(() => removal.surveyIdentity(), [removal]);
  const { found, readAgain } = useSurvey(read, () => false);
  const { stage, start, reset } = useIdentityReset();
  const published = found?.ok === true ? found.value.published : null;
  const isWorking = stage.kind === "working";

  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        if (!next && !isWorking) onClose();
      }}
      title={stage.kind === "done" ? "Your identity was reset" : "Finish the reset?"}
      actions={
        stage.kind === "done" ? (
          <SetUpNext onLater={onClose} />
        ) : (
          <>
            <Button variant="secondary" disabled={isWorking} onClick={onClose}>
              Later
            </Button>
            {published === null || stage.kind === "failed" ? null : (
              // With the new identity in place nobody has to be asked for the password.
              <Button busy={isWorking} onClick={() => void start(published, () => "")}>
                Finish reset
              </Button>
            )}
          </>
        )
      }
    >
      <div className={styles.dialog} data-testid="removal">
        {content()}
      </div>
    </Dialog>
  );

  function content() {
    if (stage.kind === "done") return <ResetDone backup={stage.backup} />;
    if (stage.kind === "working") return <Spinner label={describeIdentityStep(stage.step)} />;
    if (stage.kind === "failed" || stage.kind === "wrong_password") {
      const error =
        stage.kind === "failed"
          ? stage.error
          : ({ kind: "identity", reason: "password_cancelled" } as const);
      return (
        <ErrorAlert
          error={error}
          onRetry={() => {
            reset();
            readAgain();
          }}
        />
      );
    }
    if (found === null) return <Spinner label="Looking at your identity…" />;
    if (!found.ok) return <ErrorAlert error={found.error} onRetry={readAgain} />;
    return (
      <p>
        Your new identity is on the homeserver and its keys are on this device. What is left is to
        sign this device and the backup with it, and to retire the old recovery key.
      </p>
    );
  }
}
