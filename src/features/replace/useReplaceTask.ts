import { useCallback, useEffect, useRef, useState } from "react";
import type { BackupVersion } from "@/domain/backup";
import type {
  OldBackupReport,
  ReplacePort,
  ReplaceProof,
  ReplaceStep,
  ReplaceUndo,
  UploadProgress,
} from "@/domain/changes";
import type { AppError } from "@/domain/errors";
import type { RecoveryKey } from "@/domain/recoveryKey";
import { unexpected } from "@/state/withoutThrowing";

/** What the recovery key is needed for. */
export type ReplaceTask =
  | { readonly kind: "run"; readonly confirmed: BackupVersion; readonly withoutOldKey: boolean }
  | { readonly kind: "undo" }
  | { readonly kind: "check"; readonly version: BackupVersion }
  | { readonly kind: "delete"; readonly report: OldBackupReport };

export type TaskState =
  | { readonly kind: "idle" }
  | {
      readonly kind: "running";
      readonly task: ReplaceTask;
      readonly step: ReplaceStep;
      readonly upload: UploadProgress | null;
    }
  | {
      readonly kind: "failed";
      readonly task: ReplaceTask;
      readonly step: ReplaceStep;
      readonly error: AppError;
    }
  | { readonly kind: "replaced"; readonly proof: ReplaceProof }
  | { readonly kind: "undone"; readonly undo: ReplaceUndo }
  | { readonly kind: "compared"; readonly report: OldBackupReport }
  | { readonly kind: "deleted"; readonly report: OldBackupReport };

/**
 * Does one thing at a time with a key that the caller keeps. `onChanged` is awaited before an end
 * is said, so that what is shown next is up to date.
 */
export function useReplaceTask(replace: ReplacePort, onChanged: () => Promise<void>) {
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
    async (task: ReplaceTask, key: RecoveryKey): Promise<void> => {
      if (busy.current) return;
      busy.current = true;
      let step: ReplaceStep = "checking";
      const show = (next: TaskState): void => {
        if (!gone.current) setState(next);
      };
      const onUpload = (upload: UploadProgress): void =>
        show({ kind: "running", task, step, upload });
      show({ kind: "running", task, step, upload: null });
      try {
        const end = await perform(replace, task, key, {
          onStep(next) {
            step = next;
            show({ kind: "running", task, step, upload: null });
          },
          onUpload,
        });
        if (!("error" in end)) await onChanged();
        show("error" in end ? { kind: "failed", task, step, error: end.error } : end);
      } catch (error) {
        show({ kind: "failed", task, step, error: unexpected(error) });
      } finally {
        busy.current = false;
      }
    },
    [replace, onChanged],
  );

  const reset = useCallback(() => setState({ kind: "idle" }), []);
  return { state, start, reset };
}

async function perform(
  replace: ReplacePort,
  task: ReplaceTask,
  key: RecoveryKey,
  watch: {
    readonly onStep: (step: ReplaceStep) => void;
    readonly onUpload: (upload: UploadProgress) => void;
  },
): Promise<TaskState | { readonly error: AppError }> {
  switch (task.kind) {
    case "run": {
      const proof = await replace.run(key, { ...task, ...watch });
      return proof.ok ? { kind: "replaced", proof: proof.value } : { error: proof.error };
    }
    case "undo": {
      const undo = await replace.undo(key);
      return undo.ok ? { kind: "undone", undo: undo.value } : { error: undo.error };
    }
    case "check": {
      const report = await replace.checkOld(key, task.version, watch);
      return report.ok ? { kind: "compared", report: report.value } : { error: report.error };
    }
    case "delete": {
      const deleted = await replace.deleteOld(key, task.report);
      return deleted.ok ? { kind: "deleted", report: task.report } : { error: deleted.error };
    }
  }
}
