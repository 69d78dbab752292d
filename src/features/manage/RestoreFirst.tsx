import type { BackupSurvey } from "@/domain/removal";
import { goTo } from "@/lib/route";
import { useRestoreJob } from "@/state/actionHooks";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";

/** Where keys are only in the backup, the way to get them first. */
export function RestoreFirst({ survey }: { survey: BackupSurvey }) {
  const { start } = useRestoreJob();
  if (survey.coverage.onlyInBackup === 0) return null;
  return (
    <Alert
      tone="warning"
      title="Bring these keys to this device first"
      action={
        survey.opensHere ? (
          <Button
            variant="secondary"
            onClick={() => {
              start();
              goTo("restore");
            }}
          >
            Restore history
          </Button>
        ) : (
          <Button variant="secondary" onClick={() => goTo("unlock")}>
            Enter recovery key
          </Button>
        )
      }
    >
      <p>
        {survey.opensHere
          ? "A restore stores them here. What it brings is not lost then."
          : "This device cannot open the backup yet. With your recovery key it can, and then they can be restored."}
      </p>
    </Alert>
  );
}
