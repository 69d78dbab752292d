import { useState } from "react";
import { describeCarryOver } from "@/copy/describeCarryOver";
import { goTo, type Route } from "@/lib/route";
import { useCarriedOver, useCarryOver, useCarryOverMissing } from "@/state/hooks";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";

/** After a new sign-in over an ended session: what has become of the keys that were left here. */
export function CarryOverNote({ memoryOnly, route }: { memoryOnly: boolean; route: Route }) {
  const state = useCarryOver();
  const missing = useCarryOverMissing();
  const done = useCarriedOver();
  const [dismissed, setDismissed] = useState(false);
  if (state === "incomplete") {
    const { title, body, action } = describeCarryOver(missing, memoryOnly);
    return (
      <Alert
        tone="warning"
        title={title}
        testId="carry-over"
        code={state}
        action={
          action === "reload" ? (
            <Button variant="secondary" onClick={() => window.location.reload()}>
              Reload
            </Button>
          ) : action === null || route === "unlock" || route === "verify" ? undefined : (
            <>
              <Button variant="secondary" onClick={() => goTo("unlock")}>
                Enter recovery key
              </Button>
              <Button variant="tertiary" onClick={() => goTo("verify")}>
                Verify with another device
              </Button>
            </>
          )
        }
      >
        {body.map((words) => (
          <p key={words}>{words}</p>
        ))}
      </Alert>
    );
  }
  if (!done || dismissed) return null;
  return (
    <Alert
      tone="success"
      title="The keys of your earlier device are on this one now"
      testId="carry-over"
      code="done"
      action={
        <Button variant="secondary" onClick={() => setDismissed(true)}>
          Dismiss
        </Button>
      }
    >
      <p>The server had ended that device. Every room key that it had left here was found again.</p>
    </Alert>
  );
}
