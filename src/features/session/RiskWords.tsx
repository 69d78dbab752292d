import { describeCarryOverLoss } from "@/copy/describeCarryOver";
import { formatRoomKeys } from "@/copy/formatNumber";
import type { CarryOverMissing } from "@/domain/session";
import { Spinner } from "@/ui/Spinner";
import type { SignOutRisk } from "./signOutRisk";

interface RiskWordsProps {
  risk: SignOutRisk;
  /** What of ended devices is not here yet. */
  missing: readonly CarryOverMissing[];
}

/** What signing out would lose here. Who else may have it is said by the note below. */
export function RiskWords({ risk, missing }: RiskWordsProps) {
  switch (risk.kind) {
    case "checking":
      return <Spinner label="Checking whether every room key on this device is in the backup…" />;
    case "no_keys":
      return <p>There are no room keys on this device that could be lost.</p>;
    case "none":
      return <p>Every room key on this device is in the backup.</p>;
    case "unfinished":
      return (
        <p>
          A change of your key backup was <strong>begun here and not finished</strong>. Go to the
          overview and finish it or take it back before you sign out: afterwards this browser cannot
          do that any more.
        </p>
      );
    case "not_carried_over":
      return <p>{describeCarryOverLoss(missing)}</p>;
    case "no_backup":
      return (
        <p>
          There is no backup on the server.{" "}
          {risk.count === null ? (
            "The room keys of this device are in no backup, and signing out removes them from here."
          ) : (
            <>
              <strong>{formatRoomKeys(risk.count)}</strong> on this device{" "}
              {risk.count === 1
                ? "is in no backup, and signing out removes it from here."
                : "are in no backup, and signing out removes them from here."}
            </>
          )}
        </p>
      );
    case "pending":
      return (
        <p>
          <strong>{formatRoomKeys(risk.count)}</strong> on this device{" "}
          {risk.count === 1
            ? "is not in the backup. Signing out removes it from here, and the backup will not open its messages."
            : "are not in the backup. Signing out removes them from here, and the backup will not open their messages."}
        </p>
      );
    case "no_recovery":
      return (
        <p>
          Every room key is in the backup, but no recovery key is known to open it. If this is your
          only device, the backup can never be opened again.
        </p>
      );
    case "unknown":
      return (
        <p>
          It is not known whether every room key on this device is in a backup that you can open.
          Those that are not go with this device.
        </p>
      );
  }
}
