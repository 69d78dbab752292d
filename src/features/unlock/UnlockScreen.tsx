import { goTo } from "@/lib/route";
import {
  useInvalidateKeyBackup,
  useKeyBackupOverview,
  useLiveSession,
  useRestoreJob,
} from "@/state/hooks";
import { UnlockView } from "./UnlockView";

/** Opens the backup on this device with the recovery key. */
export function UnlockScreen() {
  const overview = useKeyBackupOverview();
  const { keyBackup } = useLiveSession();
  const invalidate = useInvalidateKeyBackup();
  const { start } = useRestoreJob();
  return (
    <UnlockView
      overview={overview}
      // A plain call: as a mutation the key would be kept in the mutation cache.
      unlock={async (key) => {
        const result = await keyBackup.unlock(key);
        await invalidate();
        return result;
      }}
      onRestore={() => {
        start();
        goTo("restore");
      }}
    />
  );
}
