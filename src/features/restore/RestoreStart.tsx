import { describeError } from "@/copy/describeError";
import {
  describeLastRestore,
  describeRestoreEstimate,
  RESTORE_RESUMING,
} from "@/copy/describeRestore";
import { formatNumber } from "@/copy/formatNumber";
import type { BackupInfo, BackupVersion } from "@/domain/backup";
import { lastValue, readingError } from "@/domain/reading";
import { goTo } from "@/lib/route";
import type { KeyBackupOverview } from "@/state/hooks";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Facts } from "@/ui/Facts";
import { Spinner } from "@/ui/Spinner";

interface InterruptedActions {
  onResume: () => void;
  onCancel: () => void;
}

interface RestoreStartProps {
  overview: KeyBackupOverview;
  onStart: () => void;
  /** A restore of an earlier visit that did not end; only of the present version it can go on. */
  interrupted?: InterruptedActions & { version: BackupVersion };
}

/** What would be restored, and the button; or what is missing first. */
export function RestoreStart({ overview, onStart, interrupted }: RestoreStartProps) {
  const { backup, trust, checkAgain, checking } = overview;
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
  const unlocking = key === undefined && trust.status === "unread";
  if (interrupted?.version === info.version) {
    return <Interrupted {...interrupted} info={info} busy={unlocking} />;
  }
  return <Ready overview={overview} info={info} busy={unlocking} onStart={onStart} />;
}

interface ReadyProps {
  overview: KeyBackupOverview;
  info: BackupInfo;
  /** Is still being read whether the backup can be opened? */
  busy: boolean;
  onStart: () => void;
}

function Ready({ overview: { roomKeys, lastRestore }, info, busy, onStart }: ReadyProps) {
  const held = lastValue(roomKeys);
  const estimate = describeRestoreEstimate(info.count, lastRestore?.keysPerSecond ?? null);
  const last = lastRestore?.version === info.version ? lastRestore : null;
  // A key that could not be opened will not open the next time.
  const restored = last !== null && held !== undefined && held.total >= info.count - last.failed;
  return (
    <Card
      title={`Backup version ${info.version}`}
      actions={
        <Button variant={restored ? "secondary" : "primary"} busy={busy} onClick={onStart}>
          Restore history
        </Button>
      }
    >
      {restored ? <p>{describeLastRestore(last, info.count)}</p> : null}
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
        The keys are downloaded, decrypted on this device and stored here. A key that is here
        already stays, unless the backup’s copy opens more messages, and nothing on the server
        changes.
      </p>
      {estimate === null || restored ? null : <p>{estimate}</p>}
    </Card>
  );
}

function Interrupted({
  info,
  busy,
  onResume,
  onCancel,
}: InterruptedActions & { info: BackupInfo; busy: boolean }) {
  return (
    <Card
      title={`Backup version ${info.version}`}
      actions={
        <>
          <Button busy={busy} onClick={onResume}>
            Resume
          </Button>
          <Button variant="tertiary" onClick={onCancel}>
            Cancel
          </Button>
        </>
      }
    >
      <Alert tone="info" title="A restore was interrupted">
        <p>Keys that came in are still here. {RESTORE_RESUMING}</p>
      </Alert>
      <Facts rows={[{ term: "Keys on the server", value: formatNumber(info.count) }]} />
    </Card>
  );
}
