import { describeError } from "@/copy/describeError";
import { describeFault } from "@/copy/describeRepair";
import type { AppError } from "@/domain/errors";
import type { RecoveryKey } from "@/domain/recoveryKey";
import type { RepairFault, RepairFaultKind } from "@/domain/repair";
import { goTo, hrefOf } from "@/lib/route";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { useState } from "react";
import styles from "./Repair.module.css";
import { RepairKeyForm } from "./RepairKeyForm";

interface FaultCardProps {
  fault: RepairFault;
  busy: boolean;
  run: (fault: RepairFaultKind, key: RecoveryKey | null) => Promise<AppError | null>;
}

/** One fault with the one thing that mends it. */
export function FaultCard({ fault, busy, run }: FaultCardProps) {
  const { title, meaning, repair } = describeFault(fault);
  return (
    <div data-testid="repair-fault" data-fault={fault.kind} data-remedy={fault.remedy}>
      <Card title={title}>
        <p>{meaning}</p>
        <p>{repair}</p>
        <Remedy fault={fault} busy={busy} run={run} />
      </Card>
    </div>
  );
}

function Remedy({ fault, busy, run }: FaultCardProps) {
  switch (fault.remedy) {
    case "recovery_key":
      return (
        <>
          <RepairKeyForm label="Repair" busy={busy} onKey={(key) => run(fault.kind, key)} />
          {fault.orSetUp === true ? (
            <p>
              If you do not have that recovery key: everything that belongs behind one is on this
              device, so you can <a href={hrefOf("set-up")}>make a new recovery key</a>.
            </p>
          ) : null}
        </>
      );
    case "automatic":
      return <AutomaticRepair busy={busy} onRun={() => run(fault.kind, null)} />;
    case "set_up":
      return (
        <div className={styles.actions}>
          <Button onClick={() => goTo("set-up")}>Set up backup</Button>
        </div>
      );
    case "export_and_replace":
      return (
        <div className={styles.actions}>
          <Button onClick={() => goTo("key-file")}>Export keys</Button>
          <Button variant="secondary" onClick={() => goTo("replace")}>
            Replace backup
          </Button>
        </div>
      );
    case "other_device":
    case "nothing":
      return null;
  }
}

function AutomaticRepair({
  busy,
  onRun,
}: {
  busy: boolean;
  onRun: () => Promise<AppError | null>;
}) {
  const [error, setError] = useState<AppError | null>(null);
  const words = error === null ? null : describeError(error);
  return (
    <>
      {words === null ? null : (
        <Alert tone="critical" title={words.title} code={error?.kind}>
          <p>{words.body}</p>
          <p>Nothing was changed.</p>
        </Alert>
      )}
      <div className={styles.actions}>
        <Button
          busy={busy}
          onClick={() => {
            setError(null);
            void onRun().then(setError);
          }}
        >
          Repair
        </Button>
      </div>
    </>
  );
}
