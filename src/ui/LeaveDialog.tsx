import { Button } from "./Button";
import { Dialog } from "./Dialog";
import type { LeaveGuard } from "./useLeaveGuard";

interface LeaveDialogProps {
  guard: LeaveGuard;
  title: string;
  body: string;
}

/** Asks before something is left for another place of the app, and says what that means. */
export function LeaveDialog({ guard, title, body }: LeaveDialogProps) {
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
