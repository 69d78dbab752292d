import { describeError } from "@/copy/describeError";
import { describeRecoveryKeyProblem } from "@/copy/describeRecoveryKeyProblem";
import type { AppError } from "@/domain/errors";
import type { UnlockReport } from "@/domain/ports";
import type { RecoveryKeyInspection } from "@/domain/recoveryKey";
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
      {form.error === null ? null : <Problem error={form.error} busy={form.busy} />}
      {form.fileProblem === null ? null : <Alert tone="warning" title={form.fileProblem} />}
      <SecretField
        label="Recovery key"
        name="matrix-recovery-key"
        inputRef={form.input}
        onChange={form.changed}
        error={fieldError(form.inspection, form.error)}
        hint={<Hint inspection={form.inspection} />}
      />
      <div className={styles.actions}>
        <Button type="submit" busy={form.busy}>
          Unlock
        </Button>
        <FileChoice onFile={(file) => void form.takeFile(file)} />
      </div>
    </form>
  );
}

/** Tied to the field in short; the alert says it in full. Red only for what typing on cannot mend. */
function fieldError(inspection: RecoveryKeyInspection, error: AppError | null): string | null {
  if (error?.kind === "recovery_key") return `${describeError(error).title}.`;
  if (inspection.invalidCharacters.length === 0) return null;
  return `${
    describeRecoveryKeyProblem({ reason: "characters", characters: inspection.invalidCharacters })
      .title
  }.`;
}

function Hint({ inspection }: { inspection: RecoveryKeyInspection }) {
  const { count, of, complete } = inspection;
  if (count === 0) {
    return "48 characters, in 12 groups of 4. It starts with “Es”. Spaces do not matter, upper and lower case do.";
  }
  return (
    <span data-testid="recovery-key-length" data-complete={complete}>
      {count} of {of} characters{complete ? ": complete" : ""}
    </span>
  );
}

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
      {error.kind === "recovery_key" ? null : (
        <p>This says nothing about your recovery key. It is still in the field.</p>
      )}
    </Alert>
  );
}
