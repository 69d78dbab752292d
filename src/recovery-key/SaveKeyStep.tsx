import CopyIcon from "@vector-im/compound-design-tokens/assets/web/icons/copy";
import DownloadIcon from "@vector-im/compound-design-tokens/assets/web/icons/download";
import DocumentIcon from "@vector-im/compound-design-tokens/assets/web/icons/document";
import { useCallback, useEffect, useState } from "react";
import { flushSync } from "react-dom";
import { RECOVERY_KEY_IS } from "@/copy/terms";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { StepHeading, type StepPlace } from "@/ui/StepHeading";
import { ClipboardNote, type ClipboardState } from "./ClipboardNote";
import { PrintKit } from "./PrintKit";
import { recoveryKeyFileName, recoveryKeyFileText, type RecoveryKeyKit } from "./recoveryKeyFile";
import styles from "./RecoveryKey.module.css";
import { saveAs } from "./saveAs";
import { SecretText } from "./SecretText";

/** A key left on the screen is hidden again after this long, in milliseconds. */
const HIDE_AFTER = 120_000;

interface SaveKeyStepProps {
  readKey: () => string;
  kit: RecoveryKeyKit;
  /** A run with this key was begun, so that the account may use it already. */
  tried: boolean;
  place: StepPlace;
  onSaved: () => void;
  onCancel: () => void;
}

/** Shows the new recovery key and helps to keep it. Hides it when the page is hidden. */
export function SaveKeyStep(props: SaveKeyStepProps) {
  const { readKey, kit, tried, place, onSaved, onCancel } = props;
  const { shown, show } = useRevealed();
  const [printing, setPrinting] = usePrinting(shown);
  const [clipboard, setClipboard] = useState<ClipboardState>("empty");
  const printed = useCallback(() => setPrinting("no"), [setPrinting]);

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(readKey());
      setClipboard("holds_key");
    } catch {
      setClipboard("copy_failed");
    }
  }

  return (
    <Card
      actions={
        <>
          <Button onClick={onSaved}>I have saved it</Button>
          <Button variant="tertiary" onClick={onCancel}>
            Cancel
          </Button>
        </>
      }
    >
      <StepHeading place={place}>Save your recovery key</StepHeading>
      <p>{RECOVERY_KEY_IS}</p>
      {shown ? (
        <SecretText read={readKey} testId="recovery-key" />
      ) : (
        <div className={styles.hiddenKey}>
          <p>The key is hidden.</p>
          <Button variant="secondary" onClick={show}>
            Show
          </Button>
        </div>
      )}
      <div className={styles.row}>
        <Button variant="secondary" onClick={() => void copy()}>
          <CopyIcon aria-hidden="true" />
          Copy
        </Button>
        <Button
          variant="secondary"
          onClick={() => saveAs(recoveryKeyFileName(kit), recoveryKeyFileText(readKey(), kit))}
        >
          <DownloadIcon aria-hidden="true" />
          Download
        </Button>
        <Button variant="secondary" onClick={() => setPrinting("asked_here")}>
          <DocumentIcon aria-hidden="true" />
          Print
        </Button>
      </div>
      <ClipboardNote state={clipboard} onChange={setClipboard} />
      {tried ? null : <p className={styles.quiet}>Nothing on the server has been changed yet.</p>}
      {printing === "no" ? null : (
        <PrintKit
          kit={kit}
          readKey={readKey}
          asks={printing === "asked_here"}
          onPrinted={printed}
        />
      )}
    </Card>
  );
}

/** Shown at first; hidden when nobody looks at the page any more, or after a while. */
function useRevealed(): { shown: boolean; show: () => void } {
  const [shown, setShown] = useState(true);
  useEffect(() => {
    if (!shown) return undefined;
    const hide = () => setShown(false);
    const hideWithPage = () => {
      if (document.visibilityState === "hidden") hide();
    };
    const timer = setTimeout(hide, HIDE_AFTER);
    document.addEventListener("visibilitychange", hideWithPage);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", hideWithPage);
    };
  }, [shown]);
  return { shown, show: () => setShown(true) };
}

/** By the button, or by the browser's own command: the sheet is printed either way. */
type Printing = "no" | "asked_here" | "by_browser";

function usePrinting(shown: boolean) {
  const state = useState<Printing>("no");
  const [, setPrinting] = state;
  useEffect(() => {
    if (!shown) return undefined;
    // The browser takes its picture of the page right after this event.
    const prepare = () =>
      flushSync(() => setPrinting((now) => (now === "no" ? "by_browser" : now)));
    window.addEventListener("beforeprint", prepare);
    return () => window.removeEventListener("beforeprint", prepare);
  }, [shown, setPrinting]);
  return state;
}
