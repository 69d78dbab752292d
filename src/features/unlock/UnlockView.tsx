import { RECOVERY_KEY_IS } from "@/copy/terms";
import type { UnlockReport } from "@/domain/ports";
import type { KeyBackupOverview } from "@/state/hooks";
import { Alert } from "@/ui/Alert";
import { Card } from "@/ui/Card";
import { useRef, useState } from "react";
import { RecoveryKeyForm } from "./RecoveryKeyForm";
import styles from "./Unlock.module.css";
import { Unlocked } from "./Unlocked";
import type { Unlock } from "./useRecoveryKeyForm";

interface UnlockViewProps {
  overview: KeyBackupOverview;
  unlock: Unlock;
  onRestore: () => void;
}

/** The form until the key was right, then what holds. */
export function UnlockView({ overview, unlock, onRestore }: UnlockViewProps) {
  const [report, setReport] = useState<UnlockReport | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const backup = overview.backup.status === "known" ? overview.backup.value : null;

  function unlocked(next: UnlockReport): void {
    setReport(next);
    // The field that had the focus is about to go.
    heading.current?.focus();
  }

  return (
    <div className={styles.page}>
      <h1 className={styles.heading} tabIndex={-1} ref={heading}>
        Enter recovery key
      </h1>
      {report === null ? (
        <Card>
          <p>{RECOVERY_KEY_IS}</p>
          <AlreadyUnlocked overview={overview} />
          <RecoveryKeyForm unlock={unlock} onUnlocked={unlocked} />
        </Card>
      ) : (
        <Unlocked report={report} backup={backup} onRestore={onRestore} />
      )}
    </div>
  );
}

function AlreadyUnlocked({
  overview: { trust, crossSigning, backup },
}: {
  overview: KeyBackupOverview;
}) {
  const fits = trust.status === "known" && trust.value.key === "match";
  const verified = crossSigning.status === "known" && crossSigning.value.deviceVerified;
  if (!fits || !verified || backup.status !== "known" || backup.value === null) return null;
  return (
    <Alert tone="info" title="This device is verified and can open the backup already">
      <p>There is no need to enter the recovery key for backup version {backup.value.version}.</p>
    </Alert>
  );
}
