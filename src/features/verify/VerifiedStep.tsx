import { describeError } from "@/copy/describeError";
import { formatRoomKeys } from "@/copy/formatNumber";
import type { KeyWait } from "@/domain/keyWait";
import type { VerificationFlow } from "@/domain/verification";
import { goTo, hrefOf } from "@/lib/route";
import type { KeyBackupOverview } from "@/state/hooks";
import { ActionLink } from "@/ui/ActionLink";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Spinner } from "@/ui/Spinner";
import { ActionButton } from "./ActionButton";
import { DeviceName } from "./DeviceName";
import { Step } from "./Step";

interface VerifiedStepProps {
  flow: VerificationFlow;
  keyWait: KeyWait;
  overview: KeyBackupOverview;
  onAskAgain: () => Promise<unknown>;
  onRestore: () => void;
  onDismiss: () => void;
}

/** It worked. A device that was helped in now waits for the backup's key; a helper is done. */
export function VerifiedStep(props: VerifiedStepProps) {
  const { flow, keyWait, onDismiss } = props;
  if (flow.role === "helper") {
    return (
      <Step title="Done" actions={<Button onClick={onDismiss}>Done</Button>}>
        <Alert tone="success" title="Your other device is verified" testId="verified">
          <p>
            <DeviceName device={flow.other} /> gets the keys it needs from this one. Stay signed in
            and online here until it has them.
          </p>
        </Alert>
      </Step>
    );
  }
  return (
    <div data-testid="key-wait" data-state={keyWait.kind}>
      <Newcomer {...props} />
    </div>
  );
}

function Newcomer({ flow, keyWait, overview, onAskAgain, onRestore }: VerifiedStepProps) {
  switch (keyWait.kind) {
    case "none":
    case "waiting":
      return (
        <Step title="Verified. The key is on its way">
          <p>
            <DeviceName device={flow.other} /> sends the key of the backup to this device now. It
            mostly takes a few seconds; keep the other device online.
          </p>
          <Spinner label="Waiting for the key…" />
        </Step>
      );
    case "late":
      return (
        <Step
          title="Verified, and still without the key"
          actions={
            <>
              <ActionButton action={onAskAgain}>Ask again</ActionButton>
              <Button variant="secondary" onClick={() => goTo("unlock")}>
                Enter recovery key
              </Button>
            </>
          }
        >
          <Alert tone="warning" title="The key has not come yet" testId="key-late">
            <p>
              Verifying worked, and is kept. The other device may be offline, or may not hold the
              backup’s key itself. If it comes later, it is taken then. Ask again, or enter your
              recovery key.
            </p>
            {keyWait.error === null ? null : <p>{describeError(keyWait.error).title}.</p>}
          </Alert>
        </Step>
      );
    case "no_backup":
      return (
        <Step
          title="Verified"
          actions={
            <>
              <Button onClick={() => goTo("set-up")}>Set up backup</Button>
              <Back />
            </>
          }
        >
          <Alert tone="success" title="This device is verified">
            <p>The server has no backup, so there is no key to wait for.</p>
          </Alert>
        </Step>
      );
    case "arrived": {
      const backup = overview.backup.status === "known" ? overview.backup.value : null;
      const count = backup?.version === keyWait.version ? backup.count : null;
      return (
        <Step
          title="Verified"
          actions={
            <>
              {count === 0 ? null : <Button onClick={onRestore}>Restore history</Button>}
              <Back />
            </>
          }
        >
          <Alert tone="success" title="This device can open the backup now">
            <ul>
              <Trusted overview={overview} />
              <li>
                The key came from your other device and fits backup version{" "}
                <bdi>{keyWait.version}</bdi>
                {count === null ? "." : ` with ${formatRoomKeys(count)}.`}
              </li>
            </ul>
          </Alert>
        </Step>
      );
    }
  }
}

/** By a fresh read, not because the steps went well. */
function Trusted({ overview: { crossSigning } }: { overview: KeyBackupOverview }) {
  if (crossSigning.status !== "known") return null;
  return crossSigning.value.deviceVerified ? (
    <li>This device is verified by your identity.</li>
  ) : (
    <li>The other device’s signature on this device has not reached the server yet.</li>
  );
}

function Back() {
  return <ActionLink href={hrefOf("overview")}>Back to the overview</ActionLink>;
}
