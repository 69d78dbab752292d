import { formatCount, formatNumber } from "@/copy/formatNumber";
import type { OtherTab } from "@/domain/otherTab";
import type { SignedOutReason } from "@/domain/session";
import { useSessionActions } from "@/state/actionHooks";
import { useOtherTab } from "@/state/sessionHooks";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";

interface TabLockScreenProps {
  takenOver: boolean;
  /** How a session that was in this tab alone has just ended. */
  left: SignedOutReason | null;
}

/** Shown in the tab that does not hold the session: two of them on one key store would damage it. */
export function TabLockScreen({ takenOver, left }: TabLockScreenProps) {
  const { takeOver } = useSessionActions();
  const other = useOtherTab();
  const nobody = other.kind === "answering" && other.userId === null;
  return (
    <div
      data-testid="tab-lock"
      data-other={other.kind}
      data-restoring={other.kind === "answering" && other.restore !== null}
    >
      {left === null ? null : <LeftNotice reason={left} />}
      <Card actions={<Button onClick={takeOver}>Use here</Button>}>
        {takenOver ? (
          <p>You chose to go on in another tab, so this one has stopped. Nothing was lost.</p>
        ) : nobody ? null : (
          <p>To keep your keys safe, only one tab at a time works with them.</p>
        )}
        <OtherTabWords other={other} />
      </Card>
    </div>
  );
}

function OtherTabWords({ other }: { other: OtherTab }) {
  switch (other.kind) {
    case "silent":
      return (
        <p>
          “Use here” stops the other tab and goes on here with what is under way there. If it does
          not answer, close it first.
        </p>
      );
    case "gone":
      return (
        <p>
          <strong>The other tab is gone:</strong> it was closed, or it has crashed. Everything that
          was stored is still here. “Use here” opens it.
        </p>
      );
    case "answering":
      return (
        <>
          <p>
            {other.userId === null ? (
              "In the other tab nobody is signed in. “Use here” lets you sign in here."
            ) : (
              <>
                In the other tab <bdi>{other.userId}</bdi> is signed in.
              </>
            )}
          </p>
          {other.restore === null ? null : (
            <p>
              <strong>
                A restore is running there: {formatNumber(other.restore.done)} of{" "}
                {formatCount(other.restore.total, "key")}.
              </strong>{" "}
              It goes on here by itself after “Use here”.
            </p>
          )}
        </>
      );
  }
}

function LeftNotice({ reason }: { reason: SignedOutReason }) {
  const told = reason === "by_choice";
  return (
    <Alert tone={told ? "success" : "warning"} title="You are signed out here">
      <p>
        {told
          ? "The session that was in this tab has ended, and its device was removed from your account."
          : "The session that was in this tab has ended, but the homeserver could not be told. Its device may still be listed in your account: remove it there from another device."}
      </p>
    </Alert>
  );
}
