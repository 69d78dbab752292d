import { useState } from "react";
import { describeWithoutOldKey } from "@/copy/describeChangeKey";
import type { ChangeKeyPlan } from "@/domain/changes";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";

interface LostOldKeyProps {
  plan: Exclude<ChangeKeyPlan, { kind: "no_recovery" }>;
  onLost: () => void;
}

/** The way without the old key, where this device holds everything that it would open. */
export function LostOldKey({ plan, onLost }: LostOldKeyProps) {
  const [asking, setAsking] = useState(false);
  if (plan.kind === "ready" && !plan.canWithoutOldKey) return null;
  return (
    <>
      <Button variant="tertiary" onClick={() => setAsking(true)}>
        I no longer have it
      </Button>
      <Dialog
        open={asking}
        onOpenChange={setAsking}
        title="Change the recovery key without the old one?"
        actions={
          <>
            <Button variant="secondary" onClick={() => setAsking(false)}>
              Back
            </Button>
            <Button
              onClick={() => {
                setAsking(false);
                onLost();
              }}
            >
              Change recovery key
            </Button>
          </>
        }
      >
        <p>
          {plan.kind === "ready"
            ? describeWithoutOldKey(plan)
            : "What this device holds gets a copy under the new key. What only the old key opens stays locked with it."}
        </p>
      </Dialog>
    </>
  );
}
