import { formatRoomKeys } from "@/copy/formatNumber";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import type { ReactNode } from "react";
import styles from "./session.module.css";

export function OfflineNote({ pending }: { pending: number | null }) {
  return (
    <Alert tone="warning" title="The homeserver cannot be reached" quiet testId="sign-out-offline">
      <p>
        {pending === null || pending === 0
          ? "That is why nothing can be checked or uploaded now."
          : `${formatRoomKeys(pending)} ${pending === 1 ? "waits" : "wait"} for the upload, and nothing can be uploaded now.`}{" "}
        Wait until you are connected again, or keep the keys in a file.
      </p>
    </Alert>
  );
}

export function UntestedNote({ onTest }: { onTest: () => void }) {
  return (
    <Offer label="Test recovery key" onTake={onTest} testId="recovery-untested">
      There is a recovery key for it. Whether the one you have saved opens this backup has not been
      tried in this browser.
    </Offer>
  );
}

export function SetUpOffer({ onSetUp }: { onSetUp: () => void }) {
  return (
    <Offer label="Set up backup" onTake={onSetUp} primary>
      Best set up a backup first: with its recovery key you read the messages again on any device.
    </Offer>
  );
}

export function VerifyOffer({ onVerify }: { onVerify: () => void }) {
  return (
    <Offer label="Enter recovery key" onTake={onVerify} primary>
      With your recovery key this device is verified, and they are carried over.
    </Offer>
  );
}

export function ExportOffer({ onExport }: { onExport: () => void }) {
  return (
    <Offer label="Export keys" onTake={onExport}>
      You can keep the room keys of this device in an encrypted file, and sign out after that.
    </Offer>
  );
}

interface OfferProps {
  label: string;
  onTake: () => void;
  primary?: boolean;
  testId?: string;
  children: ReactNode;
}

/** Something to do before signing out. */
function Offer({ label, onTake, primary = false, testId, children }: OfferProps) {
  return (
    <div className={styles.offer} data-testid={testId}>
      <p>{children}</p>
      <Button variant={primary ? "primary" : "secondary"} onClick={onTake}>
        {label}
      </Button>
    </div>
  );
}
