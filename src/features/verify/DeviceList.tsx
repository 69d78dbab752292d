import { formatDateTime, formatRelativeTime } from "@/copy/formatTime";
import { describeStanding, deviceLabel } from "@/copy/describeVerification";
import { shortenText } from "@/copy/shortenText";
import type { OwnDevice } from "@/domain/verification";
import { Badge } from "@/ui/Badge";
import { ActionButton } from "./ActionButton";
import styles from "./Verify.module.css";

interface DeviceListProps {
  devices: readonly OwnDevice[];
  isHelper: boolean;
  onAsk: (deviceId: string) => Promise<unknown>;
}

/** The account's other devices with what they are good for; a stand-in of nobody is left out. */
export function DeviceList({ devices, isHelper, onAsk }: DeviceListProps) {
  const listed = devices.filter(({ standing }) => standing !== "dehydrated");
  if (listed.length === 0) return null;
  const askable = (device: OwnDevice): boolean =>
    device.standing === (isHelper ? "unverified" : "verified");
  return (
    <ul className={styles.list}>
      {listed.map((device) => (
        <li
          key={device.deviceId}
          className={styles.device}
          data-testid="own-device"
          data-device-id={device.deviceId}
          data-standing={device.standing}
        >
          <div className={styles.deviceText}>
            <span className={styles.deviceName}>
              <bdi>{deviceLabel(device)}</bdi>
            </span>{" "}
            {device.standing === "verified" ? <Badge tone="success">Verified</Badge> : null}
            <p className={styles.quiet}>
              {describeUse(device)}
              {device.name === null ? null : (
                <>
                  {" "}
                  Device id <bdi>{shortenText(device.deviceId, 60)}</bdi>.
                </>
              )}
            </p>
          </div>
          {askable(device) ? (
            <ActionButton
              variant="secondary"
              aria-label={`${isHelper ? "Verify" : "Ask"} ${deviceLabel(device)}`}
              action={() => onAsk(device.deviceId)}
            >
              {isHelper ? "Verify" : "Ask"}
            </ActionButton>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

function describeUse(device: OwnDevice): string {
  const { lastSeenAt } = device;
  const times =
    lastSeenAt === null
      ? []
      : [formatRelativeTime(lastSeenAt, Date.now()), formatDateTime(lastSeenAt)];
  const seen =
    times.length === 0
      ? "Last activity not known"
      : `Last active ${[...new Set(times)].join(", ")}`;
  const why = describeStanding(device.standing);
  return why === null ? `${seen}.` : `${why}. ${seen}.`;
}
