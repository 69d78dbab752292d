import { describeError } from "@/copy/describeError";
import { describeRecoveryKeyProblem } from "@/copy/describeRecoveryKeyProblem";
import { RECOVERY_KEY_HINT } from "@/copy/terms";
import { formatNumber } from "@/copy/formatNumber";
import type { AppError } from "@/domain/errors";
import type { RecoveryKeyInspection } from "@/domain/recoveryKey";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { FileChoice } from "@/ui/FileChoice";
import { LiveRegion } from "@/ui/LiveRegion";
import { SecretField } from "@/ui/SecretField";
import type { ReactNode } from "react";
import { EntryProblem } from "./EntryProblem";
import styles from "./Unlock.module.css";
import { useFileDrop } from "./useFileDrop";
import { useKeyEntryForm, type EntryMode, type SubmitEntry } from "./useKeyEntryForm";

export interface KeyEntryFormProps<T> {
  /** On the button that sends it off. */
  verb: string;
  /** Whether the account has a key that is made from a passphrase, or may have one. */
  takesPassphrase: boolean;
  submit: SubmitEntry<T>;
  onDone: (value: T, mode: EntryMode) => void;
  /** Stands between the field and the buttons. */
  children?: ReactNode;
}

/**
 * Takes the recovery key by typing, pasting, file or drop, or a passphrase where the account uses
 * one, and says exactly what is wrong with it.
 */
export function KeyEntryForm<T>({
  verb,
  takesPassphrase,
  submit,
  onDone,
  children,
}: KeyEntryFormProps<T>) {
  const form = useKeyEntryForm(submit, onDone);
  const { mode, busy, error, inspection } = form;
  const words = fieldWords(form, takesPassphrase);
  const { formRef, dragging } = useFileDrop((file) => {
    if (mode === "recovery_key") void form.takeFile(file);
  });
  const deriving = busy && mode === "passphrase";

  return (
    <form
      ref={formRef}
      className={`${styles.form} ${dragging ? styles.dragging : ""}`}
      noValidate
      aria-busy={busy}
      onSubmit={(event) => {
        event.preventDefault();
        void form.submit();
      }}
    >
      {error === null || isAboutEntry(error) ? null : (
        <EntryProblem error={error} busy={busy} mode={mode} />
      )}
      {form.fileProblem === null ? null : <Alert tone="warning" title={form.fileProblem} />}
      <SecretField
        key={mode}
        label={mode === "recovery_key" ? "Recovery key" : "Passphrase"}
        name={mode === "recovery_key" ? "matrix-recovery-key" : "matrix-recovery-passphrase"}
        inputRef={form.input}
        onChange={form.changed}
        error={words}
        hint={error !== null && isAboutEntry(error) ? null : <Hint {...{ mode, inspection }} />}
      />
      {words === null || error === null ? null : (
        // The message stands at the field; this only has it read out, wherever the focus is.
        <p className={styles.spoken} role="alert" data-testid="error" data-code={error.kind}>
          {words}
        </p>
      )}
      {children}
      <div className={styles.actions}>
        <Button type="submit" busy={busy}>
          {verb}
        </Button>
        {mode === "recovery_key" ? (
          <FileChoice onFile={(file) => void form.takeFile(file)}>Choose file</FileChoice>
        ) : null}
        <OtherWay {...{ mode, takesPassphrase }} onSwitch={form.switchTo} />
      </div>
      <LiveRegion message={deriving ? DERIVING : ""} />
      {deriving ? (
        <p className={styles.deriving} data-testid="deriving">
          {DERIVING}{" "}
          <Button variant="tertiary" onClick={form.cancel}>
            Cancel
          </Button>
        </p>
      ) : null}
    </form>
  );
}

const DERIVING = "Deriving the key from the passphrase. That takes a few seconds on purpose.";

interface OtherWayProps {
  mode: EntryMode;
  takesPassphrase: boolean;
  onSwitch: (mode: EntryMode) => void;
}

function OtherWay({ mode, takesPassphrase, onSwitch }: OtherWayProps) {
  if (mode === "passphrase") {
    return (
      <Button variant="tertiary" onClick={() => onSwitch("recovery_key")}>
        Use the recovery key
      </Button>
    );
  }
  return takesPassphrase ? (
    <Button variant="tertiary" onClick={() => onSwitch("passphrase")}>
      Use a passphrase
    </Button>
  ) : null;
}

function isAboutEntry(error: AppError): boolean {
  return error.kind === "recovery_key" || error.kind === "passphrase";
}

/** What is wrong with the entry itself; before it is sent only what typing on cannot mend. */
function fieldWords(
  form: Pick<ReturnType<typeof useKeyEntryForm>, "error" | "inspection" | "look" | "mode">,
  takesPassphrase: boolean,
): string | null {
  const { error, look, mode } = form;
  if (error !== null && error.kind !== "recovery_key") {
    if (error.kind !== "passphrase") return null;
    const { title, body } = describeError(error);
    return `${title}. ${body}`;
  }
  const { invalidCharacters: characters } = form.inspection;
  const problem = error?.problem ?? { reason: "characters" as const, characters };
  if (error === null && (mode === "passphrase" || characters.length === 0)) return null;
  const { title, body } = describeRecoveryKeyProblem(problem, { look, takesPassphrase });
  return `${title}. ${body}`;
}

function Hint({ mode, inspection }: { mode: EntryMode; inspection: RecoveryKeyInspection }) {
  const { count, of, complete } = inspection;
  if (mode === "passphrase") {
    return "The phrase you chose when recovery was set up in another app. Every character matters, spaces too. It is not the account password.";
  }
  if (count === 0) {
    return RECOVERY_KEY_HINT;
  }
  return (
    <span data-testid="recovery-key-length" data-complete={complete}>
      {count > of
        ? `${formatNumber(count)} characters: too long, perhaps pasted twice`
        : `${count} of ${of} characters${complete ? ": complete" : ""}`}
    </span>
  );
}
