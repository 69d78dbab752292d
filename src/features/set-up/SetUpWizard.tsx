import { useCallback, useEffect, useRef, useState } from "react";
import { describeError } from "@/copy/describeError";
import type { SetUpPlan, SetUpPort } from "@/domain/ports";
import type { RecoveryKey } from "@/domain/recoveryKey";
import type { SignedInUser } from "@/domain/session";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Spinner } from "@/ui/Spinner";
import { DoneStep } from "./DoneStep";
import { EnterKeyStep, type KeyFault } from "./EnterKeyStep";
import { ExplainStep } from "./ExplainStep";
import { NoSetUp } from "./NoSetUp";
import { PasswordDialog } from "./PasswordDialog";
import { RunStep } from "./RunStep";
import { SaveKeyStep } from "./SaveKeyStep";
import { useLeaveGuard } from "./useLeaveGuard";
import { usePlan } from "./usePlan";
import { useSetUpRun } from "./useSetUpRun";

interface SetUpWizardProps {
  setUp: SetUpPort;
  user: SignedInUser;
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
        action={<Button onClick={readAgain}>Retry</Button>}
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
      return <Steps {...props} purpose={plan.value.kind} />;
  }
}

interface StepsProps extends SetUpWizardProps {
  purpose: Extract<SetUpPlan["kind"], "new_recovery_key" | "existing_recovery_key">;
}

/**
 * Explain, show, confirm, and only then change anything on the server. The key lives in a ref
 * alone; every retry uses the same one.
 */
function Steps({ setUp, user, onSetUp, onClose, purpose }: StepsProps) {
  const [page, setPage] = useState<"explain" | "save" | "enter">("explain");
  const [madeAt, setMadeAt] = useState(0);
  const key = useRef<RecoveryKey | null>(null);
  const { run, passwordRequest, start, reset } = useSetUpRun(setUp, onSetUp);
  const isNew = purpose === "new_recovery_key";
  const readKey = useCallback(() => key.current?.text ?? "", []);

  const keyAtRisk = isNew && page !== "explain" && run.kind !== "done";
  useLeaveGuard(keyAtRisk || run.kind === "running" || run.kind === "failed");
  useEffect(() => {
    if (run.kind !== "done") return;
    key.current?.bytes.fill(0);
    key.current = null;
  }, [run.kind]);

  function begin(): void {
    if (isNew) {
      key.current ??= setUp.generateRecoveryKey();
      setMadeAt(Date.now());
    }
    setPage(isNew ? "save" : "enter");
  }

  function take(entered: RecoveryKey): KeyFault | null {
    if (isNew) {
      if (!sameBytes(entered.bytes, key.current?.bytes)) return { reason: "not_the_shown_one" };
    } else {
      key.current = entered;
    }
    void runAgain();
    return null;
  }

  async function runAgain(): Promise<void> {
    if (key.current !== null) await start(key.current);
  }

  function showAgain(): void {
    reset();
    setPage("save");
  }

  // A key that does not fit is a matter of the field, not of the run.
  const keyProblem =
    run.kind === "failed" && run.error.kind === "recovery_key" && !isNew ? run.error.problem : null;

  if (run.kind === "done") return <DoneStep proof={run.proof} onClose={onClose} />;
  if (run.kind === "running" || (run.kind === "failed" && keyProblem === null)) {
    return (
      <>
        <RunStep
          run={run}
          onRetry={() => void runAgain()}
          onShowKey={isNew ? showAgain : null}
          onCancel={onClose}
        />
        <PasswordDialog request={passwordRequest} host={new URL(user.homeserverUrl).host} />
      </>
    );
  }
  if (page === "explain") {
    return <ExplainStep needsNewKey={isNew} onContinue={begin} onCancel={onClose} />;
  }
  if (page === "save") {
    return (
      <SaveKeyStep
        readKey={readKey}
        kit={{ userId: user.userId, homeserverUrl: user.homeserverUrl, madeAt }}
        onSaved={() => setPage("enter")}
        onCancel={onClose}
      />
    );
  }
  return (
    <EnterKeyStep
      purpose={isNew ? "confirm" : "existing"}
      fault={keyProblem}
      onKey={take}
      onBack={isNew ? () => setPage("save") : onClose}
    />
  );
}

function sameBytes(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((byte, index) => byte === b[index]);
}
