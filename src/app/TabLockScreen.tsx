import type { SignedOutReason } from "@/domain/session";
import { useSessionActions } from "@/state/hooks";
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
  return (
    <div data-testid="tab-lock">
      {left === null ? null : (
        <Alert tone={left === "by_choice" ? "success" : "warning"} title="You are signed out here">
          <p>
            {left === "by_choice"
              ? "The session that was in this tab has ended, and its device was removed from your account."
              : "The session that was in this tab has ended, but the homeserver could not be told. Its device may still be listed in your account: remove it there from another device."}
          </p>
        </Alert>
      )}
      <Card actions={<Button onClick={takeOver}>Use here</Button>}>
        {takenOver ? (
          <p>
            You chose to go on in another tab, so this one has stopped. Nothing was lost. What was
            under way, such as a restore, can be started again there.
          </p>
        ) : (
          <p>
            To keep your keys safe, only one tab at a time works with them. “Use here” stops the
            other tab; what is under way there, such as a restore, can then be started again here.
          </p>
        )}
      </Card>
    </div>
  );
}
