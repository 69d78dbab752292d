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
      // The link that was pressed leads away; what goes on is on the page.
      focusAfter={stepHeading}
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

/** Of the step that is shown, or of the screen. */
function stepHeading(): HTMLElement | null {
  return (
    document.querySelector<HTMLElement>("main h2[tabindex='-1']") ??
    document.querySelector<HTMLElement>("main h1[tabindex='-1']")
  );
}
