import styles from "./Verify.module.css";

/** What the other device shows of this one, to compare. */
export function ThisDevice({ deviceId }: { deviceId: string }) {
  return (
    <p className={styles.quiet}>
      The request there names this device: id <bdi data-testid="this-device">{deviceId}</bdi>.
    </p>
  );
}
