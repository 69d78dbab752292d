import VisibilityOffIcon from "@vector-im/compound-design-tokens/assets/web/icons/visibility-off";
import VisibilityOnIcon from "@vector-im/compound-design-tokens/assets/web/icons/visibility-on";
import { useEffect, useId, useImperativeHandle, useLayoutEffect, useRef, useState } from "react";
import styles from "./Field.module.css";
import { describedBy, FieldFrame } from "./FieldFrame";
import type { FieldProps } from "./fieldProps";

/**
 * A masked field with a "Show"/"Hide" button. The text lives in the input alone: React's controlled
 * inputs would copy it into the DOM as an attribute. Hidden again whenever the page is hidden.
 */
export function SecretField(props: FieldProps) {
  const { label, value, onChange, onBlur, error, hint, inputRef, testId } = props;
  const { name, autoComplete = "off", autoFocus, disabled, required } = props;
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [shown, setShown] = useState(false);
  useImperativeHandle<HTMLInputElement | null, HTMLInputElement | null>(
    inputRef,
    () => input.current,
  );

  useLayoutEffect(() => {
    const element = input.current;
    if (element !== null && value !== undefined && element.value !== value) element.value = value;
  }, [value]);

  useEffect(() => {
    const hide = () => {
      if (document.visibilityState === "hidden") setShown(false);
    };
    document.addEventListener("visibilitychange", hide);
    return () => document.removeEventListener("visibilitychange", hide);
  }, []);

  return (
    <FieldFrame id={id} label={label} hint={hint} error={error}>
      <div className={styles.box}>
        <input
          ref={input}
          id={id}
          className={`${styles.input} ${styles.secret}`}
          type={shown ? "text" : "password"}
          name={name}
          onInput={(event) => onChange?.(event.currentTarget.value)}
          onBlur={onBlur}
          // What is shown is a text field, and browsers write these to the disk to come back after a
          // crash, unless they are told not to complete them.
          autoComplete={shown ? "off" : autoComplete}
          autoCapitalize="off"
          autoCorrect="off"
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- as in TextField
          autoFocus={autoFocus}
          disabled={disabled}
          required={required}
          spellCheck={false}
          translate="no"
          aria-invalid={error ? true : undefined}
          aria-describedby={describedBy(id, hint, error)}
          data-testid={testId}
        />
        <button
          type="button"
          className={styles.reveal}
          aria-controls={id}
          disabled={disabled}
          onClick={() => setShown(!shown)}
        >
          {shown ? (
            <VisibilityOffIcon aria-hidden="true" />
          ) : (
            <VisibilityOnIcon aria-hidden="true" />
          )}
          {shown ? "Hide" : "Show"}
        </button>
      </div>
    </FieldFrame>
  );
}
