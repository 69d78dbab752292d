import type { SetUpProof } from "@/domain/ports";
import { Alert } from "@/ui/Alert";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Facts } from "@/ui/Facts";
import { StepHeading } from "@/ui/StepHeading";

interface DoneStepProps {
  proof: SetUpProof;
  /** Keys that are not known to be in the backup are in this tab alone. */
  onlyInTab: boolean;
  onClose: () => void;
}

/** Said only with the proof in hand: everything was read back from the server. */
export function DoneStep({ proof, onlyInTab, onClose }: DoneStepProps) {
  return (
    <Card actions={<Button onClick={onClose}>Done</Button>}>
      <StepHeading>Your backup is set up</StepHeading>
      <Alert tone="success" title="Checked by reading everything back from the server">
        <p>The room keys of this device are now uploaded in the background.</p>
      </Alert>
      {onlyInTab ? (
        <Alert tone="warning" title="Keep this tab open until they are uploaded" testId="keep-open">
          <p>They are in this tab only. The overview says when all of them are in the backup.</p>
        </Alert>
      ) : null}
      <Facts
        rows={[
          {
            term: "Backup version",
            value: proof.version,
            testId: "set-up-proof",
            data: { "data-version": proof.version },
          },
          { term: "Signed by this device", value: <YesNo yes={proof.signedByDevice} /> },
          { term: "Signed by your identity", value: <YesNo yes={proof.signedByIdentity} /> },
          { term: "Recovery key opens the account’s secret storage", value: <YesNo yes /> },
          { term: "The key stored there opens this backup", value: <YesNo yes /> },
        ]}
      />
    </Card>
  );
}

function YesNo({ yes }: { yes: boolean }) {
  return <Badge tone={yes ? "success" : "warning"}>{yes ? "Yes" : "No"}</Badge>;
}
