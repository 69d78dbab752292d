import { useEffect, useRef, useState, type FormEvent, type ReactNode } from "react";
import { describeRecoveryKeyProblem } from "@/copy/describeRecoveryKeyProblem";
import { parseRecoveryKey, type RecoveryKey, type RecoveryKeyProblem } from "@/domain/recoveryKey";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { SecretField } from "@/ui/SecretField";
import { StepHeading } from "@/ui/StepHeading";
import styles from "./RecoveryKey.module.css";

export type KeyFault = RecoveryKeyProblem | { readonly reason: "not_the_shown_one" };

interface EnterKeyStepProps {
  title: string;
  /** What the key is asked for. */
  intro: string;
  submit: string;
  back: string;
  /** What the last attempt found wrong with the key itself. */
  fault: KeyFault | null;
  /** Takes a well-formed key, or says why not. */
  onKey: (key: RecoveryKey) => KeyFault | null;
  onBack: () => void;
  /** Another way, beside the buttons. */
  children?: ReactNode;
}

/** The recovery key is typed or pasted. The text stays in its field and is read once per attempt. */
export function EnterKeyStep(props: EnterKeyStepProps) {
  const { title, intro, fault, onKey, onBack, children } = props;
  const input = useRef<HTMLInputElement>(null);
  const [found, setFound] = useState<KeyFault | null>(fault);

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
      <StepHeading takesFocus={!faulty}>{title}</StepHeading>
      <p>{intro}</p>
      <form className={styles.form} noValidate onSubmit={submit}>
        <SecretField
          label="Recovery key"
          name="matrix-recovery-key"
          inputRef={input}
          onChange={() => setFound(null)}
          error={found === null ? null : faultWords(found)}
          hint="Spaces do not matter; upper and lower case do."
        />
        <div className={styles.row}>
          <Button type="submit">{props.submit}</Button>
          <Button variant="tertiary" onClick={onBack}>
            {props.back}
          </Button>
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
  const { title, body } = describeRecoveryKeyProblem(fault);
  return `${title}. ${body}`;
}
