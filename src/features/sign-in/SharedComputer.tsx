import { useId } from "react";
import { DEVICE_STAYS, MEMORY_ONLY_MEANS } from "@/copy/describeMemoryOnly";
import { hasWebLocks } from "@/lib/pageAbilities";
import { Alert } from "@/ui/Alert";
import { CheckBox } from "@/ui/CheckBox";
import { Button } from "@/ui/Button";
import styles from "./SignIn.module.css";

interface SharedComputerProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
}

/** The choice of a session of which nothing is stored. */
export function SharedComputer({ checked, onChange }: SharedComputerProps) {
  const hint = useId();
  return (
    <div className={styles.shared}>
      <CheckBox checked={checked} onChange={onChange} describedBy={hint}>
        This is a shared computer
      </CheckBox>
      <p className={styles.hint} id={hint}>
        {checked
          ? `${MEMORY_ONLY_MEANS} ${DEVICE_STAYS}`
          : "Stores nothing: your session and its keys last as long as this tab."}
      </p>
    </div>
  );
}

/** The browser stores nothing, or must not: said before anything is asked for. */
export function WithoutStorage({ onRetry }: { onRetry: () => void }) {
  return hasWebLocks() ? <StorageRefused onRetry={onRetry} /> : <WithoutLocks />;
}

/** Trying again is of no use: no setting brings what the browser does not have. */
function WithoutLocks() {
  return (
    <Alert
      tone="warning"
      title="This browser is too old to keep you signed in"
      testId="memory-only"
    >
      <p>
        It has no Web Locks, so two tabs could work with the same keys at once and damage them. You
        can sign in all the same, for this tab only. {MEMORY_ONLY_MEANS} {DEVICE_STAYS}
      </p>
      <p>
        If you were signed in here before, nothing of that was removed: open this page in a newer
        version of the browser.
      </p>
    </Alert>
  );
}

function StorageRefused({ onRetry }: { onRetry: () => void }) {
  return (
    <Alert
      tone="warning"
      title="This browser does not let the app store anything"
      testId="memory-only"
      action={
        <Button variant="secondary" onClick={onRetry}>
          Try again
        </Button>
      }
    >
      <p>
        Storage may be switched off by a setting, or missing in a private window. You can sign in
        all the same, for this tab only. {MEMORY_ONLY_MEANS} {DEVICE_STAYS}
      </p>
      <p>
        If you were signed in here before, nothing of that was removed: allow site data, then try
        again.
      </p>
    </Alert>
  );
}
