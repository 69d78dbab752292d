import { deviceLabel } from "@/copy/describeVerification";
import type { OwnDevice } from "@/domain/verification";
import styles from "./Verify.module.css";

/** The name of a device inside a sentence. It is untrusted text: isolated, and cut. */
export function DeviceName({ device }: { device: OwnDevice | null }) {
  return device === null ? (
    <>your other device</>
  ) : (
    <bdi className={styles.deviceName}>{deviceLabel(device)}</bdi>
  );
}
