import { formatCount } from "@/copy/formatNumber";
import type { OtherHolders } from "@/domain/accountDevices";
import { Alert } from "@/ui/Alert";
import type { SignOutRisk } from "./signOutRisk";

interface LastDeviceNoteProps {
  holders: OtherHolders;
  /** What signing out would lose. */
  risk: SignOutRisk["kind"];
}

/** Says whether anybody but this device can read the history afterwards. */
export function LastDeviceNote({ holders, risk }: LastDeviceNoteProps) {
  if (holders.kind === "checking" || holders.kind === "verified") {
    return (
      <p data-testid="last-device" data-kind={holders.kind}>
        {holders.kind === "checking"
          ? "Asking the server for your other devices…"
          : othersWords(holders.count)}
      </p>
    );
  }
  return (
    <div data-testid="last-device" data-kind={holders.kind}>
      <Alert tone="warning" title={titleOf(holders)} quiet>
        <p>{bodyOf(holders, risk)}</p>
      </Alert>
    </div>
  );
}

/** Never more than is known: only where nobody else can hold the keys they are lost for good. */
function bodyOf(holders: OtherHolders, risk: SignOutRisk["kind"]): string {
  if (risk === "none")
    return "After signing out, only your recovery key opens your history. Make sure that you have it.";
  if (holders.kind === "others") {
    const isYours = holders.count === 1 ? "it is yours" : "they are yours";
    return `The same keys may be there: a device usually has those of the messages that it sent, or that came while it was signed in. Whether that is so, and whether ${isYours}, is not known here.`;
  }
  const lost = LOST[risk] ?? "what is not in a backup that you can open";
  return `${holders.kind === "none" ? "After" : "If none can, then after"} signing out ${lost} can never be read again.`;
}

const LOST: Partial<Record<SignOutRisk["kind"], string>> = {
  no_backup: "what only the keys of this device open",
  pending: "what is not in the backup",
  no_recovery: "what is in the backup",
};

function othersWords(count: number): string {
  const holds = count === 1 ? "it holds" : "they hold";
  return `You have ${formatCount(count, "other verified device")}. Whether ${holds} the same keys is not known here.`;
}

function titleOf(holders: OtherHolders): string {
  switch (holders.kind) {
    case "none":
      return "This is the last device that can read your history";
    case "others":
      return holders.count === 1
        ? "Your other device is not verified"
        : `None of your ${formatCount(holders.count, "other device")} is verified`;
    default:
      return "Whether another device of yours can read your history is not known";
  }
}
