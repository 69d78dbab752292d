import { useState } from "react";
import {
  describeChangeKeyProof,
  describeOldKeyCopies,
  RETIRE_OLD_KEY,
} from "@/copy/describeChangeKey";
import type { ChangeKeyProof } from "@/domain/changes";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Dialog } from "@/ui/Dialog";
import { StepHeading } from "@/ui/StepHeading";
import type { ChangeKeyTask, TaskState } from "./useChangeKeyTask";

interface ChangeKeyEndProps {
  state: Extract<TaskState, { kind: "switched" | "finished" | "undone" }>;
  /** Whether the old key was given. */
  canUndo: boolean;
  onStart: (task: ChangeKeyTask) => void;
  onClose: () => void;
}

/** How the change stands, or how it has ended. */
export function ChangeKeyEnd({ state, canUndo, onStart, onClose }: ChangeKeyEndProps) {
  switch (state.kind) {
    case "switched":
      return <Switched proof={state.proof} canUndo={canUndo} onStart={onStart} />;
    case "finished":
      return (
        <Card actions={<Button onClick={onClose}>Done</Button>}>
          <StepHeading>Your recovery key is changed</StepHeading>
          <Alert
            tone="success"
            title={
              state.proof.left === 0
                ? "The old recovery key opens nothing any more"
                : "The new recovery key is the one in use"
            }
            testId="change-key-done"
          >
            <p>
              {describeChangeKeyProof(state.proof)} {describeOldKeyCopies(state.proof)}
            </p>
          </Alert>
        </Card>
      );
    case "undone":
      return (
        <Card actions={<Button onClick={onClose}>Done</Button>}>
          <StepHeading>
            {state.undo.kind === "undone" ? "The old recovery key is back" : "Left as it is"}
          </StepHeading>
          <Alert
            tone={state.undo.kind === "undone" ? "success" : "info"}
            title={
              state.undo.kind === "undone"
                ? "Your old recovery key is the one in use"
                : "Another device has set up another recovery key meanwhile"
            }
            testId="change-key-undone"
          >
            <p>
              {state.undo.kind === "undone"
                ? "Throw the copies of the new key away: it opens nothing."
                : "It was not touched. Use the key of that device."}
            </p>
          </Alert>
        </Card>
      );
  }
}

function Switched({
  proof,
  canUndo,
  onStart,
}: {
  proof: ChangeKeyProof;
  canUndo: boolean;
  onStart: (task: ChangeKeyTask) => void;
}) {
  const [asking, setAsking] = useState(false);
  return (
    <Card
      actions={
        <>
          <Button onClick={() => setAsking(true)}>The new key works: finish</Button>
          {canUndo ? (
            <Button variant="tertiary" onClick={() => onStart("undo")}>
              Undo
            </Button>
          ) : null}
        </>
      }
    >
      <StepHeading>The new recovery key works</StepHeading>
      <Alert
        tone="success"
        title="Checked by reading everything back from the server"
        testId="change-key-switched"
      >
        <p>{describeChangeKeyProof(proof)}</p>
      </Alert>
      <p>
        Your old key still opens everything, too, until you finish. Keep both copies until then.
      </p>
      <Dialog
        open={asking}
        onOpenChange={setAsking}
        title={RETIRE_OLD_KEY.title}
        actions={
          <>
            <Button variant="secondary" onClick={() => setAsking(false)}>
              Not yet
            </Button>
            <Button variant="destructive" onClick={() => onStart("finish")}>
              {RETIRE_OLD_KEY.confirm}
            </Button>
          </>
        }
      >
        <p>{RETIRE_OLD_KEY.body}</p>
      </Dialog>
    </Card>
  );
}
