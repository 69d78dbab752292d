import { RESTORE_BEFORE_REPLACE } from "@/copy/describeRestore";
import type { RestoreJob } from "@/domain/restoreJob";
import { goTo, hrefOf, type Route } from "@/lib/route";
import type { KeyBackupOverview } from "@/state/hooks";
import { useEffect, useRef } from "react";
import styles from "./Restore.module.css";
import { RestoreProgress } from "./RestoreProgress";
import { RestoreStart } from "./RestoreStart";
import { RestoreStopped } from "./RestoreStopped";
import { RestoreSummary } from "./RestoreSummary";

interface RestoreViewProps {
  job: RestoreJob;
  overview: KeyBackupOverview;
  /** What rooms are called, by their ids. */
  roomNames: ReadonlyMap<string, string>;
  /** What the history is restored for, and what comes next; null when it is for itself. */
  restoreFor: "replace" | null;
  start: () => void;
  pause: () => void;
  cancel: () => void;
  resume: () => void;
  dismiss: () => void;
}

/** The restore page as a function of the job. */
export function RestoreView(props: RestoreViewProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { kind } = props.job;
  const before = useRef(kind);

  // The button that led to the next step is gone with the last one: go on from the top.
  useEffect(() => {
    const moved = before.current !== kind;
    before.current = kind;
    if (moved && document.activeElement === document.body) heading.current?.focus();
  }, [kind]);

  return (
    <div className={styles.page}>
      <h1 className={styles.heading} ref={heading} tabIndex={-1}>
        Restore history
      </h1>
      <Step {...props} />
      {props.restoreFor === null || kind === "finished" ? null : <WayBack job={props.job} />}
    </div>
  );
}

function Step({
  job,
  overview,
  roomNames,
  restoreFor,
  start,
  pause,
  cancel,
  resume,
  dismiss,
}: RestoreViewProps) {
  /** Read and done: staying here would invite to restore once more. */
  function leaveFor(route: Route): void {
    goTo(route);
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
      return <RestoreProgress job={job} roomNames={roomNames} onPause={pause} onCancel={cancel} />;
    case "paused":
    case "failed":
      return <RestoreStopped job={job} roomNames={roomNames} onResume={resume} onCancel={cancel} />;
    case "finished":
      return (
        <RestoreSummary
          job={job}
          roomNames={roomNames}
          onRetry={start}
          onDismiss={() => leaveFor("overview")}
          onReplace={restoreFor === "replace" ? () => leaveFor("replace") : null}
        />
      );
  }
}

/** Before its end: what the restore is for, and the way back where none is running. */
function WayBack({ job }: { job: RestoreJob }) {
  return (
    <p data-testid="restore-for">
      {job.kind === "running" ? (
        RESTORE_BEFORE_REPLACE
      ) : (
        <>
          {RESTORE_BEFORE_REPLACE} <a href={hrefOf("replace")}>Back to Replace backup</a>
        </>
      )}
    </p>
  );
}
