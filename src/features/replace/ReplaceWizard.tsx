import { useState } from "react";
import { ENTER_KEY_FOR_REPLACE, LEAVING_REPLACE } from "@/copy/describeReplace";
import type { ReplacePort } from "@/domain/changes";
import type { RecoveryKey } from "@/domain/recoveryKey";
import { goTo } from "@/lib/route";
import { EnterKeyStep } from "@/recovery-key/EnterKeyStep";
import { useKeptKey } from "@/recovery-key/useKeptKey";
import { Button } from "@/ui/Button";
import { LeaveDialog } from "@/ui/LeaveDialog";
import { useLeaveGuard } from "@/ui/useLeaveGuard";
import { ReplaceEnd } from "./ReplaceEnd";
import { ReplaceFailed } from "./ReplaceFailed";
import { ReplacePlanStep } from "./ReplacePlanStep";
import { ReplaceRunning } from "./ReplaceRunning";
import { useReplacePlan } from "./useReplacePlan";
import { useReplaceTask, type ReplaceTask } from "./useReplaceTask";

interface ReplaceWizardProps {
  replace: ReplacePort;
  /** Reads the key backup's state again; awaited before an end is said. */
  onChanged: () => Promise<void>;
  /** To the restore, or to what has to come before it, and back here afterwards. */
  onRestoreFirst: (way: "restore" | "unlock") => void;
  onClose: () => void;
}

/**
 * Plan, ask, run, and the same for the way back and for deleting the old version. The recovery key
 * is asked once and lives in a ref alone.
 */
export function ReplaceWizard({ replace, onChanged, onRestoreFirst, onClose }: ReplaceWizardProps) {
  const { found, readAgain } = useReplacePlan(replace);
  const { state, start, reset } = useReplaceTask(replace, onChanged);
  const { key: keyRef, forget } = useKeptKey();
  /** The task that waits for the recovery key. */
  const [asked, setAsked] = useState<Exclude<ReplaceTask, { kind: "delete" }> | null>(null);
  const [hasWayBack, setHasWayBack] = useState(true);
  const guard = useLeaveGuard(state.kind === "running");

  function begin(task: ReplaceTask): void {
    if (keyRef.current !== null) void start(task, keyRef.current);
    else if (task.kind !== "delete") setAsked(task);
  }

  function take(entered: RecoveryKey): null {
    forget();
    keyRef.current = entered;
    if (asked !== null) void start(asked, entered);
    return null;
  }

  function lookAgain(): void {
    reset();
    setAsked(null);
    readAgain();
  }

  function close(): void {
    guard.release();
    forget();
    onClose();
  }

  const fault =
    state.kind === "failed" && state.error.kind === "recovery_key" ? state.error.problem : null;

  function currentStep() {
    if (state.kind === "running") return <ReplaceRunning state={state} />;
    if (state.kind === "failed" && (fault === null || asked === null)) {
      return (
        <ReplaceFailed
          state={state}
          onBegin={begin}
          onLookAgain={lookAgain}
          onNoWayBack={() => {
            setHasWayBack(false);
            lookAgain();
          }}
          onClose={close}
        />
      );
    }
    if (asked !== null && (state.kind === "idle" || state.kind === "failed")) {
      return (
        <EnterKeyStep
          key={asked.kind}
          {...ENTER_KEY_FOR_REPLACE[asked.kind]}
          fault={fault}
          onKey={take}
          onBack={lookAgain}
        >
          {asked.kind === "undo" ? null : (
            <Button variant="tertiary" onClick={() => goTo("change-key")}>
              I no longer have it
            </Button>
          )}
        </EnterKeyStep>
      );
    }
    if (state.kind === "idle" || state.kind === "failed") {
      return (
        <ReplacePlanStep
          found={found}
          hasWayBack={hasWayBack}
          onBegin={begin}
          onRestoreFirst={onRestoreFirst}
          onRetry={readAgain}
          onClose={close}
        />
      );
    }
    return <ReplaceEnd state={state} onBegin={begin} onClose={close} />;
  }

  return (
    <>
      {currentStep()}
      <LeaveDialog guard={guard} {...LEAVING_REPLACE} />
    </>
  );
}
