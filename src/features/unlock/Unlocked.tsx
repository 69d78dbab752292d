import { describeOpenedBy } from "@/copy/describeOpenedBy";
import { formatRoomKeys } from "@/copy/formatNumber";
import type { BackupInfo } from "@/domain/backup";
import type { OpenedBy } from "@/domain/keyEntry";
import type { UnlockReport } from "@/domain/ports";
import { goTo, hrefOf } from "@/lib/route";
import { ActionLink } from "@/ui/ActionLink";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import styles from "./Unlock.module.css";
import type { ReactNode } from "react";
import type { EntryMode } from "./useKeyEntryForm";

interface UnlockedProps {
  report: UnlockReport;
  mode: EntryMode;
  /** The backup by a fresh read, once it is there. */
  backup: BackupInfo | null;
  onRestore: () => void;
  children?: ReactNode;
}

/** What holds now that the key was right, and the next step. */
export function Unlocked({ report, mode, backup, onRestore, children }: UnlockedProps) {
  const count = backup !== null && backup.version === report.version ? backup.count : null;
  return (
    <Card
      actions={
        <>
          <NextStep {...{ report, count, onRestore }} />
          <ActionLink href={hrefOf("overview")} variant={count === 0 ? "primary" : "tertiary"}>
            Back to the overview
          </ActionLink>
        </>
      }
    >
      <Alert tone="success" title={titleOf(report, mode)} testId="unlocked">
        <ul className={styles.holds}>
          <OpenedByLine openedBy={report.openedBy} />
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
      {children}
      {report.deviceVerified ? null : (
        <Alert tone="warning" title="This device is not verified">
          <p>
            {report.openedBy.kind === "decryption_key"
              ? "The backup’s own key cannot verify it. Enter your recovery key as well, or verify this device from another one of yours."
              : "The keys of your identity were not found in secret storage. Verify this device from another one of yours."}
          </p>
        </Alert>
      )}
      {report.backup === "ready" && count === 0 ? (
        <p>The backup is empty, so there is nothing to restore yet.</p>
      ) : null}
    </Card>
  );
}

function titleOf({ openedBy }: UnlockReport, mode: EntryMode): string {
  if (openedBy.kind === "decryption_key" && mode === "recovery_key") {
    return "This key opens the backup";
  }
  return mode === "passphrase" ? "Your passphrase is right" : "Your recovery key is right";
}

/** Which key it was, where that is not what everybody expects. */
function OpenedByLine({ openedBy }: { openedBy: OpenedBy }) {
  if (openedBy.kind === "storage_key" && openedBy.isDefault) return null;
  const { text, name } = describeOpenedBy(openedBy);
  return (
    <li data-testid="opened-by" data-kind={openedBy.kind}>
      {text}
      {name === null ? (
        "."
      ) : (
        <>
          : <bdi>{name}</bdi>.
        </>
      )}
    </li>
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
