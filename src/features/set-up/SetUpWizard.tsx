import { useCallback, useEffect, useState } from "react";
import { describeError } from "@/copy/describeError";
import { describeLeavingSetUp, ENTER_KEY_FOR_SET_UP } from "@/copy/describeSetUp";
import type { SetUpPlan, SetUpPort } from "@/domain/ports";
import type { RecoveryKey } from "@/domain/recoveryKey";
import type { SignedInUser } from "@/domain/session";
import { sameBytes, wipe } from "@/lib/bytes";
import { goTo } from "@/lib/route";
import { EnterKeyStep, type KeyFault } from "@/recovery-key/EnterKeyStep";
import { SaveKeyStep } from "@/recovery-key/SaveKeyStep";
import { useKeptKey } from "@/recovery-key/useKeptKey";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { LeaveDialog } from "@/ui/LeaveDialog";
import { Spinner } from "@/ui/Spinner";
import { useLeaveGuard } from "@/ui/useLeaveGuard";
import { DoneStep } from "./DoneStep";
import { ElsewhereDialog } from "./ElsewhereDialog";
import { ExplainStep } from "./ExplainStep";
import { KeyNotUsed } from "./KeyNotUsed";
import { NoSetUp } from "./NoSetUp";
import { PasswordDialog } from "./PasswordDialog";
import { RunStep } from "./RunStep";
import { usePlan } from "./usePlan";
import { useSetUpRun } from "./useSetUpRun";

interface SetUpWizardProps {
  setUp: SetUpPort;
  user: SignedInUser;
  /** Keys that are not known to be in the backup are in this tab alone. */
  onlyInTab?: boolean;
  /** Reads the key backup's state again; awaited before done is said. */
  onSetUp: () => Promise<void>;
  onClose: () => void;
}

/** Finds out what there is to set up, then leads through it. */
export function SetUpWizard(props: SetUpWizardProps) {
  const { plan, readAgain } = usePlan(props.setUp);
  if (plan === null) return <Spinner label="Looking at your account…" />;
  if (!plan.ok) {
    const { title, body } = describeError(plan.error);
    return (
      <Alert
        tone="critical"
        title={title}
        code={plan.error.kind}
        action={
          plan.error.kind === "change_unfinished" ? (
            <Button onClick={() => goTo("overview")}>Back to the overview</Button>
          ) : (
            <Button onClick={readAgain}>Retry</Button>
          )
        }
      >
        <p>{body}</p>
      </Alert>
    );
  }
  switch (plan.value.kind) {
    case "backup_exists":
    case "blocked":
      return <NoSetUp plan={plan.value} onCheckAgain={readAgain} />;
    default:
      return <Steps {...props} purpose={plan.value.kind} onLookAgain={readAgain} />;
  }
}

interface StepsProps extends SetUpWizardProps {
  purpose: Extract<SetUpPlan["kind"], "new_recovery_key" | "existing_recovery_key">;
  onLookAgain: () => void;
}

/**
 * Explain, show, confirm, and only then change anything on the server. The key lives in a ref
 * alone; every retry uses the same one.
 */
function Steps(props: StepsProps) {
  const { setUp, user, onlyInTab = false, onSetUp, onClose, purpose, onLookAgain } = props;
  const [page, setPage] = useState<"explain" | "save" | "enter">("explain");
  const [madeAt, setMadeAt] = useState(0);
  // From the first run on the server may have the key, also when the run has failed.
  const [tried, setTried] = useState(false);
  const { key, forget } = useKeptKey();
  const { run, passwordRequest, elsewhereRequest, start, reset } = useSetUpRun(setUp, onSetUp);
  const isNew = purpose === "new_recovery_key";
  const readKey = useCallback(() => key.current?.text ?? "", [key]);

  const fault =
    run.kind === "failed" && run.error.kind === "recovery_key" ? run.error.problem : null;
  const isLost = isNew && fault?.reason === "does_not_match";
  // A key that does not fit is a matter of the field, not of the run.
  const fieldFault = isNew ? null : fault;

  const isKeyKept = isNew && page !== "explain" && run.kind !== "done";
  const isUnderWay = run.kind === "running" || (run.kind === "failed" && fieldFault === null);
  const guard = useLeaveGuard((isKeyKept || isUnderWay) && !isLost);
  useEffect(() => {
    if (run.kind === "done") forget();
  }, [run.kind, forget]);

  /** By a button that says so: no further question. */
  function close(): void {
    guard.release();
    forget();
    onClose();
  }

  function begin(): void {
    if (isNew) {
      key.current ??= setUp.generateRecoveryKey();
      setMadeAt(Date.now());
    }
    setPage(isNew ? "save" : "enter");
  }

  function take(entered: RecoveryKey): KeyFault | null {
    if (isNew) {
      const isShown = key.current !== null && sameBytes(entered.bytes, key.current.bytes);
      wipe(entered.bytes);
      if (!isShown) return { reason: "not_the_shown_one" };
    } else {
      forget();
      key.current = entered;
    }
    void runAgain();
    return null;
  }

  async function runAgain(): Promise<void> {
    if (key.current === null) return;
    setTried(true);
    await start(key.current);
  }

  function showAgain(): void {
    reset();
    setPage("save");
  }

  function currentStep() {
    if (run.kind === "done")
      return <DoneStep proof={run.proof} onlyInTab={onlyInTab} onClose={onClose} />;
    if (isLost) return <KeyNotUsed onLookAgain={onLookAgain} />;
    if (run.kind === "running" || (run.kind === "failed" && fieldFault === null)) {
      return (
        <RunStep
          run={run}
          place={isNew ? { now: 3, of: 3 } : { now: 2, of: 2 }}
          onRetry={() => void runAgain()}
          onLookAgain={onLookAgain}
          onShowKey={isNew ? showAgain : null}
          onCancel={close}
        />
      );
    }
    switch (page) {
      case "explain":
        return <ExplainStep needsNewKey={isNew} onContinue={begin} onCancel={close} />;
      case "save":
        return (
          <SaveKeyStep
            readKey={readKey}
            kit={{ userId: user.userId, homeserverUrl: user.homeserverUrl, madeAt }}
            tried={tried}
            place={{ now: 1, of: 3 }}
            onSaved={() => setPage("enter")}
            onCancel={close}
          />
        );
      case "enter":
        return (
          <EnterKeyStep
            {...ENTER_KEY_FOR_SET_UP[isNew ? "confirm" : "existing"]}
            place={isNew ? { now: 2, of: 3 } : { now: 1, of: 2 }}
            fault={fieldFault}
            onKey={take}
            onBack={isNew ? () => setPage("save") : close}
            onCancel={isNew ? close : undefined}
          />
        );
    }
  }

  const left = run.kind === "running" ? "running" : tried ? "failed" : "key_shown";
  return (
    <>
      {currentStep()}
      <PasswordDialog request={passwordRequest} host={new URL(user.homeserverUrl).host} />
      <ElsewhereDialog request={elsewhereRequest} />
      <LeaveDialog guard={guard} {...describeLeavingSetUp(left)} />
    </>
  );
}
