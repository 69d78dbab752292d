import type { BackupSurvey } from "@/domain/removal";
import { goTo } from "@/lib/route";
import { useRestoreJob } from "@/state/actionHooks";
import { useLiveSession } from "@/state/hooks";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";

/** Where keys are only in the backup, the way to get them first. */
export function RestoreFirst({ survey }: { survey: BackupSurvey }) {
  const { start } = useRestoreJob();
  const { memoryOnly } = useLiveSession();
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
          ? memoryOnly
            ? "A restore brings them into this tab, and no further. Export them to a file after that: without a backup, closing or reloading the tab loses them."
            : "A restore stores them here. What it brings is not lost then."
          : "This device cannot open the backup yet. With your recovery key it can, and then they can be restored."}
      </p>
    </Alert>
  );
}
