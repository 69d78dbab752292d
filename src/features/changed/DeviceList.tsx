import { describeStanding } from "@/copy/describeAccountDevice";
import { describeError } from "@/copy/describeError";
import { formatDateTime } from "@/copy/formatTime";
import { shortenText } from "@/copy/shortenText";
import type { AccountDevice } from "@/domain/accountDevices";
import type { Reading } from "@/domain/reading";
import { Alert } from "@/ui/Alert";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Spinner } from "@/ui/Spinner";
import styles from "./Changed.module.css";

interface DeviceListProps {
  devices: Reading<readonly AccountDevice[]>;
  onReadAgain: () => void;
}

/** Who else is signed in, by a fresh read. Names are other people's text. */
export function DeviceList({ devices, onReadAgain }: DeviceListProps) {
  if (devices.status === "unread") return <Spinner label="Asking the server for your devices…" />;
  if (devices.status !== "known") {
    const { title } = describeError(devices.error);
    return (
      <Alert
        tone="warning"
        title="Your devices could not be listed"
        action={
          <Button variant="secondary" onClick={onReadAgain}>
            Retry
          </Button>
        }
      >
        <p>{title}.</p>
      </Alert>
    );
  }
  if (devices.value.length === 0) {
    return <p>This is the only device that is signed in to your account.</p>;
  }
  return (
    <ul className={styles.devices}>
      {devices.value.map((device) => (
        <li key={device.deviceId} data-testid="account-device" data-standing={device.standing}>
          <span className={styles.deviceName}>
            <bdi>{shortenText(device.name ?? "Without a name", 80)}</bdi>
            <span className={styles.quiet}>
              <bdi>{shortenText(device.deviceId, 40)}</bdi>
              {device.lastSeenAt === null
                ? ", never seen"
                : `, last seen ${formatDateTime(device.lastSeenAt)}`}
            </span>
          </span>
          <Badge tone={device.standing === "verified" ? "success" : "warning"}>
            {describeStanding(device.standing)}
          </Badge>
        </li>
      ))}
    </ul>
  );
}
