import {
  describeCrossSigning,
  describePending,
  describeRoomKeyCounts,
  describeSecretStorage,
} from "@/copy/describeBackup";
import { keyTestBadge, keyTestDoubt } from "@/copy/describeKeyTest";
import { describeUploadCode } from "@/copy/describeFinding";
import { formatNumber } from "@/copy/formatNumber";
import type { Reading } from "@/domain/reading";
import type { KeyBackupOverview } from "@/state/hooks";
import { Card } from "@/ui/Card";
import { Details } from "@/ui/Details";
import { Facts } from "@/ui/Facts";
import type { ReactNode } from "react";
import { algorithmFact, countFact, etagFact, uploadFact, versionFact } from "./backupFacts";
import styles from "./Overview.module.css";
import { RelativeTime } from "./RelativeTime";
import { StorageFact } from "./StorageFact";

/** Everything that was read, folded, for those who want to know or have to help. */
export function OverviewDetails({ overview }: { overview: KeyBackupOverview }) {
  const { backup, backupWish, uploadOff, trust, activeVersion } = overview;
  const { crossSigning, secretStorage } = overview;
  const { roomKeys, pendingKeys, uploadError, lastRestore } = overview;
  return (
    <Card>
      <Details summary="Details">
        <Facts
          rows={[
            { term: "Backup version", value: show(backup, versionFact) },
            { term: "Kind of backup (algorithm)", value: show(backup, algorithmFact) },
            { term: "Keys on the server", value: show(backup, countFact) },
            { term: "State of the backup (etag)", value: show(backup, etagFact) },
            { term: "Decryption key here", value: show(trust, ({ key }) => KEY_HERE[key]) },
            {
              term: "Encrypted storage in your account (secret storage)",
              value: show(secretStorage, describeSecretStorage),
            },
            { term: "Identity (cross-signing)", value: show(crossSigning, describeCrossSigning) },
            {
              term: "This device",
              value: show(crossSigning, ({ deviceVerified }) =>
                deviceVerified ? "Verified by your identity" : "Not verified",
              ),
            },
            {
              term: "Automatic upload",
              value: uploadOff ? "Turned off on this device" : show(activeVersion, uploadFact),
            },
            { term: "Backup wanted", value: show(backupWish, (wish) => WISH[wish]) },
            { term: "Keys waiting", value: describePending(pendingKeys) },
            { term: "Room keys here", value: show(roomKeys, describeRoomKeyCounts) },
            {
              term: "Last upload error",
              value:
                uploadError === null ? (
                  "None since this page was opened"
                ) : (
                  <>
                    <code>{uploadError.code}</code>, <RelativeTime at={uploadError.at} />.{" "}
                    {describeUploadCode(uploadError.code)}
                  </>
                ),
            },
            {
              term: "Last restore",
              value:
                lastRestore === null ? (
                  "None on this device"
                ) : (
                  <>
                    <RelativeTime at={lastRestore.at} />, version <bdi>{lastRestore.version}</bdi>:{" "}
                    {formatNumber(lastRestore.imported)} newly stored,{" "}
                    {formatNumber(lastRestore.already)} already here,{" "}
                    {formatNumber(lastRestore.failed)} failed, {formatNumber(lastRestore.missing)}{" "}
                    missing
                  </>
                ),
            },
            {
              term: "Recovery key tested",
              value: <TestedFact overview={overview} />,
            },
            {
              term: "Storage in this browser",
              value: <StorageFact memoryOnly={overview.memoryOnly} />,
            },
            { term: "Last checked", value: readAt(backup) },
          ]}
        />
      </Details>
    </Card>
  );
}

function TestedFact({
  overview: { lastKeyTest, doubtedKeyTest },
}: {
  overview: Pick<KeyBackupOverview, "lastKeyTest" | "doubtedKeyTest">;
}) {
  const test = doubtedKeyTest?.test ?? lastKeyTest;
  if (test === null) return "Never in this browser";
  return (
    <>
      <RelativeTime at={test.at} />
      {test.version === null ? null : (
        <>
          , version <bdi>{test.version}</bdi>
        </>
      )}
      : {doubtedKeyTest === null ? keyTestBadge(test.result) : keyTestDoubt(doubtedKeyTest.why)}
    </>
  );
}

const KEY_HERE = {
  match: "Yes, and it fits the backup",
  mismatch: "Yes, but it does not fit the backup",
  absent: "No",
} as const;

/** What the account data says; the server could say anything there. */
const WISH = {
  on: "Yes, says your account",
  off: "No, says your account",
  unsaid: "Your account does not say",
} as const;

/** A reading's value; greyed with its time when it could not be read again. */
function show<T>(reading: Reading<T>, words: (value: T) => ReactNode): ReactNode {
  switch (reading.status) {
    case "unread":
      return <span className={styles.quiet}>Not read</span>;
    case "failed":
      return <span className={styles.quiet}>Could not be read</span>;
    case "known":
      return words(reading.value);
    case "stale":
      return (
        <span className={styles.quiet}>
          {words(reading.value)} (<RelativeTime at={reading.at} />)
        </span>
      );
  }
}

function readAt(reading: Reading<unknown>): ReactNode {
  return reading.status === "unread" ? "Not yet" : <RelativeTime at={reading.at} />;
}
