import { useState } from "react";
import { describeForget } from "@/copy/describeEnded";
import type { SignedInUser } from "@/domain/session";
import { useSessionActions } from "@/state/actionHooks";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";

interface ForgetDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  user: SignedInUser | null;
  /** The server ended the session: there is nothing left to sign out of. */
  ended?: boolean;
  /** Nothing of it is stored: what goes is in this tab. */
  memoryOnly?: boolean;
}

/** The way out when the session cannot be opened: removes this browser's data, after saying what goes. */
export function ForgetDialog(props: ForgetDialogProps) {
  const { open, onOpenChange, user, ended = false, memoryOnly = false } = props;
  const { forget } = useSessionActions();
  const [busy, setBusy] = useState(false);

  async function confirm(): Promise<void> {
    setBusy(true);
    await forget();
    setBusy(false);
    onOpenChange(false);
  }

  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        if (!busy) onOpenChange(next);
      }}
      title={ended ? `${describeForget(memoryOnly)}?` : "Sign out and remove this browser’s data?"}
      actions={
        <>
          <Button variant="secondary" disabled={busy} onClick={() => onOpenChange(false)}>
            Keep everything
          </Button>
          <Button variant="destructive" busy={busy} onClick={() => void confirm()}>
            {ended ? describeForget(memoryOnly) : "Sign out anyway"}
          </Button>
        </>
      }
    >
      <p>This removes from {memoryOnly ? "this tab" : "this browser"}, for good:</p>
      <ul>
        <li>the session{user === null ? "" : ` of ${user.userId} (device ${user.deviceId})`}</li>
        <li>
          every room key kept here. How many of them are not in a backup is not known; messages
          whose key is nowhere else stay unreadable
        </li>
      </ul>
      {ended ? (
        <p>If you may need them later, save them to a file first: the page behind offers it.</p>
      ) : null}
      <p>
        The backup on the server is not touched. You need your recovery key to open it after signing
        in again.
      </p>
    </Dialog>
  );
}
