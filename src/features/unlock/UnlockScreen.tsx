import { goTo } from "@/lib/route";
import { useRestoreJob } from "@/state/actionHooks";
import { useInvalidateKeyBackup, useKeyBackupOverview, useLiveSession } from "@/state/hooks";
import { useKeyEntryOptions, useUnlock } from "@/state/keyEntryHooks";
import { NameKey } from "./NameKey";
import { UnlockView } from "./UnlockView";
import { useKeyNaming } from "./useKeyNaming";

/** Opens the backup on this device: by the recovery key, a passphrase, or the backup's own key. */
export function UnlockScreen() {
  const overview = useKeyBackupOverview();
  const options = useKeyEntryOptions();
  const { unlock, setDecryptionKey } = useUnlock();
  const { start } = useRestoreJob();
  const { repair } = useLiveSession();
  const { naming, watch, name } = useKeyNaming(repair, useInvalidateKeyBackup());
  return (
    <UnlockView
      overview={overview}
      options={options}
      unlock={watch(unlock)}
      nameKey={<NameKey naming={naming} onName={() => void name()} />}
      setDecryptionKey={setDecryptionKey}
      onRestore={() => {
        start();
        goTo("restore");
      }}
    />
  );
}
