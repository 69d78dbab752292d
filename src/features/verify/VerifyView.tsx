import { describeProgress } from "@/copy/describeVerificationProgress";
import type { KeyWait } from "@/domain/keyWait";
import type { Reading } from "@/domain/reading";
import type { OwnDevice, VerificationPort, VerificationState } from "@/domain/verification";
import type { KeyBackupOverview } from "@/state/hooks";
import { LiveRegion } from "@/ui/LiveRegion";
import { ChooseStep } from "./ChooseStep";
import { CompareStep } from "./CompareStep";
import { EndedStep } from "./EndedStep";
import { ScannedStep } from "./ScannedStep";
import { StartStep } from "./StartStep";
import { Step } from "./Step";
import { VerifiedStep } from "./VerifiedStep";
import styles from "./Verify.module.css";
import { WaitingStep } from "./WaitingStep";

export interface VerifyViewProps {
  overview: KeyBackupOverview;
  /** Of this device. */
  deviceId: string;
  devices: Reading<readonly OwnDevice[]>;
  onCheckDevices: () => void;
  state: VerificationState;
  keyWait: KeyWait;
  verification: VerificationPort;
  /** Is a camera there? Asked when a request is sent, because one may be plugged in until then. */
  canScan: () => Promise<boolean>;
  onAskForKeyAgain: () => Promise<unknown>;
  onRestore: () => void;
}

/** The verification as a function of where it is. */
export function VerifyView(props: VerifyViewProps) {
  const { state, keyWait } = props;
  return (
    <div
      className={styles.page}
      data-testid="verification"
      data-state={state.kind}
      data-end={state.kind === "ended" ? state.ending.reason : undefined}
    >
      <h1 className={styles.heading} tabIndex={-1}>
        Verify with another device
      </h1>
      <LiveRegion message={describeProgress(state, keyWait)} />
      {/* A step of its own for each state: none keeps what another one had. */}
      <CurrentStep key={state.kind} {...props} />
    </div>
  );
}

/** Not known is not none. */
function mayHaveRecoveryKey({ secretStorage }: KeyBackupOverview): boolean {
  if (secretStorage.status !== "known") return true;
  const { defaultKey, underOtherKey } = secretStorage.value;
  return defaultKey === "present" || underOtherKey === true;
}

function CurrentStep(props: VerifyViewProps) {
  const { state, verification, canScan } = props;
  const ask = async (deviceId: string | null) =>
    verification.request({ deviceId, canScan: await canScan() });
  const askAgain = () => ask("flow" in state ? (state.flow?.other?.deviceId ?? null) : null);
  const cancel = () => verification.cancel();
  switch (state.kind) {
    case "none":
      return (
        <StartStep
          devices={props.devices}
          onCheckAgain={props.onCheckDevices}
          isHelper={isHelper(props.overview)}
          hasRecoveryKey={mayHaveRecoveryKey(props.overview)}
          onAsk={ask}
        />
      );
    case "asking":
    case "requested":
    case "preparing":
    case "confirmed":
      return (
        <WaitingStep
          state={state}
          deviceId={props.deviceId}
          onAskAgain={askAgain}
          onCancel={cancel}
        />
      );
    case "incoming":
      return (
        <Step title="Another device is waiting">
          <p>Answer its request at the top of this page first.</p>
        </Step>
      );
    case "choosing":
      return (
        <ChooseStep
          flow={state.flow}
          methods={state.methods}
          readCode={verification.readCode}
          onScanned={verification.scan}
          onEmoji={verification.startEmoji}
          onCancel={cancel}
        />
      );
    case "comparing":
      return (
        <CompareStep
          flow={state.flow}
          sas={state.sas}
          onConfirm={verification.confirm}
          onReject={verification.reject}
        />
      );
    case "scanned_there":
      return (
        <ScannedStep
          flow={state.flow}
          onConfirm={verification.confirm}
          onReject={verification.reject}
        />
      );
    case "verified":
      return (
        <VerifiedStep
          flow={state.flow}
          keyWait={props.keyWait}
          overview={props.overview}
          onAskAgain={props.onAskForKeyAgain}
          onRestore={props.onRestore}
          onDismiss={verification.dismiss}
        />
      );
    case "ended":
      return (
        <EndedStep
          flow={state.flow}
          ending={state.ending}
          onTryAgain={askAgain}
          onDismiss={verification.dismiss}
        />
      );
  }
}

function isHelper({ crossSigning, trust }: KeyBackupOverview): boolean {
  const verified = crossSigning.status === "known" && crossSigning.value.deviceVerified;
  return verified && trust.status === "known" && trust.value.key === "match";
}
