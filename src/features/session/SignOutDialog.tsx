import { useState } from "react";
import { formatRoomKeys } from "@/copy/formatNumber";
import { otherHolders } from "@/domain/accountDevices";
import { goTo } from "@/lib/route";
import { useAccountDevices } from "@/state/accountDeviceHooks";
import { useSessionActions } from "@/state/actionHooks";
import { useCarryOver, useKeyBackupOverview, useReadBeforeSignOut } from "@/state/hooks";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Spinner } from "@/ui/Spinner";
import { LastDeviceNote } from "./LastDeviceNote";
import styles from "./session.module.css";
import { signOutRisk, type SignOutRisk } from "./signOutRisk";
import { UploadWait } from "./UploadWait";

interface SignOutDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Asks before signing out, and names what would be lost, by a read of its own. */
export function SignOutDialog({ open, onOpenChange }: SignOutDialogProps) {
  const read = useReadBeforeSignOut(open);
  const overview = useKeyBackupOverview();
  const risk = signOutRisk(overview, useCarryOver(), read);
  const { devices } = useAccountDevices(open);
  const { signOut } = useSessionActions();
  const [busy, setBusy] = useState(false);
  const safe = risk.kind === "none" || risk.kind === "no_keys";

  function leaveFor(route: "test-key" | "key-file"): void {
    onOpenChange(false);
    goTo(route);
  }

  async function confirm(): Promise<void> {
    setBusy(true);
    // Whatever comes of it, the session ends here and this dialog goes with it.
    await signOut();
  }

  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        if (!busy) onOpenChange(next);
      }}
      title={titleOf(risk, safe)}
      actions={
        <>
          <Button variant="secondary" disabled={busy} onClick={() => onOpenChange(false)}>
            Stay signed in
          </Button>
          <Button
            variant={safe ? "primary" : "destructive"}
            busy={busy}
            onClick={() => void confirm()}
          >
            {safe ? "Sign out" : "Sign out anyway"}
          </Button>
        </>
      }
    >
      <div className={styles.risk} data-testid="sign-out-risk" data-risk={risk.kind}>
        <RiskWords risk={risk} />
        {overview.sync === "offline" ? <OfflineNote pending={overview.pendingKeys} /> : null}
        {risk.kind === "none" && !risk.proven ? (
          <UntestedNote onTest={() => leaveFor("test-key")} />
        ) : null}
        {risk.kind === "pending" ? <UploadWait overview={overview} waiting={risk.count} /> : null}
        {risk.kind === "no_keys" ? null : (
          <LastDeviceNote holders={otherHolders(devices)} safe={safe} />
        )}
        {safe || risk.kind === "checking" ? null : (
          <ExportOffer onExport={() => leaveFor("key-file")} />
        )}
      </div>
      <p>
        Signing out removes this device from your account and all keys from this browser. Nothing is
        deleted from the server.
      </p>
    </Dialog>
  );
}

function titleOf(risk: SignOutRisk, safe: boolean): string {
  if (safe || risk.kind === "checking") return "Sign out?";
  return risk.kind === "unfinished"
    ? "Sign out before a change is finished?"
    : "Signing out may lose messages";
}

function OfflineNote({ pending }: { pending: number | null }) {
  return (
    <Alert tone="warning" title="The homeserver cannot be reached" quiet testId="sign-out-offline">
      <p>
        {pending === null || pending === 0
          ? "Nothing can be checked or uploaded now."
          : `${formatRoomKeys(pending)} ${pending === 1 ? "waits" : "wait"} for the upload, and nothing can be uploaded now.`}{" "}
        Wait until you are connected again, or keep the keys in a file.
      </p>
    </Alert>
  );
}

function UntestedNote({ onTest }: { onTest: () => void }) {
  return (
    <div className={styles.offer} data-testid="recovery-untested">
      <p>
        There is a recovery key for it. Whether the one you have saved opens this backup has not
        been tried in this browser.
      </p>
      <Button variant="secondary" onClick={onTest}>
        Test recovery key
      </Button>
    </div>
  );
}

function ExportOffer({ onExport }: { onExport: () => void }) {
  return (
    <div className={styles.offer}>
      <p>
        You can keep the room keys of this device in an encrypted file, and sign out after that.
      </p>
      <Button variant="secondary" onClick={onExport}>
        Export keys
      </Button>
    </div>
  );
}

function RiskWords({ risk }: { risk: SignOutRisk }) {
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
      return (
        <p>
          The server ended an earlier device of yours here, and its keys have{" "}
          <strong>not all been carried over</strong> to this one. Those that are nowhere else would
          be lost. They are tried again when this page is next opened.
        </p>
      );
    case "no_backup":
      return (
        <p>
          There is no backup on the server.{" "}
          {risk.count === null ? (
            "The room keys of this device exist"
          ) : (
            <>
              <strong>{formatRoomKeys(risk.count)}</strong> {risk.count === 1 ? "exists" : "exist"}
            </>
          )}{" "}
          only on this device, unless another device of yours has them too. The messages they open
          would stay unreadable.
        </p>
      );
    case "pending":
      return (
        <p>
          <strong>{formatRoomKeys(risk.count)}</strong> on this device{" "}
          {risk.count === 1 ? "is" : "are"} not in the backup. The messages they open stay
          unreadable unless another device of yours has them too.
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
          Keys that are not would be lost, unless another device of yours has them too.
        </p>
      );
  }
}
