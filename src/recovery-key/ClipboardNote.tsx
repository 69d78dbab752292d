import { Button } from "@/ui/Button";
import styles from "./RecoveryKey.module.css";

export type ClipboardState = "empty" | "holds_key" | "cleared" | "copy_failed";

interface ClipboardNoteProps {
  state: ClipboardState;
  onChange: (state: ClipboardState) => void;
}

/** What the clipboard holds because of us, and the way to clear it. No promise: it cannot be read. */
export function ClipboardNote({ state, onChange }: ClipboardNoteProps) {
  async function clear(): Promise<void> {
    try {
      await navigator.clipboard.writeText("");
      onChange("cleared");
    } catch {
      onChange("copy_failed");
    }
  }
  return (
    <div className={styles.clipboard}>
      <output>{WORDS[state]}</output>
      {state === "holds_key" ? (
        <Button variant="secondary" onClick={() => void clear()}>
          Clear clipboard
        </Button>
      ) : null}
    </div>
  );
}

const WORDS: Readonly<Record<ClipboardState, string>> = {
  empty: "",
  holds_key:
    "Copied. Other programs can read the clipboard: clear it once you have pasted the key.",
  cleared: "The clipboard was cleared. A clipboard history may still have the key.",
  copy_failed: "The browser does not allow this. Select the key on the page instead.",
};
