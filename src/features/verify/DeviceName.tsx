import { deviceLabel } from "@/copy/describeVerification";
import type { OwnDevice } from "@/domain/verification";

/** The name of a device inside a sentence. It is untrusted text: isolated, and cut. */
export function DeviceName({ device }: { device: OwnDevice | null }) {
  return device === null ? <>your other device</> : <bdi>{deviceLabel(device)}</bdi>;
}
