import { goTo } from "@/lib/route";
import { useRestoreJob } from "@/state/actionHooks";
import { useKeyBackupOverview } from "@/state/hooks";
import { OverviewView } from "./OverviewView";

/** The state of the key backup at a glance, with the one thing to do about it. */
export function OverviewScreen() {
  const overview = useKeyBackupOverview();
  const { job, start } = useRestoreJob();
  return (
    <OverviewView
      overview={overview}
      job={job}
      onRestore={() => {
        start();
        goTo("restore");
      }}
    />
  );
}
