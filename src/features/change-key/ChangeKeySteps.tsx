import { useCallback, useMemo, useState } from "react";
import { ENTER_KEY_FOR_CHANGE, LEAVING_CHANGE_KEY } from "@/copy/describeChangeKey";
import type { ChangeKeyPlan, ChangeKeyPort } from "@/domain/changes";
import type { RecoveryKey, RecoveryKeyProblem } from "@/domain/recoveryKey";
import type { SignedInUser } from "@/domain/session";
import { sameBytes, wipe } from "@/lib/bytes";
import { EnterKeyStep, type KeyFault } from "@/recovery-key/EnterKeyStep";
import { SaveKeyStep } from "@/recovery-key/SaveKeyStep";
import { useKeptKey } from "@/recovery-key/useKeptKey";
import { LeaveDialog } from "@/ui/LeaveDialog";
import { useLeaveGuard } from "@/ui/useLeaveGuard";
import { ChangeKeyEnd } from "./ChangeKeyEnd";
import { ChangeKeyExplain } from "./ChangeKeyExplain";
import { ChangeKeyRunning } from "./ChangeKeyRunning";
import { ChangeKeyUnfinished } from "./ChangeKeyUnfinished";
import { LostOldKey } from "./LostOldKey";
import { useChangeKeyTask, type ChangeKeyTask, type TaskState } from "./useChangeKeyTask";

interface ChangeKeyStepsProps {
  changeKey: ChangeKeyPort;
  user: SignedInUser;
  plan: Exclude<ChangeKeyPlan, { kind: "no_recovery" }>;
  onChanged: () => Promise<void>;
  onLookAgain: () => void;
  onClose: () => void;
}

/** `new_again` and `old_for_undo` are those of a change that was begun before. */
type Page = "start" | "save" | "confirm" | "old" | "new_again" | "old_for_undo";

/** Explain, show, confirm, ask for the old key, run, finish. Both keys live in refs alone. */
export function ChangeKeySteps(props: ChangeKeyStepsProps) {
  const { changeKey, user, plan, onChanged, onLookAgain, onClose } = props;
  const [page, setPage] = useState<Page>("start");
  const [madeAt, setMadeAt] = useState(0);
  const [hasOldKey, setHasOldKey] = useState(false);
  const { key: newKeyRef, forget: forgetNew } = useKeptKey();
  const { key: oldKeyRef, forget: forgetOld } = useKeptKey();
  const keys = useMemo(
    () => ({ newKey: () => newKeyRef.current, oldKey: () => oldKeyRef.current }),
    [newKeyRef, oldKeyRef],
  );
  const { state, start, reset } = useChangeKeyTask(changeKey, keys, onChanged);
  const readKey = useCallback(() => newKeyRef.current?.text ?? "", [newKeyRef]);

  const isShown = page === "save" || page === "confirm" || page === "old";
  const isBegun = state.kind === "running" || state.kind === "failed" || state.kind === "switched";
  const guard = useLeaveGuard(isBegun || (isShown && state.kind === "idle"));
  const fault =
    state.kind === "failed" && state.error.kind === "recovery_key" ? state.error.problem : null;

  // A key that does not fit is a matter of its field. Which field, the fault tells.
  const asked = fault === null ? page : pageOf(state, fault, plan);

  /** By a button that says so: no further question. */
  function close(): void {
    guard.release();
    forgetNew();
    forgetOld();
    onClose();
  }

  function showNewKey(): void {
    newKeyRef.current ??= changeKey.generateRecoveryKey();
    setMadeAt(Date.now());
    setPage("save");
  }

  function confirm(entered: RecoveryKey): KeyFault | null {
    const isSame = newKeyRef.current !== null && sameBytes(entered.bytes, newKeyRef.current.bytes);
    wipe(entered.bytes);
    if (!isSame) return { reason: "not_the_shown_one" };
    setPage("old");
    return null;
  }

  function takeOld(task: ChangeKeyTask) {
    return (entered: RecoveryKey): KeyFault | null => {
      if (newKeyRef.current !== null && sameBytes(entered.bytes, newKeyRef.current.bytes)) {
        wipe(entered.bytes);
        return { reason: "the_new_one" };
      }
      forgetOld();
      oldKeyRef.current = entered;
      setHasOldKey(true);
      void start(task);
      return null;
    };
  }

  function takeNewAgain(entered: RecoveryKey): null {
    forgetNew();
    newKeyRef.current = entered;
    // Once the new key is in use the old one is not needed to go on.
    if (plan.kind === "unfinished" && plan.switched) void start("run");
    else setPage("old");
    return null;
  }

  function withoutOldKey(): void {
    forgetOld();
    setHasOldKey(false);
    void start("run");
  }

  function lookAgain(): void {
    forgetNew();
    forgetOld();
    reset();
    setPage("start");
    onLookAgain();
  }

  function enterKey() {
    switch (asked) {
      case "confirm":
        return (
          <EnterKeyStep
            key={asked}
            {...ENTER_KEY_FOR_CHANGE.confirm}
            place={{ now: 2, of: 4 }}
            fault={null}
            onKey={confirm}
            onBack={() => setPage("save")}
            onCancel={close}
          />
        );
      case "new_again":
        return (
          <EnterKeyStep
            key={asked}
            {...ENTER_KEY_FOR_CHANGE.continue_new}
            fault={fault}
            onKey={takeNewAgain}
            onBack={lookAgain}
          />
        );
      case "old_for_undo":
        return (
          <EnterKeyStep
            key={asked}
            {...ENTER_KEY_FOR_CHANGE.undo_old}
            fault={fault}
            onKey={takeOld("undo")}
            onBack={lookAgain}
          />
        );
      default:
        return (
          <EnterKeyStep
            key={asked}
            {...ENTER_KEY_FOR_CHANGE.old}
            place={plan.kind === "ready" ? { now: 3, of: 4 } : undefined}
            fault={fault}
            onKey={takeOld("run")}
            onBack={close}
          >
            <LostOldKey plan={plan} onLost={withoutOldKey} />
          </EnterKeyStep>
        );
    }
  }

  function currentStep() {
    if (state.kind === "running" || (state.kind === "failed" && fault === null)) {
      return (
        <ChangeKeyRunning
          state={state}
          place={plan.kind === "ready" ? { now: 4, of: 4 } : undefined}
          onRetry={(task) => void start(task)}
          onUndo={() => void start("undo")}
          onLookAgain={lookAgain}
          onClose={close}
        />
      );
    }
    if (state.kind === "switched" || state.kind === "finished" || state.kind === "undone") {
      return (
        <ChangeKeyEnd
          state={state}
          canUndo={hasOldKey}
          onStart={(task) => void start(task)}
          onClose={close}
        />
      );
    }
    if (asked === "save") {
      return (
        <SaveKeyStep
          readKey={readKey}
          kit={{ userId: user.userId, homeserverUrl: user.homeserverUrl, madeAt }}
          tried={false}
          place={{ now: 1, of: 4 }}
          onSaved={() => setPage("confirm")}
          onCancel={close}
        />
      );
    }
    if (asked !== "start") return enterKey();
    return plan.kind === "ready" ? (
      <ChangeKeyExplain plan={plan} onContinue={showNewKey} onCancel={close} />
    ) : (
      <ChangeKeyUnfinished
        plan={plan}
        onContinue={() => setPage("new_again")}
        onUndo={() => (plan.switched ? setPage("old_for_undo") : void start("undo"))}
        onLater={close}
      />
    );
  }

  return (
    <>
      {currentStep()}
      <LeaveDialog guard={guard} {...LEAVING_CHANGE_KEY[isBegun ? "begun" : "shown"]} />
    </>
  );
}

/** Which key a fault is about. */
function pageOf(
  state: TaskState,
  fault: RecoveryKeyProblem,
  plan: ChangeKeyStepsProps["plan"],
): Page {
  if (state.kind === "failed" && state.task === "undo") return "old_for_undo";
  const isNew =
    plan.kind === "unfinished" &&
    fault.reason === "does_not_match" &&
    fault.keyId === plan.entry.facts["newKeyId"];
  return isNew ? "new_again" : "old";
}
