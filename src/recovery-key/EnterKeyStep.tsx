import { useEffect, useRef, useState, type FormEvent, type ReactNode } from "react";
import { describeRecoveryKeyProblem } from "@/copy/describeRecoveryKeyProblem";
import { parseRecoveryKey, type RecoveryKey, type RecoveryKeyProblem } from "@/domain/recoveryKey";
import { RECOVERY_KEY_HINT } from "@/copy/terms";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { FileChoice } from "@/ui/FileChoice";
import { SecretField } from "@/ui/SecretField";
import { StepHeading, type StepPlace } from "@/ui/StepHeading";
import styles from "./RecoveryKey.module.css";
import { useKeyFile } from "./useKeyFile";

export type KeyFault =
  | RecoveryKeyProblem
  | { readonly reason: "not_the_shown_one" }
  /** The new key, where the present one is asked for. */
  | { readonly reason: "the_new_one" };

interface EnterKeyStepProps {
  title: string;
  /** What the key is asked for. */
  intro: string;
  submit: string;
  back: string;
  place?: StepPlace | undefined;
  /** What the last attempt found wrong with the key itself. */
  fault: KeyFault | null;
  /** Takes a well-formed key, or says why not. */
  onKey: (key: RecoveryKey) => KeyFault | null;
  onBack: () => void;
  /** Where `back` is only a step back: the way out. */
  onCancel?: (() => void) | undefined;
  /** Another way, beside the buttons. */
  children?: ReactNode;
}

/** The recovery key is typed or pasted. The text stays in its field and is read once per attempt. */
export function EnterKeyStep(props: EnterKeyStepProps) {
  const { title, intro, place, fault, onKey, onBack, onCancel, children } = props;
  const input = useRef<HTMLInputElement>(null);
  const [found, setFound] = useState<KeyFault | null>(fault);
  const { fileProblem, takeFile, forgetProblem } = useKeyFile((text) => {
    if (input.current === null) return;
    input.current.value = text;
    input.current.focus();
    setFound(null);
  });

  // Back from an attempt that the key did not fit: the field is what needs looking at.
  const faulty = fault !== null;
  useEffect(() => {
    if (faulty) input.current?.focus();
  }, [faulty]);

  function submit(event: FormEvent): void {
    event.preventDefault();
    const parsed = parseRecoveryKey(input.current?.value ?? "");
    const problem = parsed.ok ? onKey(parsed.value) : parsed.error;
    setFound(problem);
    if (problem !== null) input.current?.focus();
  }

  return (
    <Card>
      <StepHeading takesFocus={!faulty} place={place}>
        {title}
      </StepHeading>
      <p>{intro}</p>
      <form className={styles.form} noValidate onSubmit={submit}>
        {fileProblem === null ? null : <Alert tone="warning" title={fileProblem} />}
        <SecretField
          label="Recovery key"
          name="matrix-recovery-key"
          inputRef={input}
          onChange={() => {
            setFound(null);
            forgetProblem();
          }}
          error={found === null ? null : faultWords(found)}
          hint={RECOVERY_KEY_HINT}
        />
        <div className={styles.row}>
          <Button type="submit">{props.submit}</Button>
          <FileChoice onFile={takeFile}>Choose file</FileChoice>
          <Button variant="tertiary" onClick={onBack}>
            {props.back}
          </Button>
          {onCancel === undefined ? null : (
            <Button variant="tertiary" onClick={onCancel}>
              Cancel
            </Button>
          )}
          {children}
        </div>
      </form>
    </Card>
  );
}

function faultWords(fault: KeyFault): string {
  if (fault.reason === "not_the_shown_one") {
    return "This is a recovery key, but not the one you were just shown. Look at your copy again.";
  }
  if (fault.reason === "the_new_one") {
    return "This is the new key. Here the present one is asked for, which you have used until now.";
  }
  const { title, body } = describeRecoveryKeyProblem(fault);
  return `${title}. ${body}`;
}
