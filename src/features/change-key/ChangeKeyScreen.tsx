import { goTo } from "@/lib/route";
import { useInvalidateKeyBackup, useLiveSession } from "@/state/hooks";
import styles from "./ChangeKey.module.css";
import { ChangeKeyWizard } from "./ChangeKeyWizard";

/** Changes the recovery key; identity and backup stay as they are. */
export function ChangeKeyScreen() {
  const session = useLiveSession();
  const invalidate = useInvalidateKeyBackup();
  return (
    <div className={styles.page}>
      <h1 className={styles.heading} tabIndex={-1}>
        Change recovery key
      </h1>
      <ChangeKeyWizard
        changeKey={session.changes.recoveryKey}
        user={session.user}
        onChanged={invalidate}
        onClose={() => goTo("overview")}
      />
    </div>
  );
}
