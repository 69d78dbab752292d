import { useCallback, useEffect, useRef, useState } from "react";
import type { ChangeKeyPort, ChangeKeyProof, ChangeKeyStep, ChangeKeyUndo } from "@/domain/changes";
import type { AppError } from "@/domain/errors";
import type { RecoveryKey } from "@/domain/recoveryKey";
import { unexpected } from "@/state/withoutThrowing";

export type ChangeKeyTask = "run" | "finish" | "undo";

export type TaskState =
  | { readonly kind: "idle" }
  | { readonly kind: "running"; readonly task: ChangeKeyTask; readonly step: ChangeKeyStep }
  | {
      readonly kind: "failed";
      readonly task: ChangeKeyTask;
      readonly step: ChangeKeyStep;
      readonly error: AppError;
    }
  /** The new key is in use, and the old one opens everything still. */
  | { readonly kind: "switched"; readonly proof: ChangeKeyProof }
  | { readonly kind: "finished"; readonly proof: ChangeKeyProof }
  | { readonly kind: "undone"; readonly undo: ChangeKeyUndo };

/** Gives the keys at the moment they are needed; they pass through no state. */
export interface ReadKeys {
  readonly newKey: () => RecoveryKey | null;
  readonly oldKey: () => RecoveryKey | null;
}

/** Does one thing at a time. `onChanged` is awaited before an end is said. */
export function useChangeKeyTask(
  changeKey: ChangeKeyPort,
  keys: ReadKeys,
  onChanged: () => Promise<void>,
) {
  const [state, setState] = useState<TaskState>({ kind: "idle" });
  const busy = useRef(false);
  const gone = useRef(false);
  useEffect(() => {
    gone.current = false;
    return () => {
      gone.current = true;
    };
  }, []);

  const start = useCallback(
    async (task: ChangeKeyTask): Promise<void> => {
      if (busy.current) return;
      busy.current = true;
      let step: ChangeKeyStep = "checking";
      const show = (next: TaskState): void => {
        if (!gone.current) setState(next);
      };
      show({ kind: "running", task, step });
      try {
        const end = await perform(changeKey, task, keys, (next) => {
          step = next;
          show({ kind: "running", task, step });
        });
        if (!("error" in end)) await onChanged();
        show("error" in end ? { kind: "failed", task, step, error: end.error } : end);
      } catch (error) {
        show({ kind: "failed", task, step, error: unexpected(error) });
      } finally {
        busy.current = false;
      }
    },
    [changeKey, keys, onChanged],
  );

  const reset = useCallback(() => setState({ kind: "idle" }), []);
  return { state, start, reset };
}

async function perform(
  changeKey: ChangeKeyPort,
  task: ChangeKeyTask,
  keys: ReadKeys,
  onStep: (step: ChangeKeyStep) => void,
): Promise<TaskState | { readonly error: AppError }> {
  if (task === "undo") {
    const undo = await changeKey.undo(keys.oldKey(), keys.newKey());
    return undo.ok ? { kind: "undone", undo: undo.value } : { error: undo.error };
  }
  const newKey = keys.newKey();
  if (newKey === null) return { error: { kind: "recovery_key", problem: { reason: "empty" } } };
  if (task === "finish") {
    const proof = await changeKey.finish(newKey);
    return proof.ok ? { kind: "finished", proof: proof.value } : { error: proof.error };
  }
  const proof = await changeKey.run(newKey, keys.oldKey(), { onStep });
  return proof.ok ? { kind: "switched", proof: proof.value } : { error: proof.error };
}
