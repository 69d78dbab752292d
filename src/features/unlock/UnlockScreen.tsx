import { goTo } from "@/lib/route";
import { useRestoreJob } from "@/state/actionHooks";
import { useKeyBackupOverview } from "@/state/hooks";
import { useKeyEntryOptions, useUnlock } from "@/state/keyEntryHooks";
import { UnlockView } from "./UnlockView";

/** Opens the backup on this device: by the recovery key, a passphrase, or the backup's own key. */
export function UnlockScreen() {
  const overview = useKeyBackupOverview();
  const options = useKeyEntryOptions();
  const { unlock, setDecryptionKey } = useUnlock();
  const { start } = useRestoreJob();
  return (
    <UnlockView
      overview={overview}
      options={options}
      unlock={unlock}
      setDecryptionKey={setDecryptionKey}
      onRestore={() => {
        start();
        goTo("restore");
      }}
    />
  );
}
