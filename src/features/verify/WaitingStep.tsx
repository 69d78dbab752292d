import type { VerificationState } from "@/domain/verification";
import { Spinner } from "@/ui/Spinner";
import { ActionButton } from "./ActionButton";
import { DeviceName } from "./DeviceName";
import { Step } from "./Step";
import { ThisDevice } from "./ThisDevice";

interface WaitingStepProps {
  state: Extract<VerificationState, { kind: "asking" | "requested" | "preparing" | "confirmed" }>;
  /** Of this device. */
  deviceId: string;
  onAskAgain: () => Promise<unknown>;
  onCancel: () => Promise<unknown>;
}

/** The other side is to do something. There is always a way out. */
export function WaitingStep({ state, deviceId, onAskAgain, onCancel }: WaitingStepProps) {
  return (
    <Step
      title={titleOf(state.kind)}
      actions={
        <>
          {state.kind === "requested" ? (
            <ActionButton variant="secondary" action={onAskAgain}>
              Ask again
            </ActionButton>
          ) : null}
          <ActionButton variant="secondary" action={onCancel}>
            Cancel
          </ActionButton>
        </>
      }
    >
      <Body state={state} deviceId={deviceId} />
    </Step>
  );
}

function titleOf(kind: WaitingStepProps["state"]["kind"]): string {
  switch (kind) {
    case "asking":
    case "requested":
      return "Go to your other device";
    case "preparing":
      return "Connecting the two devices";
    case "confirmed":
      return "Go on with the other device";
  }
}

function Body({ state, deviceId }: Pick<WaitingStepProps, "state" | "deviceId">) {
  switch (state.kind) {
    case "asking":
      return <Spinner label="Sending the request…" />;
    case "requested":
      return (
        <>
          <p>
            On{" "}
            {state.flow.other === null ? (
              "one of your verified devices"
            ) : (
              <DeviceName device={state.flow.other} />
            )}
            , accept the request to verify. If nothing shows there, ask again.
          </p>
          <ThisDevice deviceId={deviceId} />
          <Spinner label="Waiting for an answer…" />
        </>
      );
    case "preparing":
      return <Spinner label="Exchanging keys…" />;
    case "confirmed":
      return (
        <>
          <p>
            This side is done. Now confirm on <DeviceName device={state.flow.other} />, too.
          </p>
          <Spinner label="Waiting for the other device…" />
        </>
      );
  }
}
