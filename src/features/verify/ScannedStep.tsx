import type { VerificationFlow } from "@/domain/verification";
import { ActionButton } from "./ActionButton";
import { DeviceName } from "./DeviceName";
import { Step } from "./Step";

interface ScannedStepProps {
  flow: VerificationFlow;
  onConfirm: () => Promise<unknown>;
  onReject: () => Promise<unknown>;
}

/** The other device says it has scanned the code. Only a person sees whether it was that device. */
export function ScannedStep({ flow, onConfirm, onReject }: ScannedStepProps) {
  return (
    <Step
      title="The code was scanned"
      actions={
        <>
          <ActionButton action={onConfirm}>Yes, it does</ActionButton>
          <ActionButton variant="secondary" action={onReject}>
            No
          </ActionButton>
        </>
      }
    >
      <p>
        Does <DeviceName device={flow.other} /> say that it has scanned the code and waits for this
        device?
      </p>
    </Step>
  );
}
