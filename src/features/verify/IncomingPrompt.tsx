import { useRef } from "react";
import { describeUseless } from "@/copy/describeVerificationProgress";
import type { OwnDevice } from "@/domain/verification";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { ActionButton } from "./ActionButton";
import { DeviceName } from "./DeviceName";
import { useOutOfSight } from "./useOutOfSight";
import styles from "./Verify.module.css";

interface IncomingPromptProps {
  /** Null while it is looked up. */
  device: OwnDevice | null;
  /** Is this device verified? */
  verifiedHere: boolean;
  onAccept: () => Promise<unknown>;
  onLater: () => void;
  onNotMine: () => Promise<unknown>;
}

/** "Your device asks to be verified." Putting it off tells nobody; "not me" ends it everywhere. */
export function IncomingPrompt(props: IncomingPromptProps) {
  const { device, verifiedHere, onAccept, onLater, onNotMine } = props;
  const useless = describeUseless(device, verifiedHere);
  const prompt = useRef<HTMLDivElement>(null);
  const outOfSight = useOutOfSight(prompt);
  return (
    <div className={styles.prompt} data-testid="verification-request" ref={prompt} tabIndex={-1}>
      {outOfSight ? (
        <div className={styles.reminder} data-testid="request-reminder">
          <p>
            <DeviceName device={device} /> asks to be verified.
          </p>
          <Button
            variant="secondary"
            onClick={() => {
              prompt.current?.scrollIntoView({ block: "center" });
              prompt.current?.focus({ preventScroll: true });
            }}
          >
            Show request
          </Button>
        </div>
      ) : null}
      <Card
        title="Verification request"
        actions={
          <>
            {useless === null ? <ActionButton action={onAccept}>Accept</ActionButton> : null}
            <Button variant="secondary" onClick={onLater}>
              Not now
            </Button>
            <ActionButton variant="tertiary" action={onNotMine}>
              It was not me
            </ActionButton>
          </>
        }
      >
        <p>
          {verifiedHere ? "Your device " : "Your verified device "}
          <DeviceName device={device} />
          {verifiedHere ? " asks to be verified." : " wants to verify this device."}
          {device === null ? null : (
            <span className={styles.quiet}>
              {" "}
              Device id <bdi>{device.deviceId}</bdi>.
            </span>
          )}
        </p>
        <p>
          {useless ??
            (verifiedHere
              ? "Accept only if you are signing in on it right now: a verified device can read your encrypted messages."
              : "Accept if you have started this there.")}
        </p>
      </Card>
    </div>
  );
}
