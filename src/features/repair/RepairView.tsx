import { describeError } from "@/copy/describeError";
import { describeFault } from "@/copy/describeRepair";
import type { RepairPort } from "@/domain/repair";
import { hrefOf } from "@/lib/route";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Details } from "@/ui/Details";
import { Spinner } from "@/ui/Spinner";
import { useEffect, useRef } from "react";
import { FaultCard } from "./FaultCard";
import styles from "./Repair.module.css";
import { RepairKeyForm } from "./RepairKeyForm";
import { type RepairStage, useRepair } from "./useRepair";

interface RepairViewProps {
  repair: RepairPort;
  onRepaired: () => Promise<void>;
}

/** What is wrong, the one repair that comes first, and what the last one came to. */
export function RepairView({ repair, onRepaired }: RepairViewProps) {
  const { stage, busy, lookAgain, lookDeep, run } = useRepair(repair, onRepaired);
  const heading = useRef<HTMLHeadingElement>(null);
  const last = stage.kind === "found" ? stage.last : null;
  useEffect(() => {
    // The button that had the focus may be gone.
    if (last !== null) heading.current?.focus();
  }, [last]);

  return (
    <div
      className={styles.page}
      data-testid="repair"
      data-stage={stage.kind}
      data-faults={
        stage.kind === "found" ? stage.faults.map(({ kind }) => kind).join(" ") : undefined
      }
    >
      <h1 className={styles.heading} tabIndex={-1} ref={heading}>
        Repair key storage
      </h1>
      <Stage {...{ stage, busy, lookAgain, lookDeep, run }} />
      <p>
        <a href={hrefOf("overview")}>Back to the overview</a>
      </p>
    </div>
  );
}

type Repairing = Omit<ReturnType<typeof useRepair>, "stage"> & { stage: RepairStage };

function Stage({ stage, busy, lookAgain, lookDeep, run }: Repairing) {
  switch (stage.kind) {
    case "looking":
      return (
        <Card>
          <Spinner label="Looking at the backup, your identity and secret storage…" />
        </Card>
      );
    case "unknown": {
      const { title, body } = describeError(stage.error);
      return (
        <Card>
          <Alert
            tone="critical"
            title={title}
            code={stage.error.kind}
            action={<Button onClick={lookAgain}>Retry</Button>}
          >
            <p>{body}</p>
            <p>Not everything could be looked at, so nothing is said to be in order or not.</p>
          </Alert>
        </Card>
      );
    }
    case "found":
      return <Found {...{ stage, busy, lookAgain, lookDeep, run }} />;
  }
}

function Found({
  stage,
  busy,
  lookAgain,
  lookDeep,
  run,
}: Repairing & { stage: Extract<RepairStage, { kind: "found" }> }) {
  const [first, ...others] = stage.faults;
  return (
    <>
      <LastRepair last={stage.last} />
      {first === undefined ? (
        <Card
          actions={
            <Button variant="secondary" busy={busy} onClick={lookAgain}>
              Check again
            </Button>
          }
        >
          <Alert tone="success" title="Key storage is in order" testId="repair-in-order">
            <p>
              {stage.deep
                ? "Everything was read anew, also what your recovery key opens."
                : "Everything that can be seen without your recovery key was read anew."}
            </p>
          </Alert>
        </Card>
      ) : (
        <FaultCard fault={first} busy={busy} run={run} key={first.kind} />
      )}
      {others.length === 0 ? null : (
        <Card title="Also found">
          <p>These come afterwards, one at a time.</p>
          <ul className={styles.list}>
            {others.map((fault) => (
              <li key={fault.kind}>{describeFault(fault).title}.</li>
            ))}
          </ul>
        </Card>
      )}
      {stage.deep || first !== undefined ? null : (
        <Card>
          <Details summary="Look behind the recovery key, too">
            <p>
              With your recovery key this page can see whether what it opens is the key of the
              backup that is in use. Nothing is changed by looking.
            </p>
            <RepairKeyForm label="Look" busy={busy} onKey={lookDeep} />
          </Details>
        </Card>
      )}
    </>
  );
}

function LastRepair({ last }: { last: Extract<RepairStage, { kind: "found" }>["last"] }) {
  if (last === null) return null;
  const { title, mended } = describeFault({ kind: last.fault, remedy: "nothing" });
  if (last.outcome.fixed) {
    return (
      <Alert tone="success" title="Fixed" testId="repair-fixed">
        <p>{mended} Everything was read again.</p>
      </Alert>
    );
  }
  const why = last.outcome.why === null ? null : describeError(last.outcome.why);
  return (
    <Alert
      tone="warning"
      title="Still wrong"
      testId="repair-still-wrong"
      code={last.outcome.why?.kind}
    >
      <p>
        {title}.{" "}
        {why === null
          ? "Nothing failed, and it is as it was before. Another app may have changed it back."
          : `Because: ${why.title}. ${why.body}`}
      </p>
    </Alert>
  );
}
