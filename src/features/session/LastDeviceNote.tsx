import { formatCount } from "@/copy/formatNumber";
import type { OtherHolders } from "@/domain/accountDevices";
import { Alert } from "@/ui/Alert";

interface LastDeviceNoteProps {
  holders: OtherHolders;
  /** Is every key in a backup that a recovery key opens? */
  safe: boolean;
}

/** Says whether anybody but this device can read the history afterwards. */
export function LastDeviceNote({ holders, safe }: LastDeviceNoteProps) {
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
        <p>
          {safe
            ? "After signing out, only your recovery key opens your history. Make sure that you have it."
            : "After signing out, what is not in the backup, or has no recovery key, can never be read again."}
        </p>
      </Alert>
    </div>
  );
}

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
