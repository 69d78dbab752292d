import { describeError } from "@/copy/describeError";
import { LAST_WAY } from "@/copy/lostKey";
import { describeNoHelper } from "@/copy/describeVerification";
import { lastValue, type Reading } from "@/domain/reading";
import type { OwnDevice } from "@/domain/verification";
import { hrefOf } from "@/lib/route";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Details } from "@/ui/Details";
import { Spinner } from "@/ui/Spinner";
import { ActionButton } from "./ActionButton";
import { DeviceList } from "./DeviceList";
import { Step } from "./Step";

interface StartStepProps {
  devices: Reading<readonly OwnDevice[]>;
  onCheckAgain: () => void;
  /** This device is verified and opens the backup: it helps others, and needs no help. */
  isHelper: boolean;
  /** Is something stored for a recovery key, or is that not known? */
  hasRecoveryKey: boolean;
  onAsk: (deviceId: string | null) => Promise<unknown>;
}

/** Who can be asked, and the asking. */
export function StartStep({
  devices,
  onCheckAgain,
  isHelper,
  hasRecoveryKey,
  onAsk,
}: StartStepProps) {
  const known = lastValue(devices);
  const helpers = known?.filter(({ standing }) => standing === "verified") ?? [];
  const offersAll = !isHelper && helpers.length > 1;
  return (
    <Step
      title={isHelper ? "Your other devices" : "Devices that can help"}
      actions={
        offersAll ? <ActionButton action={() => onAsk(null)}>Ask all of them</ActionButton> : null
      }
    >
      {isHelper ? (
        <Alert tone="info" title="This device is verified and opens the backup already">
          <p>
            It can help your other devices in. Choose one that is not verified, or start on that
            device and answer here.
          </p>
        </Alert>
      ) : (
        <p>
          A verified device of yours can verify this one and send it the key of the backup. You will
          compare a few emoji, or scan a code. Your recovery key is not needed.
        </p>
      )}
      <Unread {...{ devices, onCheckAgain }} />
      {known === undefined ? null : (
        <DeviceList devices={known} isHelper={isHelper} onAsk={onAsk} />
      )}
      {known !== undefined && !isHelper && helpers.length === 0 ? (
        <NoHelper {...{ hasRecoveryKey, onCheckAgain }} devices={known} />
      ) : null}
      {isHelper ? null : (
        <>
          {hasRecoveryKey ? (
            <p>
              No other device at hand? <a href={hrefOf("unlock")}>Enter recovery key</a>
            </p>
          ) : null}
          <Details
            summary={hasRecoveryKey ? "I have neither of them" : "I have no such device any more"}
          >
            <p>
              {LAST_WAY} <a href={hrefOf("manage")}>Manage backup</a>
            </p>
          </Details>
        </>
      )}
    </Step>
  );
}

function Unread({ devices, onCheckAgain }: Pick<StartStepProps, "devices" | "onCheckAgain">) {
  if (devices.status === "unread") return <Spinner label="Looking for your other devices…" />;
  if (devices.status === "known") return null;
  const { title, body } = describeError(devices.error);
  return (
    <Alert
      tone="critical"
      title={title}
      code={devices.error.kind}
      action={
        <Button variant="secondary" onClick={onCheckAgain}>
          Retry
        </Button>
      }
    >
      <p>{body}</p>
      <p>Which of your devices can help could not be checked now.</p>
    </Alert>
  );
}

function NoHelper({
  devices,
  hasRecoveryKey,
  onCheckAgain,
}: {
  devices: readonly OwnDevice[];
  hasRecoveryKey: boolean;
  onCheckAgain: () => void;
}) {
  const { title, body } = describeNoHelper(devices, hasRecoveryKey);
  return (
    <Alert
      tone="warning"
      title={title}
      testId="no-helper"
      action={
        <Button variant="secondary" onClick={onCheckAgain}>
          Check again
        </Button>
      }
    >
      <p>{body}</p>
    </Alert>
  );
}
