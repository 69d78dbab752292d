import { useEffect, useRef, useState, type FormEvent } from "react";
import { describeRecoveryKeyProblem } from "@/copy/describeRecoveryKeyProblem";
import { parseRecoveryKey, type RecoveryKey, type RecoveryKeyProblem } from "@/domain/recoveryKey";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { SecretField } from "@/ui/SecretField";
import styles from "./SetUp.module.css";
import { StepHeading } from "./StepHeading";

export type KeyFault = RecoveryKeyProblem | { readonly reason: "not_the_shown_one" };

interface EnterKeyStepProps {
  /** `confirm`: the key just shown is typed back. `existing`: the account has one already. */
  purpose: "confirm" | "existing";
  /** What the last attempt found wrong with the key itself. */
  fault: KeyFault | null;
  /** Takes a well-formed key, or says why not. */
  onKey: (key: RecoveryKey) => KeyFault | null;
  onBack: () => void;
}

/** The recovery key is typed or pasted. The text stays in its field and is read once per attempt. */
export function EnterKeyStep({ purpose, fault, onKey, onBack }: EnterKeyStepProps) {
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
      <StepHeading takesFocus={!faulty}>
        {purpose === "confirm" ? "Confirm your recovery key" : "Enter your recovery key"}
      </StepHeading>
      <p>
        {purpose === "confirm"
          ? "Type it, or paste it from where you saved it. This proves that your copy works. The backup is set up after that, not before."
          : "Your account has a recovery key already. It is kept and will open the new backup too."}
      </p>
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
          <Button type="submit">Finish</Button>
          <Button variant="tertiary" onClick={onBack}>
            {purpose === "confirm" ? "Show the key again" : "Cancel"}
          </Button>
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
