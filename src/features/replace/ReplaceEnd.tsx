import { useState } from "react";
import { describeDeleteOld } from "@/copy/describeReplace";
import { formatCount, formatNumber } from "@/copy/formatNumber";
import type { OldBackupReport, ReplaceProof, ReplaceUndo } from "@/domain/changes";
import { Alert } from "@/ui/Alert";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Dialog } from "@/ui/Dialog";
import { Facts } from "@/ui/Facts";
import { StepHeading } from "@/ui/StepHeading";
import type { ReplaceTask, TaskState } from "./useReplaceTask";

interface ReplaceEndProps {
  state: Extract<TaskState, { kind: "replaced" | "undone" | "compared" | "deleted" }>;
  onBegin: (task: ReplaceTask) => void;
  onClose: () => void;
}

/** How something has ended, and what can follow. */
export function ReplaceEnd({ state, onBegin, onClose }: ReplaceEndProps) {
  switch (state.kind) {
    case "replaced":
      return <Replaced proof={state.proof} onBegin={onBegin} onClose={onClose} />;
    case "compared":
      return <Compared report={state.report} onBegin={onBegin} onKeep={onClose} />;
    case "undone":
      return <Undone undo={state.undo} onClose={onClose} />;
    case "deleted":
      return (
        <Card actions={<Button onClick={onClose}>Done</Button>}>
          <StepHeading>The old backup is deleted</StepHeading>
          <Alert
            tone="success"
            title={`Backup version ${state.report.old.version} is no longer on the server`}
            testId="old-deleted"
          >
            <p>
              Backup version {state.report.current.version} holds{" "}
              {formatCount(state.report.current.count, "key")}, and your recovery key opens it.
            </p>
          </Alert>
        </Card>
      );
  }
}

/** Said only with the proof in hand: everything was read back from the server. */
function Replaced({
  proof,
  onBegin,
  onClose,
}: {
  proof: ReplaceProof;
  onBegin: (task: ReplaceTask) => void;
  onClose: () => void;
}) {
  const { old } = proof;
  return (
    <Card
      actions={
        <>
          <Button onClick={onClose}>Keep the old backup for now</Button>
          {old.keyKept ? (
            <Button
              variant="secondary"
              onClick={() => onBegin({ kind: "check", version: old.version })}
            >
              Delete old backup
            </Button>
          ) : null}
        </>
      }
    >
      <StepHeading>Your backup is replaced</StepHeading>
      <Alert tone="success" title="Checked by reading everything back from the server">
        <p>
          Every room key of this device is in the new backup. The old one, version {old.version}, is
          still on the server
          {old.keyKept ? ", and your recovery key opens it" : ", and stays there"}.
        </p>
      </Alert>
      <Facts
        rows={[
          {
            term: "New backup",
            value: `Version ${proof.version}`,
            testId: "replace-proof",
            data: { "data-version": proof.version, "data-count": String(proof.count) },
          },
          { term: "Keys in it", value: formatNumber(proof.count) },
          { term: "Signed by this device", value: <YesNo yes={proof.signedByDevice} /> },
          { term: "Signed by your identity", value: <YesNo yes={proof.signedByIdentity} /> },
          { term: "Your recovery key opens it", value: <YesNo yes /> },
        ]}
      />
    </Card>
  );
}

function Compared({
  report,
  onBegin,
  onKeep,
}: {
  report: OldBackupReport;
  onBegin: (task: ReplaceTask) => void;
  onKeep: () => void;
}) {
  const [asking, setAsking] = useState(true);
  const { title, body, lost } = describeDeleteOld(report);
  return (
    <Card
      actions={
        <>
          <Button onClick={onKeep}>Keep the old backup for now</Button>
          <Button variant="secondary" onClick={() => setAsking(true)}>
            Delete old backup
          </Button>
        </>
      }
    >
      <StepHeading>The new backup has every key of the old one</StepHeading>
      <p>{body}</p>
      {lost === null ? null : <p>{lost}</p>}
      <Dialog
        open={asking}
        onOpenChange={setAsking}
        title={title}
        actions={
          <>
            <Button variant="secondary" onClick={() => setAsking(false)}>
              Keep it
            </Button>
            <Button variant="destructive" onClick={() => onBegin({ kind: "delete", report })}>
              Delete backup
            </Button>
          </>
        }
      >
        <p>{body}</p>
        {lost === null ? null : (
          <p>
            <strong>{lost}</strong>
          </p>
        )}
        <p>This cannot be taken back.</p>
      </Dialog>
    </Card>
  );
}

function Undone({ undo, onClose }: { undo: ReplaceUndo; onClose: () => void }) {
  return (
    <Card actions={<Button onClick={onClose}>Done</Button>}>
      {undo.kind === "undone" ? (
        <>
          <StepHeading>The old backup is back</StepHeading>
          <Alert
            tone="success"
            title={`Backup version ${undo.version} is the present one again`}
            testId="replace-undone"
          >
            <p>
              Your recovery key opens it. What the new one had is on this device and goes there.
            </p>
          </Alert>
        </>
      ) : (
        <>
          <StepHeading>Left as it is</StepHeading>
          <Alert
            tone="info"
            title={
              undo.version === null
                ? "There is no backup on the server now"
                : `Another device has made backup version ${undo.version} meanwhile`
            }
            testId="replace-left"
          >
            <p>
              It was not touched. What was begun here is not deleted either; its keys stay behind
              your recovery key.
            </p>
          </Alert>
        </>
      )}
    </Card>
  );
}

function YesNo({ yes }: { yes: boolean }) {
  return <Badge tone={yes ? "success" : "warning"}>{yes ? "Yes" : "No"}</Badge>;
}
