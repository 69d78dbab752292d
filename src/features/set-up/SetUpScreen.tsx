import { useInvalidateKeyBackup, useKeyBackupOverview, useLiveSession } from "@/state/hooks";
import { useUploadSwitch } from "@/state/manageHooks";
import { goTo } from "@/lib/route";
import { SetUpWizard } from "./SetUpWizard";
import styles from "./SetUp.module.css";

/** Sets up key backup for an account that has none. */
export function SetUpScreen() {
  const session = useLiveSession();
  const invalidate = useInvalidateKeyBackup();
  const { isOff, switchUpload } = useUploadSwitch();
  const { memoryOnly, pendingKeys } = useKeyBackupOverview();
  return (
    <div className={styles.page}>
      <h1 className={styles.heading} tabIndex={-1}>
        Set up backup
      </h1>
      <SetUpWizard
        setUp={session.setUp}
        user={session.user}
        onlyInTab={memoryOnly && pendingKeys !== 0}
        onSetUp={async () => {
          // Whoever sets up a backup here wants it here, too.
          if (isOff) await switchUpload(true);
          await invalidate();
        }}
        onClose={() => goTo("overview")}
      />
    </div>
  );
}
