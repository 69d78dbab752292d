import type { KeyWait } from "@/domain/keyWait";
import type { OwnDevice, VerificationState } from "@/domain/verification";
import { deviceLabel } from "./describeVerification";

/** What a listener is told as the verification goes on. Ends are told by their own alert. */
export function describeProgress(state: VerificationState, keyWait: KeyWait): string {
  switch (state.kind) {
    case "none":
    case "asking":
    case "incoming":
    case "ended":
      return "";
    case "requested":
      return "Request sent. Accept it on your other device.";
    case "choosing":
      return "Both devices are ready. Choose how to verify.";
    case "preparing":
      return "Connecting the two devices.";
    case "comparing":
      return "Compare what both devices show.";
    case "scanned_there":
      return "The code was scanned. Confirm that it was your device.";
    case "confirmed":
      return "Confirmed here. Waiting for the other device.";
    case "verified":
      return state.flow.role === "helper" ? "Your other device is verified." : keyWords(keyWait);
  }
}

function keyWords(keyWait: KeyWait): string {
  switch (keyWait.kind) {
    case "none":
    case "waiting":
      return "Verified. Waiting for the key of the backup.";
    case "late":
      return "The key has not come yet.";
    case "arrived":
      return "The key has come. This device can open the backup.";
    case "no_backup":
      return "Verified. The server has no backup.";
  }
}

export function describeIncoming(device: OwnDevice | null): string {
  return device === null
    ? "Another device of yours asks for a verification."
    : `Your device ${deviceLabel(device)} asks for a verification.`;
}

/** Why accepting would bring nobody any key; null when it can. */
export function describeUseless(device: OwnDevice | null, verifiedHere: boolean): string | null {
  if (verifiedHere || device === null || device.standing === "verified") return null;
  return "Neither of the two is verified, so neither holds the keys that the other one needs. Verify one of them first, with a verified device or your recovery key.";
}
