import { describeUnstoredSwitch } from "@/copy/describeManage";
import type { AppError } from "@/domain/errors";
import { goTo } from "@/lib/route";
import { useRestoreJob } from "@/state/actionHooks";
import { useKeyBackupOverview } from "@/state/hooks";
import { useUploadSwitch } from "@/state/manageHooks";
import { Alert } from "@/ui/Alert";
import { useState } from "react";
import { OverviewView } from "./OverviewView";

/** The state of the key backup at a glance, with the one thing to do about it. */
export function OverviewScreen() {
  const overview = useKeyBackupOverview();
  const { job, start } = useRestoreJob();
  const { switchUpload } = useUploadSwitch();
  const [unstored, setUnstored] = useState<AppError | null>(null);

  async function turnOn(): Promise<AppError | null> {
    const switched = await switchUpload(true);
    setUnstored(switched.ok ? switched.value.unstored : null);
    return switched.ok ? null : switched.error;
  }

  const words = describeUnstoredSwitch(false);
  return (
    <>
      <OverviewView
        overview={overview}
        job={job}
        onRestore={() => {
          start();
          goTo("restore");
        }}
        onTurnOn={turnOn}
      />
      {unstored === null ? null : (
        <Alert tone="warning" title={words.title} code={unstored.kind}>
          <p>{words.body}</p>
        </Alert>
      )}
    </>
  );
}
