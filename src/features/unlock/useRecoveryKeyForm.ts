import type { AppError } from "@/domain/errors";
import type { UnlockReport } from "@/domain/ports";
import {
  inspectRecoveryKeyInput,
  parseRecoveryKey,
  type RecoveryKey,
  type RecoveryKeyInspection,
} from "@/domain/recoveryKey";
import { fail, type Result } from "@/domain/result";
import { withoutThrowing } from "@/state/withoutThrowing";
import { useRef, useState } from "react";
import { readKeyFile } from "./readKeyFile";

export type Unlock = (key: RecoveryKey) => Promise<Result<UnlockReport, AppError>>;

/**
 * The form's behaviour. The text itself stays in the input element and is read once per attempt;
 * state holds only what may be seen: a count, characters no key contains, and what went wrong.
 */
export function useRecoveryKeyForm(unlock: Unlock, onUnlocked: (report: UnlockReport) => void) {
  const input = useRef<HTMLInputElement>(null);
  const running = useRef(false);
  const [busy, setBusy] = useState(false);
  const [inspection, setInspection] = useState<RecoveryKeyInspection>(inspectRecoveryKeyInput(""));
  const [beginsWithEs, setBeginsWithEs] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const [fileProblem, setFileProblem] = useState<string | null>(null);

  function changed(text: string): void {
    setInspection(inspectRecoveryKeyInput(text));
    setBeginsWithEs(/^[\s\p{Cf}]*E[\s\p{Cf}]*s/u.test(text));
    setError(null);
    setFileProblem(null);
  }

  async function submit(): Promise<void> {
    const field = input.current;
    if (field === null || running.current) return;
    running.current = true;
    setBusy(true);
    setError(null);
    setFileProblem(null);
    const result = await attempt(field.value, unlock);
    running.current = false;
    setBusy(false);
    if (result.ok) {
      field.value = "";
      onUnlocked(result.value);
    } else {
      setError(result.error);
      field.focus();
    }
  }

  async function takeFile(file: File): Promise<void> {
    // What was wrong before says nothing about the file.
    if (!running.current) {
      setError(null);
      setFileProblem(null);
    }
    const found = await readKeyFile(file);
    const field = input.current;
    if (field === null || running.current) return;
    if ("problem" in found) {
      setFileProblem(found.problem);
      return;
    }
    field.value = found.text;
    changed(found.text);
    field.focus();
  }

  return { input, busy, inspection, beginsWithEs, error, fileProblem, changed, submit, takeFile };
}

/** Checks on this device first; only a well-formed key leads to any request. */
async function attempt(text: string, unlock: Unlock): Promise<Result<UnlockReport, AppError>> {
  const key = parseRecoveryKey(text);
  if (!key.ok) return fail({ kind: "recovery_key", problem: key.error });
  try {
    return await withoutThrowing(() => unlock(key.value));
  } finally {
    key.value.bytes.fill(0);
  }
}
