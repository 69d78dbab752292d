import { describeNotice } from "@/copy/describeNotice";
import type { RestoreJob } from "@/domain/restoreJob";
import type { KeyBackupOverview } from "@/state/hooks";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { BackupStatusCard } from "./BackupStatusCard";
import { HeadlineCard } from "./HeadlineCard";
import styles from "./Overview.module.css";
import { OverviewDetails } from "./OverviewDetails";
import { RestoreStrip } from "./RestoreStrip";
import { TrustCard } from "./TrustCard";

interface OverviewViewProps {
  overview: KeyBackupOverview;
  job: RestoreJob;
  onRestore: () => void;
}

/** The overview as a function of what is known. */
export function OverviewView({ overview, job, onRestore }: OverviewViewProps) {
  return (
    <div className={styles.page}>
      <HeadlineCard overview={overview} onRestore={onRestore} />
      <RestoreStrip job={job} />
      <Notice overview={overview} />
      <BackupStatusCard overview={overview} />
      <TrustCard overview={overview} />
      <OverviewDetails overview={overview} />
    </div>
  );
}

function Notice({ overview }: { overview: KeyBackupOverview }) {
  if (overview.notice === null) return null;
  const { title, body } = describeNotice(overview.notice);
  return (
    <div data-testid="backup-notice" data-kind={overview.notice.kind}>
      <Alert
        tone="info"
        title={title}
        action={
          <Button variant="secondary" onClick={overview.dismissNotice}>
            Dismiss
          </Button>
        }
      >
        <p>{body}</p>
      </Alert>
    </div>
  );
}
