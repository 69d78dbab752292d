import {
  describeBackupProof,
  describeEntryTest,
  describeEntryTestEnd,
  describeIdentityProof,
  describeKeyTestResult,
} from "@/copy/describeKeyTest";
import { describeOpenedBy } from "@/copy/describeOpenedBy";
import { describeRestoreFailure } from "@/copy/describeRestoreFailure";
import { formatNumber } from "@/copy/formatNumber";
import { formatDateTime } from "@/copy/formatTime";
import type { OpenedBy } from "@/domain/keyEntry";
import {
  failedEntries,
  resultOfKeyTest,
  type EntryTest,
  type KeyTestReport,
  type KeyTestResult,
} from "@/domain/keyTest";
import type { RestoreFailureReason } from "@/domain/restore";
import { hrefOf } from "@/lib/route";
import { ActionLink } from "@/ui/ActionLink";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Facts } from "@/ui/Facts";
import styles from "./TestKey.module.css";

interface KeyTestResultCardProps {
  report: KeyTestReport;
  onAgain: () => void;
}

const TONES = { works: "success", partly: "warning", fails: "critical" } as const satisfies Record<
  KeyTestResult,
  string
>;

const REASONS: readonly RestoreFailureReason[] = [
  "undecryptable",
  "malformed",
  "wrong_algorithm",
  "too_large",
  "bad_room_id",
  "rejected",
];

/** Exactly what a test has proven, and what not. */
export function KeyTestResultCard({ report, onAgain }: KeyTestResultCardProps) {
  const { backup, identity, entries, openedBy } = report;
  const result = resultOfKeyTest(report);
  const { title, body } = describeKeyTestResult(result);
  return (
    <div
      data-testid="key-test-result"
      data-result={result}
      data-version={backup.kind === "no_backup" ? undefined : backup.version}
      data-backup={backup.kind}
      data-identity={identity}
      data-tested={entries?.tested}
      data-opened={entries?.opened}
      data-failed={entries === null ? undefined : failedEntries(entries)}
    >
      <Card
        actions={
          <>
            {result === "works" ? (
              <ActionLink variant="primary" href={hrefOf("overview")}>
                Back to the overview
              </ActionLink>
            ) : (
              <ActionLink variant="primary" href={hrefOf("repair")}>
                See what can be repaired
              </ActionLink>
            )}
            <Button variant="secondary" onClick={onAgain}>
              Test again
            </Button>
            {result === "works" ? null : (
              <ActionLink href={hrefOf("overview")}>Back to the overview</ActionLink>
            )}
          </>
        }
      >
        <Alert tone={TONES[result]} title={title} code={result}>
          <p>{body}</p>
        </Alert>
        <Facts
          rows={[
            { term: "The key", value: <KeyWords openedBy={openedBy} /> },
            { term: "Backup", value: describeBackupProof(backup) },
            {
              term: "Room keys",
              value: entries === null ? "None could be tried." : <EntryWords entries={entries} />,
            },
            { term: "Identity", value: describeIdentityProof(identity) },
            { term: "Tested on", value: formatDateTime(report.at) },
          ]}
        />
        <p className={styles.quiet}>
          Nothing was changed. This browser remembers the time, the version and the result, and
          nothing of the key.
        </p>
      </Card>
    </div>
  );
}

function KeyWords({ openedBy }: { openedBy: OpenedBy }) {
  const { text, name } = describeOpenedBy(openedBy);
  if (name === null) return `${text}.`;
  return (
    <>
      {text}: <bdi>{name}</bdi>.
    </>
  );
}

function EntryWords({ entries }: { entries: EntryTest }) {
  const end = describeEntryTestEnd(entries);
  const failures = REASONS.map((reason) => ({ reason, count: entries.failed[reason] ?? 0 })).filter(
    ({ count }) => count > 0,
  );
  return (
    <>
      <p>{describeEntryTest(entries)}</p>
      {end === null ? null : <p>{end}</p>}
      {failures.length === 0 ? null : (
        <ul className={styles.failures}>
          {failures.map(({ reason, count }) => {
            const words = describeRestoreFailure(reason);
            return (
              <li key={reason}>
                {formatNumber(count)}: {words.title}. {words.body}
              </li>
            );
          })}
        </ul>
      )}
    </>
  );
}
