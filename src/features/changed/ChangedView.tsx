import { describeNotice, describeNotMe } from "@/copy/describeNotice";
import { describeError } from "@/copy/describeError";
import { formatFingerprint } from "@/copy/formatFingerprint";
import { formatNumber } from "@/copy/formatNumber";
import { formatDateTime } from "@/copy/formatTime";
import type { AccountDevice } from "@/domain/accountDevices";
import { needsKeyNext, type BackupFacts, type BackupNotice } from "@/domain/backupNotice";
import { readingError, type Reading } from "@/domain/reading";
import { goTo, hrefOf } from "@/lib/route";
import type { KeyBackupOverview } from "@/state/hooks";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Spinner } from "@/ui/Spinner";
import { type Fact, Facts } from "@/ui/Facts";
import styles from "./Changed.module.css";
import { DeviceList } from "./DeviceList";

interface ChangedViewProps {
  overview: Pick<KeyBackupOverview, "notice" | "dismissNotice" | "backup">;
  devices: Reading<readonly AccountDevice[]>;
  onReadDevices: () => void;
}

/** What changed, the facts before and now, what is safe, and what to do. */
export function ChangedView({ overview, devices, onReadDevices }: ChangedViewProps) {
  const { notice, dismissNotice, backup } = overview;
  return (
    <div className={styles.page}>
      <h1 className={styles.heading} tabIndex={-1}>
        The backup was changed elsewhere
      </h1>
      {notice === null ? (
        <NoChange backup={backup} />
      ) : (
        <Change
          notice={notice}
          onAccept={() => {
            dismissNotice();
            goTo(needsKeyNext(notice) ? "unlock" : "overview");
          }}
        />
      )}
      <Card title="Your other devices">
        <DeviceList devices={devices} onReadAgain={onReadDevices} />
      </Card>
      <p>
        <a href={hrefOf("overview")}>Back to the overview</a>
      </p>
    </div>
  );
}

/** "No change" is said of what could be read just now, and of nothing else. */
function NoChange({ backup }: Pick<KeyBackupOverview, "backup">) {
  const error = readingError(backup);
  return (
    <Card>
      {backup.status === "unread" ? (
        <Spinner label="Looking at the backup on the server…" />
      ) : backup.status === "known" ? (
        <Alert tone="success" title="There is no change that you have not accepted">
          <p>
            {backup.value === null
              ? "The server has no backup, and this device knows of none that is missing."
              : "The backup on the server is the one that this device knows."}
          </p>
        </Alert>
      ) : (
        <Alert tone="warning" title="The backup could not be read just now" code={error?.kind}>
          <p>
            So it is not known whether it was changed.{" "}
            {error === null ? "" : `${describeError(error).title}.`} It is tried again by itself.
          </p>
        </Alert>
      )}
    </Card>
  );
}

function Change({ notice, onAccept }: { notice: BackupNotice; onAccept: () => void }) {
  const { title, body } = describeNotice(notice);
  const { safe, steps } = describeNotMe(notice);
  return (
    <>
      <Card>
        <div data-testid="backup-change" data-kind={notice.kind}>
          <Alert tone="info" title={title}>
            <p>{body}</p>
          </Alert>
        </div>
        <div className={styles.pair}>
          <Side
            title="As this device knew it"
            facts={notice.before}
            more={[{ term: "Last seen", value: formatDateTime(notice.before.at) }]}
          />
          {notice.kind === "disappeared" ? null : (
            <Side title="As the server shows it now" facts={notice.now} more={[]} />
          )}
        </div>
      </Card>
      <Card title="What is safe">
        <ul className={styles.list}>
          {safe.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </Card>
      <Card
        title="What to do if it was not you"
        actions={
          <Button variant="secondary" onClick={onAccept}>
            That was me
          </Button>
        }
      >
        <p>
          Nothing on this page changes anything by itself. The notice stays until you accept it
          {needsKeyNext(notice) ? ", or open the backup with your recovery key" : ""}.
        </p>
        <ol className={styles.list}>
          {steps.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ol>
      </Card>
    </>
  );
}

function Side({
  title,
  facts,
  more,
}: {
  title: string;
  facts: BackupFacts;
  more: readonly Fact[];
}) {
  const { version, publicKey, count } = facts;
  return (
    <section className={styles.side} aria-label={title}>
      <h2>{title}</h2>
      <Facts
        rows={[
          { term: "Version", value: <bdi>{version}</bdi> },
          { term: "Room keys", value: count === null ? "Not noted" : formatNumber(count) },
          {
            term: "Public key",
            value: <code className={styles.fingerprint}>{formatFingerprint(publicKey)}</code>,
          },
          ...more,
        ]}
      />
    </section>
  );
}
