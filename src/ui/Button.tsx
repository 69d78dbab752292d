import type { ComponentPropsWithRef, MouseEvent } from "react";
import styles from "./Button.module.css";
import { Spinner } from "./Spinner";

export interface ButtonProps extends ComponentPropsWithRef<"button"> {
  variant?: "primary" | "secondary" | "tertiary" | "destructive" | undefined;
  /** Work is under way: clicks do nothing, the focus stays where it is. */
  busy?: boolean | undefined;
}

/** A pill button. `type` is "button" unless said otherwise. */
export function Button({
  variant = "primary",
  busy = false,
  type = "button",
  className,
  onClick,
  children,
  ...rest
}: ButtonProps) {
  // `disabled` would drop the focus to the page in the middle of a keyboard user's action.
  function handleClick(event: MouseEvent<HTMLButtonElement>): void {
    if (busy) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    onClick?.(event);
  }
  return (
    <button
      {...rest}
      // oxlint-disable-next-line react/button-has-type -- "button" unless told
      type={type}
      className={[styles.button, styles[variant], className].filter(Boolean).join(" ")}
      aria-busy={busy || undefined}
      aria-disabled={busy || rest["aria-disabled"]}
      onClick={handleClick}
    >
      {busy ? <Spinner /> : null}
      {children}
    </button>
  );
}
