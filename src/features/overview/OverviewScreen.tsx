import { useKeyBackupOverview, useRestoreJob } from "@/state/hooks";
import { OverviewView } from "./OverviewView";

/** The state of the key backup at a glance, with the one thing to do about it. */
export function OverviewScreen() {
  const overview = useKeyBackupOverview();
  const { start } = useRestoreJob();
  return (
    <OverviewView
      overview={overview}
      onRestore={() => {
        start();
        window.location.hash = "#/restore";
      }}
    />
  );
}
