import type { ReactNode } from "react";
import styles from "./CheckBox.module.css";

interface CheckBoxProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
  /** The id of what explains it. */
  describedBy?: string;
  /** Its label. */
  children: ReactNode;
}

/** A choice that is on or off, with its label beside it. */
export function CheckBox({ checked, onChange, disabled, describedBy, children }: CheckBoxProps) {
  return (
    <label className={styles.choice}>
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
        aria-describedby={describedBy}
      />
      <span>{children}</span>
    </label>
  );
}
