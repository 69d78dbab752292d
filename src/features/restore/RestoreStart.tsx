import { describeError } from "@/copy/describeError";
import { describeRestoreEstimate } from "@/copy/describeRestore";
import { formatNumber } from "@/copy/formatNumber";
import { lastValue, readingError } from "@/domain/reading";
import { goTo } from "@/lib/route";
import type { KeyBackupOverview } from "@/state/hooks";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Facts } from "@/ui/Facts";
import { Spinner } from "@/ui/Spinner";

interface RestoreStartProps {
  overview: KeyBackupOverview;
  onStart: () => void;
}

/** What would be restored, and the button; or what is missing first. */
export function RestoreStart({ overview, onStart }: RestoreStartProps) {
  const { backup, trust, roomKeys, checkAgain, checking } = overview;
  const info = lastValue(backup);
  if (backup.status === "unread") return <Spinner label="Looking for the backup…" />;
  if (backup.status !== "known" || info === undefined) {
    const error = readingError(backup);
    const words = error === null ? null : describeError(error);
    return (
      <Alert
        tone="critical"
        title="Could not check your backup"
        code={error?.kind}
        action={
          <Button variant="secondary" busy={checking} onClick={checkAgain}>
            Retry
          </Button>
        }
      >
        <p>
          {words?.title}. {words?.body}
        </p>
      </Alert>
    );
  }
  if (info === null) {
    return (
      <Alert
        tone="info"
        title="There is no backup to restore from"
        action={<Button onClick={() => goTo("set-up")}>Set up backup</Button>}
      >
        <p>The server has no key backup for this account.</p>
      </Alert>
    );
  }
  const key = lastValue(trust)?.key;
  if (key === "absent" || key === "mismatch") {
    return (
      <Alert
        tone="info"
        title="The backup is locked on this device"
        action={<Button onClick={() => goTo("unlock")}>Enter recovery key</Button>}
      >
        <p>Your recovery key opens backup version {info.version}; then it can be restored.</p>
      </Alert>
    );
  }
  if (info.count === 0) {
    return (
      <Alert tone="info" title="The backup is empty">
        <p>
          Backup version {info.version} holds no keys yet, so there is nothing to restore. Keys
          arrive as your devices upload them.
        </p>
      </Alert>
    );
  }
  const held = lastValue(roomKeys);
  const estimate = describeRestoreEstimate(info.count);
  return (
    <Card
      title={`Backup version ${info.version}`}
      actions={
        <Button busy={key === undefined && trust.status === "unread"} onClick={onStart}>
          Restore history
        </Button>
      }
    >
      <Facts
        rows={[
          { term: "Keys on the server", value: formatNumber(info.count) },
          {
            term: "Keys on this device",
            value: held === undefined ? "Not known" : formatNumber(held.total),
          },
        ]}
      />
      <p>
        The keys are downloaded, decrypted on this device and stored here. Keys that are here
        already stay as they are, and nothing on the server changes.
      </p>
      {estimate === null ? null : <p>{estimate}</p>}
    </Card>
  );
}
