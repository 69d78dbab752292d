import { describeError } from "@/copy/describeError";
import { describeRecoveryKeyProblem } from "@/copy/describeRecoveryKeyProblem";
import { formatNumber } from "@/copy/formatNumber";
import type { AppError } from "@/domain/errors";
import type { UnlockReport } from "@/domain/ports";
import type { RecoveryKeyInspection, RecoveryKeyProblem } from "@/domain/recoveryKey";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { SecretField } from "@/ui/SecretField";
import { FileChoice } from "./FileChoice";
import styles from "./Unlock.module.css";
import { useFileDrop } from "./useFileDrop";
import { useRecoveryKeyForm, type Unlock } from "./useRecoveryKeyForm";

interface RecoveryKeyFormProps {
  unlock: Unlock;
  onUnlocked: (report: UnlockReport) => void;
}

/** Takes the recovery key by typing, pasting, file or drop, and says exactly what is wrong with it. */
export function RecoveryKeyForm({ unlock, onUnlocked }: RecoveryKeyFormProps) {
  const form = useRecoveryKeyForm(unlock, onUnlocked);
  const problem = keyProblem(form.inspection, form.error);
  const words = problem === null ? null : describeRecoveryKeyProblem(problem, form);
  const { formRef, dragging } = useFileDrop((file) => void form.takeFile(file));

  return (
    <form
      ref={formRef}
      className={`${styles.form} ${dragging ? styles.dragging : ""}`}
      noValidate
      aria-busy={form.busy}
      onSubmit={(event) => {
        event.preventDefault();
        void form.submit();
      }}
    >
      {form.error === null || form.error.kind === "recovery_key" ? null : (
        <Problem error={form.error} busy={form.busy} />
      )}
      {form.fileProblem === null ? null : <Alert tone="warning" title={form.fileProblem} />}
      <SecretField
        label="Recovery key"
        name="matrix-recovery-key"
        inputRef={form.input}
        onChange={form.changed}
        error={words === null ? null : `${words.title}. ${words.body}`}
        hint={form.error?.kind === "recovery_key" ? null : <Hint inspection={form.inspection} />}
      />
      {words === null || form.error === null ? null : (
        // The message stands at the field; this only has it read out, wherever the focus is.
        <p className={styles.spoken} role="alert" data-testid="error" data-code={form.error.kind}>
          {words.title}. {words.body}
        </p>
      )}
      <div className={styles.actions}>
        <Button type="submit" busy={form.busy}>
          Unlock
        </Button>
        <FileChoice onFile={(file) => void form.takeFile(file)} />
      </div>
    </form>
  );
}

/** What is wrong with the key itself; before it is sent only what typing on cannot mend. */
function keyProblem(
  { invalidCharacters }: RecoveryKeyInspection,
  error: AppError | null,
): RecoveryKeyProblem | null {
  if (error !== null) return error.kind === "recovery_key" ? error.problem : null;
  return invalidCharacters.length === 0
    ? null
    : { reason: "characters", characters: invalidCharacters };
}

function Hint({ inspection }: { inspection: RecoveryKeyInspection }) {
  const { count, of, complete } = inspection;
  if (count === 0) {
    return "48 characters, in 12 groups of 4. It starts with “Es”. Spaces do not matter, upper and lower case do.";
  }
  return (
    <span data-testid="recovery-key-length" data-complete={complete}>
      {count > of
        ? `${formatNumber(count)} characters: too long, perhaps pasted twice`
        : `${count} of ${of} characters${complete ? ": complete" : ""}`}
    </span>
  );
}

/** What went wrong on the way; faults of the key stand at the field. */
function Problem({ error, busy }: { error: AppError; busy: boolean }) {
  const { title, body, action } = describeError(error);
  return (
    <Alert
      tone="critical"
      title={title}
      code={error.kind}
      action={
        action === "retry" ? (
          <Button type="submit" variant="secondary" busy={busy}>
            Retry
          </Button>
        ) : null
      }
    >
      <p>{body}</p>
      <p>This says nothing about your recovery key. It is still in the field.</p>
    </Alert>
  );
}
