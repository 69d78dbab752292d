import { describeNotice, describeThatWasMe } from "@/copy/describeNotice";
import { needsKeyNext } from "@/domain/backupNotice";
import { goTo } from "@/lib/route";
import type { KeyBackupOverview } from "@/state/hooks";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import styles from "./Overview.module.css";

/**
 * What changed elsewhere, with two ways on. "That was me" accepts it and leads to the recovery key
 * where there is a backup to open; "It was not me" only leads to advice.
 */
export function BackupNoticeCard({
  overview: { notice, dismissNotice },
}: {
  overview: Pick<KeyBackupOverview, "notice" | "dismissNotice">;
}) {
  if (notice === null) return null;
  const { title, body } = describeNotice(notice);

  function accept(): void {
    dismissNotice();
    if (notice !== null && needsKeyNext(notice)) goTo("unlock");
  }

  return (
    <div data-testid="backup-notice" data-kind={notice.kind}>
      <Alert
        tone="info"
        title={title}
        action={
          <div className={styles.actions}>
            <Button variant="secondary" onClick={accept}>
              That was me
            </Button>
            <Button variant="secondary" onClick={() => goTo("changed")}>
              It was not me
            </Button>
          </div>
        }
      >
        <p>{body}</p>
        <p>{describeThatWasMe(notice)}</p>
      </Alert>
    </div>
  );
}
