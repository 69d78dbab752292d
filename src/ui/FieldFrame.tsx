import ErrorIcon from "@vector-im/compound-design-tokens/assets/web/icons/error";
import type { ReactNode } from "react";
import styles from "./Field.module.css";

/** Ids that tie an input to its hint and error, for aria-describedby. */
export function describedBy(id: string, hint: ReactNode, error: string | null | undefined) {
  const ids = [hint ? `${id}-hint` : null, error ? `${id}-error` : null].filter(
    (part) => part !== null,
  );
  return ids.length === 0 ? undefined : ids.join(" ");
}

interface FieldFrameProps {
  id: string;
  label: string;
  hint?: ReactNode;
  error: string | null | undefined;
  children: ReactNode;
}

/** Label above, then the control, then error and hint below it. */
export function FieldFrame({ id, label, hint, error, children }: FieldFrameProps) {
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      {children}
      {error ? (
        <p className={styles.error} id={`${id}-error`}>
          <ErrorIcon aria-hidden="true" />
          <span>{error}</span>
        </p>
      ) : null}
      {hint ? (
        <div className={styles.hint} id={`${id}-hint`}>
          {hint}
        </div>
      ) : null}
    </div>
  );
}
