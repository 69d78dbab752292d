import { useId, type Ref } from "react";
import styles from "./FileChoice.module.css";

interface FileChoiceProps {
  /** On the button. */
  children: string;
  onFile: (file: File) => void;
  /** Id of an element that names what the file is for; the button's own words follow it. */
  labelledBy?: string | undefined;
  /** Id of an element that says what is wrong. */
  problem?: string | undefined;
  inputRef?: Ref<HTMLInputElement> | undefined;
}

/** The browser's own input for a text file, dressed as a button; the file goes nowhere by itself. */
export function FileChoice(props: FileChoiceProps) {
  const { children, onFile, labelledBy, problem, inputRef } = props;
  const id = useId();
  return (
    <div className={styles.choice}>
      <label className={styles.label} id={`${id}-label`} htmlFor={id}>
        {children}
      </label>
      <input
        id={id}
        ref={inputRef}
        type="file"
        className={styles.input}
        accept=".txt,text/plain"
        aria-labelledby={labelledBy === undefined ? undefined : `${labelledBy} ${id}-label`}
        aria-invalid={problem === undefined ? undefined : true}
        aria-describedby={problem}
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
