import { useState } from "react";
import { otherHolders } from "@/domain/accountDevices";
import { readingError } from "@/domain/reading";
import { goTo, type Route } from "@/lib/route";
import { useAccountDevices } from "@/state/accountDeviceHooks";
import { useSessionActions } from "@/state/actionHooks";
import {
  useCarryOver,
  useCarryOverMissing,
  useKeyBackupOverview,
  useReadBeforeSignOut,
} from "@/state/hooks";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { LastDeviceNote } from "./LastDeviceNote";
import styles from "./session.module.css";
import { ExportOffer, OfflineNote, SetUpOffer, UntestedNote, VerifyOffer } from "./SignOutOffers";
import { RiskWords } from "./RiskWords";
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
  const missing = useCarryOverMissing();
  const risk = signOutRisk(overview, useCarryOver(), read);
  const { devices } = useAccountDevices(open);
  const { signOut } = useSessionActions();
  const [busy, setBusy] = useState(false);
  const safe = risk.kind === "none" || risk.kind === "no_keys";
  const failed = readingError(overview.backup)?.kind;
  const offline = overview.sync === "offline" || failed === "network" || failed === "timeout";

  function leaveFor(route: Route): void {
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
      beginOnActions
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
        <RiskWords risk={risk} missing={missing} />
        {offline ? <OfflineNote pending={overview.pendingKeys} /> : null}
        {risk.kind === "none" && !risk.proven ? (
          <UntestedNote onTest={() => leaveFor("test-key")} />
        ) : null}
        {risk.kind === "pending" ? <UploadWait overview={overview} waiting={risk.count} /> : null}
        {risk.kind === "no_keys" ? null : (
          <LastDeviceNote holders={otherHolders(devices)} risk={risk.kind} />
        )}
        {risk.kind === "no_backup" ? <SetUpOffer onSetUp={() => leaveFor("set-up")} /> : null}
        {risk.kind === "not_carried_over" && missing.includes("identity") ? (
          <VerifyOffer onVerify={() => leaveFor("unlock")} />
        ) : null}
        {safe || risk.kind === "checking" ? null : (
          <ExportOffer onExport={() => leaveFor("key-file")} />
        )}
      </div>
      <LastWords memoryOnly={overview.memoryOnly} offline={offline} />
    </Dialog>
  );
}

function LastWords({ memoryOnly, offline }: { memoryOnly: boolean; offline: boolean }) {
  const keys = memoryOnly ? "the keys that are in this tab" : "all keys from this browser";
  return (
    <p>
      {offline
        ? `Signing out now removes ${keys}. The homeserver cannot be told: this device then stays in your account’s list until you remove it from another one.`
        : `Signing out removes this device from your account and ${keys}. Nothing is deleted from the server.`}
    </p>
  );
}

function titleOf(risk: SignOutRisk, safe: boolean): string {
  if (safe || risk.kind === "checking") return "Sign out?";
  if (risk.kind === "no_backup") return "Set up a backup before you sign out?";
  return risk.kind === "unfinished"
    ? "Sign out before a change is finished?"
    : "Signing out may lose messages";
}
