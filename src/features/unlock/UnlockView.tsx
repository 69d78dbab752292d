import { RECOVERY_KEY_IS } from "@/copy/terms";
import { mayTakePassphrase, type KeyEntryOptions } from "@/domain/keyEntry";
import type { UnlockReport } from "@/domain/ports";
import type { Reading } from "@/domain/reading";
import type { KeyBackupOverview } from "@/state/hooks";
import { Alert } from "@/ui/Alert";
import { Card } from "@/ui/Card";
import { Details } from "@/ui/Details";
import { useRef, useState, type ReactNode } from "react";
import { DecryptionKeyForm, type SetDecryptionKey } from "./DecryptionKeyForm";
import { KeyEntryForm } from "./KeyEntryForm";
import { LostKey } from "./LostKey";
import styles from "./Unlock.module.css";
import { Unlocked } from "./Unlocked";
import type { EntryMode, SubmitEntry } from "./useKeyEntryForm";

interface UnlockViewProps {
  overview: KeyBackupOverview;
  options: Reading<KeyEntryOptions>;
  unlock: SubmitEntry<UnlockReport>;
  setDecryptionKey: SetDecryptionKey;
  onRestore: () => void;
  /** Beside what holds: the offer to have the account name the key again. */
  nameKey?: ReactNode;
}

/** The form until the key was right, then what holds. */
export function UnlockView(props: UnlockViewProps) {
  const { overview, options, unlock, setDecryptionKey, onRestore, nameKey } = props;
  const [done, setDone] = useState<{ report: UnlockReport; mode: EntryMode } | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const backup = overview.backup.status === "known" ? overview.backup.value : null;

  function unlocked(report: UnlockReport, mode: EntryMode): void {
    setDone({ report, mode });
    // The field that had the focus is about to go.
    heading.current?.focus();
  }

  return (
    <div className={styles.page} data-testid="unlock" data-passphrase={passphraseState(options)}>
      <h1 className={styles.heading} tabIndex={-1} ref={heading}>
        Enter recovery key
      </h1>
      {done === null ? (
        <>
          <Card>
            <p>{RECOVERY_KEY_IS}</p>
            <AlreadyUnlocked overview={overview} />
            <KeyEntryForm
              verb="Unlock"
              takesPassphrase={mayTakePassphrase(options)}
              submit={unlock}
              onDone={unlocked}
            />
          </Card>
          <Card>
            <LostKey />
            <Details summary="Advanced: set the backup decryption key by hand">
              <DecryptionKeyForm
                setKey={setDecryptionKey}
                onSet={(report) => unlocked(report, "recovery_key")}
              />
            </Details>
          </Card>
        </>
      ) : (
        <Unlocked {...done} backup={backup} onRestore={onRestore}>
          {nameKey}
        </Unlocked>
      )}
    </div>
  );
}

/** Whether the account has a passphrase, for tests and for people helping each other. */
function passphraseState(options: Reading<KeyEntryOptions>): "yes" | "no" | "unknown" {
  if (options.status !== "known") return "unknown";
  return mayTakePassphrase(options) ? "yes" : "no";
}

function AlreadyUnlocked({
  overview: { trust, crossSigning, backup },
}: {
  overview: KeyBackupOverview;
}) {
  const fits = trust.status === "known" && trust.value.key === "match";
  const verified = crossSigning.status === "known" && crossSigning.value.deviceVerified;
  if (!fits || !verified || backup.status !== "known" || backup.value === null) return null;
  return (
    <Alert tone="info" title="This device is verified and can open the backup already">
      <p>There is no need to enter the recovery key for backup version {backup.value.version}.</p>
    </Alert>
  );
}
