import { describePending } from "@/copy/describeBackup";
import { formatNumber } from "@/copy/formatNumber";
import type { BackupInfo } from "@/domain/backup";
import type { BackupState } from "@/domain/deviceState";
import { lastValue, type Reading } from "@/domain/reading";
import type { KeyBackupOverview } from "@/state/hooks";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Facts } from "@/ui/Facts";
import type { ReactNode } from "react";
import { countFact, versionFact } from "./backupFacts";
import { deviceStateAction } from "./deviceStateAction";
import styles from "./Overview.module.css";
import { ReadingAge } from "./ReadingAge";
import { UploadQueueLine } from "./UploadQueueLine";

/** The backup on the server in four lines, with the moment it was read. */
export function BackupStatusCard({ overview }: { overview: KeyBackupOverview }) {
  const { backup, backupState, roomKeys, pendingKeys, sync, checking, checkAgain } = overview;
  const fresh = backup.status === "known" ? backup.value : null;
  const held = lastValue(roomKeys);
  // With the headline saying "Check again" there is no second button of that name.
  const [headline] = overview.findings;
  const headlineChecks = deviceStateAction(headline).kind === "check";
  return (
    <div
      data-testid="backup-state"
      data-state={backupState}
      data-version={fresh?.version}
      data-count={fresh?.count}
      data-pending={pendingKeys ?? undefined}
    >
      <Card
        title="Backup"
        actions={
          headlineChecks ? null : (
            <Button variant="secondary" busy={checking} onClick={checkAgain}>
              Check again
            </Button>
          )
        }
      >
        <div className={styles.badges}>
          <StateBadge
            state={backupState}
            isVerified={lastValue(overview.crossSigning)?.deviceVerified !== false}
          />
          {sync === "offline" ? <Badge tone="warning">Offline: values may be old</Badge> : null}
        </div>
        <Facts
          rows={[
            { term: "Version", value: onServer(backup, versionFact) },
            { term: "Keys on the server", value: onServer(backup, countFact) },
            {
              term: "Keys on this device",
              value: held === undefined ? <Unread reading={roomKeys} /> : formatNumber(held.total),
            },
            { term: "Waiting to be uploaded", value: describePending(pendingKeys) },
          ]}
        />
        <UploadQueueLine queue={overview.uploadQueue} />
        <ReadingAge reading={backup} />
      </Card>
    </div>
  );
}

/** A value of the last backup read. */
function onServer(
  reading: Reading<BackupInfo | null>,
  show: (info: BackupInfo | null) => ReactNode,
): ReactNode {
  const info = lastValue(reading);
  if (info === undefined) return <Unread reading={reading} />;
  return reading.status === "stale" ? (
    <span className={styles.quiet}>{show(info)}</span>
  ) : (
    show(info)
  );
}

function Unread({ reading }: { reading: Reading<unknown> }) {
  return (
    <span className={styles.quiet}>{reading.status === "failed" ? "Not known" : "Checking…"}</span>
  );
}

function StateBadge({ state, isVerified }: { state: BackupState; isVerified: boolean }) {
  switch (state) {
    case "unknown":
      return <Badge tone="neutral">Not known</Badge>;
    case "none":
      return <Badge tone="warning">No backup</Badge>;
    case "untrusted":
      return isVerified ? (
        <Badge tone="warning">Not trusted</Badge>
      ) : (
        <Badge tone="neutral">Not checked yet</Badge>
      );
    case "needs-key":
      return <Badge tone="warning">Locked on this device</Badge>;
    case "enabled":
      return <Badge tone="success">In use</Badge>;
    case "off":
      return <Badge tone="neutral">Off on this device</Badge>;
    case "error":
      return <Badge tone="critical">Not working</Badge>;
  }
}
