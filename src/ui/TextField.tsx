import { useId } from "react";
import styles from "./Field.module.css";
import { describedBy, FieldFrame } from "./FieldFrame";
import type { FieldProps } from "./fieldProps";

interface TextFieldProps extends FieldProps {
  type?: "text" | "url" | "email" | "search";
}

/** A labelled one-line text field. Not for secrets: React writes the value into the DOM. */
export function TextField(props: TextFieldProps) {
  const { label, value, onChange, onBlur, error, hint, type = "text", inputRef, testId } = props;
  const { name, autoComplete, autoFocus, disabled, required, spellCheck } = props;
  const id = useId();
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error}>
      <div className={styles.box}>
        <input
          ref={inputRef}
          id={id}
          className={styles.input}
          type={type}
          name={name}
          value={value}
          onChange={(event) => onChange?.(event.target.value)}
          onBlur={onBlur}
          autoComplete={autoComplete}
          autoCapitalize="off"
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- only where it is the first thing to do on a screen just asked for
          autoFocus={autoFocus}
          disabled={disabled}
          required={required}
          spellCheck={spellCheck}
          aria-invalid={error ? true : undefined}
          aria-describedby={describedBy(id, hint, error)}
          data-testid={testId}
        />
      </div>
    </FieldFrame>
  );
}
