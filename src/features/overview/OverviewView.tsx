import type { AppError } from "@/domain/errors";
import type { RestoreJob } from "@/domain/restoreJob";
import type { KeyBackupOverview } from "@/state/hooks";
import { BackupNoticeCard } from "./BackupNoticeCard";
import { BackupStatusCard } from "./BackupStatusCard";
import { HeadlineCard } from "./HeadlineCard";
import { noticeInHeadline } from "./noticeInHeadline";
import styles from "./Overview.module.css";
import { OverviewDetails } from "./OverviewDetails";
import { RestoreStrip } from "./RestoreStrip";
import { TrustCard } from "./TrustCard";

interface OverviewViewProps {
  overview: KeyBackupOverview;
  job: RestoreJob;
  onRestore: () => void;
  /** Turns this device's upload on; resolves to why it is not, or null. */
  onTurnOn: () => Promise<AppError | null>;
}

/** The overview as a function of what is known. */
export function OverviewView({ overview, job, onRestore, onTurnOn }: OverviewViewProps) {
  return (
    <div className={styles.page}>
      <HeadlineCard overview={overview} onRestore={onRestore} onTurnOn={onTurnOn} />
      <RestoreStrip job={job} />
      {noticeInHeadline(overview) === null ? <BackupNoticeCard overview={overview} /> : null}
      <BackupStatusCard overview={overview} />
      <TrustCard overview={overview} />
      <OverviewDetails overview={overview} />
    </div>
  );
}
