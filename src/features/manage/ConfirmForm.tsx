import { useRef, useState, type FormEvent, type ReactNode } from "react";
import { confirmsByTyping } from "@/domain/removal";
import { TextField } from "@/ui/TextField";
import styles from "./Manage.module.css";

interface ConfirmFormProps {
  id: string;
  /** The word that confirms; the version does so, too. */
  word: string;
  version: string | null;
  /** Runs after the word was typed rightly; may refuse for reasons of its own. */
  onConfirm: () => void;
  children?: ReactNode;
}

/** A second, deliberate step: the verb or the version has to be typed. */
export function ConfirmForm({ id, word, version, onConfirm, children }: ConfirmFormProps) {
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState(false);
  const input = useRef<HTMLInputElement>(null);

  function submit(event: FormEvent): void {
    event.preventDefault();
    const confirmed = confirmsByTyping(typed, word, version);
    setWrong(!confirmed);
    if (confirmed) onConfirm();
    else input.current?.focus();
  }

  const answers = version === null ? `“${word}”` : `“${word}” or the version, ${version},`;
  return (
    <form id={id} className={styles.form} noValidate onSubmit={submit}>
      <TextField
        label={`Type ${answers} to confirm`}
        name="confirmation"
        autoComplete="off"
        spellCheck={false}
        value={typed}
        inputRef={input}
        onChange={(text) => {
          setTyped(text);
          setWrong(false);
        }}
        error={wrong ? "This is not what was asked for. Nothing was changed." : null}
      />
      {children}
    </form>
  );
}
