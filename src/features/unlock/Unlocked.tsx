import { formatRoomKeys } from "@/copy/formatNumber";
import type { BackupInfo } from "@/domain/backup";
import type { UnlockReport } from "@/domain/ports";
import { goTo, hrefOf } from "@/lib/route";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import styles from "./Unlock.module.css";

interface UnlockedProps {
  report: UnlockReport;
  /** The backup by a fresh read, once it is there. */
  backup: BackupInfo | null;
  onRestore: () => void;
}

/** What holds now that the key was right, and the next step. */
export function Unlocked({ report, backup, onRestore }: UnlockedProps) {
  const count = backup !== null && backup.version === report.version ? backup.count : null;
  return (
    <Card actions={<NextStep {...{ report, count, onRestore }} />}>
      <Alert tone="success" title="Your recovery key is right">
        <ul className={styles.holds}>
          {report.deviceVerified ? <li>This device is verified by your identity.</li> : null}
          {report.backup === "ready" ? (
            <li>
              The key fits backup version <bdi>{report.version}</bdi>
              {count === null ? "." : ` with ${formatRoomKeys(count)}.`}
            </li>
          ) : (
            <li>The server has no backup to open with it.</li>
          )}
        </ul>
      </Alert>
      {report.deviceVerified ? null : (
        <Alert tone="warning" title="This device is not verified">
          <p>
            The keys of your identity were not found in secret storage. Verify this device from
            another one of yours.
          </p>
        </Alert>
      )}
      {report.backup === "ready" && count === 0 ? (
        <p>The backup is empty, so there is nothing to restore yet.</p>
      ) : null}
      <p>
        <a href={hrefOf("overview")}>Back to the overview</a>
      </p>
    </Card>
  );
}

interface NextStepProps {
  report: UnlockReport;
  count: number | null;
  onRestore: () => void;
}

function NextStep({ report, count, onRestore }: NextStepProps) {
  if (report.backup === "no_backup") {
    return <Button onClick={() => goTo("set-up")}>Set up backup</Button>;
  }
  return count === 0 ? null : <Button onClick={onRestore}>Restore history</Button>;
}
