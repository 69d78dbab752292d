import { describeError } from "@/copy/describeError";
import type { AppError } from "@/domain/errors";
import { parseRecoveryKey, type RecoveryKey } from "@/domain/recoveryKey";
import { RECOVERY_KEY_HINT } from "@/copy/terms";
import { useKeyFile } from "@/recovery-key/useKeyFile";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { FileChoice } from "@/ui/FileChoice";
import { SecretField } from "@/ui/SecretField";
import { useRef, useState } from "react";
import styles from "./Repair.module.css";

interface RepairKeyFormProps {
  /** The verb on the button. */
  label: string;
  busy: boolean;
  /** Answers with what went wrong, or null. The key's bytes are wiped afterwards. */
  onKey: (key: RecoveryKey) => Promise<AppError | null>;
}

/** Asks for the recovery key; the text stays in the input and is read once per attempt. */
export function RepairKeyForm({ label, busy, onKey }: RepairKeyFormProps) {
  const input = useRef<HTMLInputElement>(null);
  const [error, setError] = useState<AppError | null>(null);
  const { fileProblem, takeFile, forgetProblem } = useKeyFile((text) => {
    if (input.current === null) return;
    input.current.value = text;
    input.current.focus();
    setError(null);
  });

  async function submit(): Promise<void> {
    const field = input.current;
    if (field === null || busy) return;
    setError(null);
    const key = parseRecoveryKey(field.value);
    if (!key.ok) {
      setError({ kind: "recovery_key", problem: key.error });
      field.focus();
      return;
    }
    try {
      const failed = await onKey(key.value);
      setError(failed);
      if (failed === null) field.value = "";
      else field.focus();
    } finally {
      key.value.bytes.fill(0);
    }
  }

  const words = error === null ? null : describeError(error);
  const atField = error?.kind === "recovery_key";
  return (
    <form
      className={styles.form}
      noValidate
      aria-busy={busy}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {words === null || atField ? null : (
        <Alert tone="critical" title={words.title} code={error?.kind}>
          <p>{words.body}</p>
          <p>Nothing was changed.</p>
        </Alert>
      )}
      {fileProblem === null ? null : <Alert tone="warning" title={fileProblem} />}
      <SecretField
        label="Recovery key"
        name="matrix-recovery-key"
        inputRef={input}
        onChange={() => {
          setError(null);
          forgetProblem();
        }}
        hint={RECOVERY_KEY_HINT}
        error={words !== null && atField ? `${words.title}. ${words.body}` : null}
      />
      <div className={styles.actions}>
        <Button type="submit" busy={busy}>
          {label}
        </Button>
        <FileChoice onFile={takeFile}>Choose file</FileChoice>
      </div>
    </form>
  );
}
