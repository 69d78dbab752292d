import { describeTestProgress, keyTestBadge, keyTestDoubt } from "@/copy/describeKeyTest";
import { formatRoomKeys } from "@/copy/formatNumber";
import { formatDateTime } from "@/copy/formatTime";
import type { AppError } from "@/domain/errors";
import type { KeyEntry } from "@/domain/keyEntry";
import {
  SAMPLE_ENTRIES,
  type EntryTestProgress,
  type KeyTestDoubt,
  type KeyTestPort,
  type KeyTestReport,
  type LastKeyTest,
} from "@/domain/keyTest";
import type { Result } from "@/domain/result";
import { Alert } from "@/ui/Alert";
import { CheckBox } from "@/ui/CheckBox";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { ProgressBar } from "@/ui/ProgressBar";
import { useRef, useState, type ReactNode } from "react";
import { KeyTestResultCard } from "./KeyTestResultCard";
import styles from "./TestKey.module.css";

/** The form that takes a key or a passphrase, lent by whoever composes the screens. */
export type KeyForm = (props: {
  verb: string;
  takesPassphrase: boolean;
  submit: (entry: KeyEntry, signal: AbortSignal) => Promise<Result<KeyTestReport, AppError>>;
  onDone: (report: KeyTestReport) => void;
  children?: ReactNode;
}) => ReactNode;

interface TestKeyViewProps {
  KeyForm: KeyForm;
  takesPassphrase: boolean;
  /** Keys in the backup by the last good read; null when not known or when there is no backup. */
  count: number | null;
  /** False only where a fresh read says that there is none. */
  hasBackup: boolean;
  last: LastKeyTest | null;
  /** What takes the last test its force. */
  doubt: KeyTestDoubt | null;
  run: KeyTestPort["run"];
}

/** The form, then what was proven. */
export function TestKeyView(props: TestKeyViewProps) {
  const { KeyForm, takesPassphrase, count, hasBackup, last, doubt, run } = props;
  const [report, setReport] = useState<KeyTestReport | null>(null);
  const [all, setAll] = useState(false);
  const [progress, setProgress] = useState<EntryTestProgress | null>(null);
  const stop = useRef<AbortController | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);

  async function submit(entry: KeyEntry, signal: AbortSignal) {
    const stopping = new AbortController();
    stop.current = stopping;
    setProgress({ tested: 0, opened: 0, failed: 0 });
    const onProgress = (next: EntryTestProgress): void => {
      if (stop.current === stopping) setProgress(next);
    };
    const scope = all ? "all" : "sample";
    try {
      return await run(entry, { scope, signal, stop: stopping.signal, onProgress });
    } finally {
      stop.current = null;
      setProgress(null);
    }
  }

  function done(next: KeyTestReport | null): void {
    setReport(next);
    // What had the focus is about to go.
    heading.current?.focus();
  }

  return (
    <div className={styles.page}>
      <h1 className={styles.heading} tabIndex={-1} ref={heading}>
        Test recovery key
      </h1>
      {report === null ? (
        <Card>
          <p>
            Find out whether the key that you saved would bring your history back. Enter it as you
            would on a new device. It is tried out, and nothing is changed: not on the server, and
            not on this device.
          </p>
          {hasBackup ? null : (
            <Alert
              tone="info"
              title="There is no backup to try the key on"
              testId="nothing-to-test"
            >
              <p>
                The test then shows only whether the key opens the keys of your identity, which
                verify a new device.
              </p>
            </Alert>
          )}
          <LastTest last={last} doubt={doubt} />
          <KeyForm
            verb="Test recovery key"
            takesPassphrase={takesPassphrase}
            submit={submit}
            onDone={done}
          >
            {hasBackup ? (
              <CheckBox checked={all} onChange={setAll} disabled={progress !== null}>
                Test every room key of the backup
                {count === null ? "" : ` (${formatRoomKeys(count)})`}, not only a sample (at least{" "}
                {SAMPLE_ENTRIES}, where there are as many)
              </CheckBox>
            ) : null}
            {progress === null ? null : (
              <Progress
                progress={progress}
                of={all ? (count ?? 0) : Math.min(SAMPLE_ENTRIES, count ?? SAMPLE_ENTRIES)}
                onStop={() => stop.current?.abort()}
              />
            )}
          </KeyForm>
        </Card>
      ) : (
        <KeyTestResultCard report={report} onAgain={() => done(null)} />
      )}
    </div>
  );
}

function LastTest({ last, doubt }: Pick<TestKeyViewProps, "last" | "doubt">) {
  if (last === null) {
    return <p className={styles.quiet}>No test is known in this browser yet.</p>;
  }
  return (
    <p
      className={styles.quiet}
      data-testid="last-key-test"
      data-result={last.result}
      data-doubt={doubt ?? undefined}
    >
      Last tested on {formatDateTime(last.at)}
      {last.version === null ? "" : `, with backup version ${last.version}`}:{" "}
      {keyTestBadge(last.result)}
      {doubt === null ? "" : `, but ${keyTestDoubt(doubt)}: test it again`}.
    </p>
  );
}

interface ProgressProps {
  progress: EntryTestProgress;
  of: number;
  onStop: () => void;
}

function Progress({ progress, of, onStop }: ProgressProps) {
  const started = progress.tested > 0;
  return (
    <div className={styles.progress}>
      <ProgressBar
        label={started ? "Decrypting room keys" : "Looking at what the key opens"}
        value={started ? Math.min(progress.tested, of) : null}
        max={Math.max(of, 1)}
        valueText={started ? describeTestProgress(progress, of) : "…"}
        testId="key-test-progress"
      />
      {started ? (
        <Button variant="secondary" onClick={onStop}>
          Stop here
        </Button>
      ) : null}
    </div>
  );
}
