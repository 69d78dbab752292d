import { describeError } from "@/copy/describeError";
import type { AppError } from "@/domain/errors";
import type { UnlockReport } from "@/domain/ports";
import { parseDecryptionKey } from "@/domain/recoveryKey";
import { fail, type Result } from "@/domain/result";
import { withoutThrowing } from "@/state/withoutThrowing";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { SecretField } from "@/ui/SecretField";
import { useRef, useState } from "react";
import styles from "./Unlock.module.css";

export type SetDecryptionKey = (bytes: Uint8Array) => Promise<Result<UnlockReport, AppError>>;

interface DecryptionKeyFormProps {
  setKey: SetDecryptionKey;
  onSet: (report: UnlockReport) => void;
}

/** Takes the backup's own decryption key, for people who have it from another program. */
export function DecryptionKeyForm({ setKey, onSet }: DecryptionKeyFormProps) {
  const input = useRef<HTMLInputElement>(null);
  const running = useRef(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const words = error === null ? null : describeError(error);
  const isAboutKey = error?.kind === "recovery_key";

  async function submit(): Promise<void> {
    const field = input.current;
    if (field === null || running.current) return;
    running.current = true;
    setBusy(true);
    setError(null);
    const result = await attemptKey(field.value, setKey);
    running.current = false;
    setBusy(false);
    if (result.ok) {
      field.value = "";
      onSet(result.value);
    } else {
      setError(result.error);
      field.focus();
    }
  }

  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <p>
        This is for the key that encrypts the backup itself, which other programs may show or
        export. It is compared with the backup first, and one that does not fit is not stored. It
        does not verify this device.
      </p>
      {words === null || isAboutKey ? null : (
        <Alert tone="critical" title={words.title} code={error?.kind}>
          <p>{words.body}</p>
        </Alert>
      )}
      <SecretField
        label="Backup decryption key"
        name="matrix-backup-decryption-key"
        inputRef={input}
        onChange={() => setError(null)}
        error={words !== null && isAboutKey ? `${words.title}. ${words.body}` : null}
        hint="In the form of a recovery key, or as base64."
      />
      {words === null || !isAboutKey ? null : (
        <p className={styles.spoken} role="alert" data-testid="error" data-code="recovery_key">
          {words.title}. {words.body}
        </p>
      )}
      <div className={styles.actions}>
        <Button type="submit" variant="secondary" busy={busy}>
          Use this key
        </Button>
      </div>
    </form>
  );
}

async function attemptKey(
  text: string,
  setKey: SetDecryptionKey,
): Promise<Result<UnlockReport, AppError>> {
  const bytes = parseDecryptionKey(text);
  if (!bytes.ok) return fail({ kind: "recovery_key", problem: bytes.error });
  try {
    return await withoutThrowing(() => setKey(bytes.value));
  } finally {
    bytes.value.fill(0);
  }
}
