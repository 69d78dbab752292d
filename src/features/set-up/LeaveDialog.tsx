import { describeLeavingSetUp, type LeftSetUp } from "@/copy/describeSetUp";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import type { LeaveGuard } from "./useLeaveGuard";

/** Asks before the wizard is left for another place of the app, and says what that means. */
export function LeaveDialog({ guard, left }: { guard: LeaveGuard; left: LeftSetUp }) {
  const { title, body } = describeLeavingSetUp(left);
  return (
    <Dialog
      open={guard.asking}
      onOpenChange={(open) => {
        if (!open) guard.stay();
      }}
      title={title}
      actions={
        <>
          <Button variant="secondary" onClick={guard.stay}>
            Stay here
          </Button>
          <Button variant="destructive" onClick={guard.leave}>
            Leave
          </Button>
        </>
      }
    >
      <p>{body}</p>
    </Dialog>
  );
}
