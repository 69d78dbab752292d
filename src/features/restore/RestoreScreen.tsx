import { useKeyBackupOverview, useRestoreJob } from "@/state/hooks";
import { RestoreView } from "./RestoreView";

/** Restores the backup's keys to this device. The job lives in the store, not in this screen. */
export function RestoreScreen() {
  const overview = useKeyBackupOverview();
  const restore = useRestoreJob();
  return <RestoreView overview={overview} {...restore} />;
}
