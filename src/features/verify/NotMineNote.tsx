import type { OwnDevice } from "@/domain/verification";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { DeviceName } from "./DeviceName";
import styles from "./Verify.module.css";

interface NotMineNoteProps {
  /** Null when it was declined before it was looked up. */
  device: OwnDevice | null;
  onDismiss: () => void;
}

/** Somebody else has the account's password. */
export function NotMineNote({ device, onDismiss }: NotMineNoteProps) {
  return (
    <div className={styles.prompt}>
      <Alert
        tone="critical"
        title="Somebody else may be signed in to your account"
        code="not_mine"
        action={
          <Button variant="secondary" onClick={onDismiss}>
            Dismiss
          </Button>
        }
      >
        <p>
          The request was declined, and the device got no key. In the app you use for messages, sign
          out <Which device={device} />, then change your account password.
        </p>
      </Alert>
    </div>
  );
}

function Which({ device }: { device: OwnDevice | null }) {
  if (device === null) return <>the device you do not know</>;
  return (
    <>
      <DeviceName device={device} /> (device id <bdi>{device.deviceId}</bdi>)
    </>
  );
}
