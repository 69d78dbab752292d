import type { BackupVersion } from "@/domain/backup";
import type { ReplacePlan } from "@/domain/changes";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Facts } from "@/ui/Facts";
import { StepHeading } from "@/ui/StepHeading";
import type { ReplaceTask } from "./useReplaceTask";

interface ReplaceUnfinishedProps {
  plan: Extract<ReplacePlan, { kind: "unfinished" }>;
  hasWayBack: boolean;
  onBegin: (task: ReplaceTask) => void;
  onClose: () => void;
}

/** A replacement that was broken off: on, or back. */
export function ReplaceUnfinished(props: ReplaceUnfinishedProps) {
  const { plan, hasWayBack, onBegin, onClose } = props;
  const { facts, step } = plan.entry;
  const oldVersion = String(facts["oldVersion"] ?? "");
  const newVersion = facts["newVersion"];
  return (
    <Card
      actions={
        <>
          <Button
            onClick={() =>
              onBegin({
                kind: "run",
                // As this app wrote it; the run goes by its own journal and only compares.
                // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
                confirmed: oldVersion as BackupVersion,
                // Decided when it was begun.
                withoutOldKey: facts["oldPublicKey"] === null,
              })
            }
          >
            Continue
          </Button>
          {hasWayBack ? (
            <Button variant="secondary" onClick={() => onBegin({ kind: "undo" })}>
              Undo
            </Button>
          ) : null}
          <Button variant="tertiary" onClick={onClose}>
            Later
          </Button>
        </>
      }
    >
      <StepHeading takesFocus={false}>Replacing the backup was not finished</StepHeading>
      <Alert
        tone="warning"
        title={
          plan.here
            ? "It was interrupted on this device"
            : "It was begun on another device, or before this browser lost its data"
        }
        testId="replace-unfinished"
        code={step}
      >
        <p>
          {hasWayBack
            ? "Nothing was deleted, and your recovery key opens both backups from here. Continue to finish it, or undo it to go back to the old backup."
            : "Nothing was deleted. Your recovery key opens the new backup and not the old one, so the only way is to continue."}
          {plan.here ? "" : " If another device is at it right now, let it finish."}
        </p>
      </Alert>
      <Facts
        rows={[
          { term: "Old backup", value: `Version ${oldVersion}` },
          {
            term: "New backup",
            value:
              typeof newVersion === "string" ? `Version ${newVersion}` : "Not known to be made",
          },
        ]}
      />
    </Card>
  );
}
