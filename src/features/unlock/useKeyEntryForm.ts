import type { AppError } from "@/domain/errors";
import { lookOfEntry, type EntryLook, type KeyEntry } from "@/domain/keyEntry";
import {
  inspectRecoveryKeyInput,
  parseRecoveryKey,
  type RecoveryKeyInspection,
} from "@/domain/recoveryKey";
import { fail, type Result } from "@/domain/result";
import { withoutThrowing } from "@/state/withoutThrowing";
import { useEffect, useRef, useState } from "react";
import { readKeyFile } from "@/recovery-key/readKeyFile";

/** Does something with an entry. Aborted when the person leaves or turns to the other way in. */
export type SubmitEntry<T> = (entry: KeyEntry, signal: AbortSignal) => Promise<Result<T, AppError>>;

export type EntryMode = KeyEntry["kind"];

/**
 * The form's behaviour. The text itself stays in the input element and is read once per attempt;
 * state holds only what may be seen: a count, characters no key contains, and what went wrong.
 */
export function useKeyEntryForm<T>(
  submitEntry: SubmitEntry<T>,
  onDone: (value: T, mode: EntryMode) => void,
) {
  const input = useRef<HTMLInputElement>(null);
  const running = useRef<AbortController | null>(null);
  const [mode, setMode] = useState<EntryMode>("recovery_key");
  const [busy, setBusy] = useState(false);
  const [inspection, setInspection] = useState<RecoveryKeyInspection>(inspectRecoveryKeyInput(""));
  const [look, setLook] = useState<EntryLook>("nothing");
  const [error, setError] = useState<AppError | null>(null);
  const [fileProblem, setFileProblem] = useState<string | null>(null);

  useEffect(() => () => running.current?.abort(), []);

  function changed(text: string): void {
    setInspection(inspectRecoveryKeyInput(text));
    setLook(lookOfEntry(text));
    setError(null);
    setFileProblem(null);
  }

  async function submit(): Promise<void> {
    const field = input.current;
    if (field === null || running.current !== null) return;
    const attempt = new AbortController();
    running.current = attempt;
    setBusy(true);
    setError(null);
    setFileProblem(null);
    const result = await attemptEntry(mode, field.value, submitEntry, attempt.signal);
    if (attempt.signal.aborted) return;
    running.current = null;
    setBusy(false);
    if (result.ok) {
      field.value = "";
      onDone(result.value, mode);
    } else {
      setError(result.error);
      field.focus();
    }
  }

  /** Ends what is under way; what comes of it later is dropped. */
  function cancel(): void {
    running.current?.abort();
    running.current = null;
    setBusy(false);
  }

  function switchTo(next: EntryMode): void {
    // What was sent with a recovery key cannot be called back, and its end is to be seen here.
    if (running.current !== null && mode === "recovery_key") return;
    cancel();
    if (input.current !== null) input.current.value = "";
    changed("");
    setMode(next);
  }

  async function takeFile(file: File): Promise<void> {
    // What was wrong before says nothing about the file.
    if (running.current === null) {
      setError(null);
      setFileProblem(null);
    }
    const found = await readKeyFile(file);
    const field = input.current;
    if (field === null || running.current !== null) return;
    if ("problem" in found) {
      setFileProblem(found.problem);
      return;
    }
    field.value = found.text;
    changed(found.text);
    field.focus();
  }

  return {
    input,
    mode,
    busy,
    inspection,
    look,
    error,
    fileProblem,
    changed,
    submit,
    cancel,
    switchTo,
    takeFile,
  };
}

/** Checks on this device first; only a well-formed key or a passphrase leads to any request. */
async function attemptEntry<T>(
  mode: EntryMode,
  text: string,
  submit: SubmitEntry<T>,
  signal: AbortSignal,
): Promise<Result<T, AppError>> {
  const key = parseRecoveryKey(text);
  if (key.ok) {
    // A recovery key in the passphrase field is a recovery key: no passphrase has its check sum.
    try {
      return await withoutThrowing(() => submit({ kind: "recovery_key", key: key.value }, signal));
    } finally {
      key.value.bytes.fill(0);
    }
  }
  if (mode === "recovery_key") return fail({ kind: "recovery_key", problem: key.error });
  if (text === "") return fail({ kind: "passphrase", problem: { reason: "empty" } });
  return withoutThrowing(() => submit({ kind: "passphrase", passphrase: text }, signal));
}
