import { useState } from "react";
import { describeOnlyInBackup, describeReplaceQuestion, NO_OLD_KEY } from "@/copy/describeReplace";
import { formatNumber } from "@/copy/formatNumber";
import type { ReplaceOffer } from "@/domain/changes";
import { hrefOf } from "@/lib/route";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Dialog } from "@/ui/Dialog";
import { Facts } from "@/ui/Facts";
import { StepHeading } from "@/ui/StepHeading";
import type { ReplaceTask } from "./useReplaceTask";

interface ReplaceOfferStepProps {
  offer: ReplaceOffer;
  onBegin: (task: ReplaceTask) => void;
  onRestoreFirst: (way: "restore" | "unlock") => void;
  onClose: () => void;
}

/** The numbers, the way to lose nothing, and the question. */
export function ReplaceOfferStep({
  offer,
  onBegin,
  onRestoreFirst,
  onClose,
}: ReplaceOfferStepProps) {
  const [asking, setAsking] = useState(false);
  const only = describeOnlyInBackup(offer);
  const question = describeReplaceQuestion(offer);
  const isLocked = offer.oldKey === "nowhere";
  return (
    <Card
      actions={
        <>
          {only === null || isLocked ? null : (
            <Button onClick={() => onRestoreFirst(offer.oldKey === "here" ? "restore" : "unlock")}>
              Restore history first
            </Button>
          )}
          <Button variant={only === null ? "primary" : "secondary"} onClick={() => setAsking(true)}>
            Replace backup
          </Button>
          <Button variant="tertiary" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <StepHeading takesFocus={false}>How it works</StepHeading>
      <p>
        Replace a backup when somebody else may have its key, for example with a device that you
        lost, or when the server has lost some of it. There is no other need to.
      </p>
      <ol>
        <li>You enter your recovery key. It stays the same.</li>
        <li>A new backup is made, with a new key. Your recovery key opens it, too.</li>
        <li>Every room key of this device is uploaded to it.</li>
        <li>Everything is checked by reading it back.</li>
        <li>The old backup stays until you delete it, in a step of its own.</li>
      </ol>
      <Facts
        rows={[
          {
            term: "Present backup",
            value: `Version ${offer.version}`,
            testId: "replace-offer",
            data: {
              "data-version": offer.version,
              "data-count": String(offer.count),
              "data-only": offer.onlyInBackup === null ? "unknown" : String(offer.onlyInBackup),
              "data-old-key": offer.oldKey,
            },
          },
          { term: "Keys in it", value: formatNumber(offer.count) },
          { term: "Keys on this device", value: formatNumber(offer.held) },
          {
            term: "Keys only in the backup",
            value: offer.onlyInBackup === null ? "Unknown" : formatNumber(offer.onlyInBackup),
          },
        ]}
      />
      {isLocked ? (
        <Alert tone="warning" title={NO_OLD_KEY.title} code="no_old_key" testId="no-old-key">
          <p>{NO_OLD_KEY.body}</p>
        </Alert>
      ) : only === null ? null : (
        <Alert tone="warning" title={only.title} testId="only-in-backup">
          <p>{only.body}</p>
        </Alert>
      )}
      <p>
        To be on the safe side you can{" "}
        <a href={hrefOf("key-file")}>keep the room keys of this device in a file</a> first.
      </p>
      <Dialog
        open={asking}
        onOpenChange={setAsking}
        title={question.title}
        actions={
          <>
            <Button variant="secondary" onClick={() => setAsking(false)}>
              Keep it as it is
            </Button>
            <Button
              onClick={() => {
                setAsking(false);
                onBegin({ kind: "run", confirmed: offer.version, withoutOldKey: false });
              }}
            >
              Replace backup
            </Button>
          </>
        }
      >
        <p>{question.body}</p>
      </Dialog>
    </Card>
  );
}
