import { useRestoreErrand, useRestoreJob } from "@/state/actionHooks";
import { useKeyBackupOverview } from "@/state/hooks";
import { useRoomNames } from "@/state/roomHooks";
import { RestoreView } from "./RestoreView";

/** Restores the backup's keys to this device. The job lives in the store, not in this screen. */
export function RestoreScreen() {
  const overview = useKeyBackupOverview();
  const restore = useRestoreJob();
  const roomNames = useRoomNames();
  const { restoreFor } = useRestoreErrand();
  return (
    <RestoreView overview={overview} roomNames={roomNames} restoreFor={restoreFor} {...restore} />
  );
}
