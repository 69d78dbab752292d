import type { RestoreJob } from "@/domain/restoreJob";
import { goTo } from "@/lib/route";
import type { KeyBackupOverview } from "@/state/hooks";
import styles from "./Restore.module.css";
import { RestoreProgress } from "./RestoreProgress";
import { RestoreStart } from "./RestoreStart";
import { RestoreStopped } from "./RestoreStopped";
import { RestoreSummary } from "./RestoreSummary";

interface RestoreViewProps {
  job: RestoreJob;
  overview: KeyBackupOverview;
  start: () => void;
  pause: () => void;
  cancel: () => void;
  resume: () => void;
  dismiss: () => void;
}

/** The restore page as a function of the job. */
export function RestoreView(props: RestoreViewProps) {
  return (
    <div className={styles.page}>
      <h1 className={styles.heading} tabIndex={-1}>
        Restore history
      </h1>
      <Step {...props} />
    </div>
  );
}

function Step({ job, overview, start, pause, cancel, resume, dismiss }: RestoreViewProps) {
  /** Read and done: staying here would invite to restore once more. */
  function leave(): void {
    goTo("overview");
    dismiss();
  }
  switch (job.kind) {
    case "idle":
      return <RestoreStart overview={overview} onStart={start} />;
    case "interrupted":
      return (
        <RestoreStart
          overview={overview}
          onStart={start}
          interrupted={{ version: job.version, onResume: resume, onCancel: cancel }}
        />
      );
    case "running":
      return <RestoreProgress job={job} onPause={pause} onCancel={cancel} />;
    case "paused":
    case "failed":
      return <RestoreStopped job={job} onResume={resume} onCancel={cancel} />;
    case "finished":
      return <RestoreSummary job={job} onRetry={start} onDismiss={leave} />;
  }
}
