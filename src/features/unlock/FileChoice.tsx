import { useId } from "react";
import styles from "./Unlock.module.css";

interface FileChoiceProps {
  onFile: (file: File) => void;
}

/** The browser's own file input, dressed as a button; the file is read here and goes nowhere. */
export function FileChoice({ onFile }: FileChoiceProps) {
  const id = useId();
  return (
    <div className={styles.fileChoice}>
      <label className={styles.fileLabel} htmlFor={id}>
        Choose file
      </label>
      <input
        id={id}
        type="file"
        className={styles.fileInput}
        accept=".txt,text/plain"
        onChange={(event) => {
          const file = event.target.files?.[0];
          // So that choosing the same file again is a change again.
          event.target.value = "";
          if (file !== undefined) onFile(file);
        }}
      />
    </div>
  );
}
