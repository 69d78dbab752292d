import type { OwnDevice } from "@/domain/verification";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { DeviceName } from "./DeviceName";
import styles from "./Verify.module.css";

/** Somebody else has the account's password. */
export function NotMineNote({ device, onDismiss }: { device: OwnDevice; onDismiss: () => void }) {
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
          out <DeviceName device={device} /> (device id <bdi>{device.deviceId}</bdi>), then change
          your account password.
        </p>
      </Alert>
    </div>
  );
}
