import { useAccountDevices } from "@/state/accountDeviceHooks";
import { useKeyBackupOverview } from "@/state/hooks";
import { ChangedView } from "./ChangedView";

/** For somebody who did not change the backup: what is safe, what to do. It changes nothing. */
export function ChangedScreen() {
  const overview = useKeyBackupOverview();
  const { devices, readAgain } = useAccountDevices(true);
  return <ChangedView overview={overview} devices={devices} onReadDevices={readAgain} />;
}
