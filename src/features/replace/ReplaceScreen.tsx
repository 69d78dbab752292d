import { goTo } from "@/lib/route";
import { useRestoreErrand } from "@/state/actionHooks";
import { useInvalidateKeyBackup, useLiveSession } from "@/state/hooks";
import styles from "./Replace.module.css";
import { ReplaceWizard } from "./ReplaceWizard";

/** Replaces the backup by a new one, and later deletes the old one. */
export function ReplaceScreen() {
  const session = useLiveSession();
  const invalidate = useInvalidateKeyBackup();
  const { setRestoreFor } = useRestoreErrand();
  return (
    <div className={styles.page}>
      <h1 className={styles.heading} tabIndex={-1}>
        Replace backup
      </h1>
      <ReplaceWizard
        replace={session.changes.replace}
        onChanged={invalidate}
        onRestoreFirst={(way) => {
          setRestoreFor("replace");
          goTo(way);
        }}
        onClose={() => goTo("overview")}
      />
    </div>
  );
}
