import type { ReactNode, Ref } from "react";

/** What a one-line text field takes. With `value` the parent holds the text, without it the DOM does. */
export interface FieldProps {
  label: string;
  value?: string | undefined;
  onChange?: ((text: string) => void) | undefined;
  onBlur?: (() => void) | undefined;
  /** What is wrong with the input; null or absent when nothing is. */
  error?: string | null | undefined;
  hint?: ReactNode;
  name?: string | undefined;
  autoComplete?: string | undefined;
  autoFocus?: boolean | undefined;
  disabled?: boolean | undefined;
  required?: boolean | undefined;
  spellCheck?: boolean | undefined;
  inputRef?: Ref<HTMLInputElement> | undefined;
  testId?: string | undefined;
}
