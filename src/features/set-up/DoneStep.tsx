import type { SetUpProof } from "@/domain/ports";
import { Alert } from "@/ui/Alert";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Facts } from "@/ui/Facts";
import { StepHeading } from "@/ui/StepHeading";

/** Said only with the proof in hand: everything was read back from the server. */
export function DoneStep({ proof, onClose }: { proof: SetUpProof; onClose: () => void }) {
  return (
    <Card actions={<Button onClick={onClose}>Done</Button>}>
      <StepHeading>Your backup is set up</StepHeading>
      <Alert tone="success" title="Checked by reading everything back from the server">
        <p>The room keys of this device are now uploaded in the background.</p>
      </Alert>
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
